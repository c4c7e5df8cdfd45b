// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"net"
	"strconv"
)

// ZoneNumber returns the number of the zone of an IPv6 address, which is the
// name or number of an interface.
func ZoneNumber(zone string) (number string, ok bool) {
	if i, err := net.InterfaceByName(zone); err == nil {
		return strconv.Itoa(i.Index), true
	}
	_, err := strconv.ParseUint(zone, 10, 32)
	return zone, err == nil
}
