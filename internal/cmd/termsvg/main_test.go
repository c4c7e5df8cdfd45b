// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestPicture(t *testing.T) {
	svg := picture("$ sockcat <&>  \n\n   time █▁  \n\n")
	d := xml.NewDecoder(strings.NewReader(svg))
	var lines []string
	inText := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if inText {
				lines = append(lines, string(token))
			}
		}
	}
	if len(lines) != 2 || lines[0] != "$ sockcat <&>" || lines[1] != "   time █▁" {
		t.Errorf("lines %q in\n%s", lines, svg)
	}
}
