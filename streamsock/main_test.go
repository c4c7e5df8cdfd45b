// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"os"
	"strings"
	"testing"

	"example.com/streamsock/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// onWine says that wine runs the tests, see .ci/wine.
var onWine = strings.HasPrefix(os.Getenv("STREAMSOCK_EMULATOR"), "wine")
