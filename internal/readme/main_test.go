// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"testing"

	"example.com/streamsock/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }
