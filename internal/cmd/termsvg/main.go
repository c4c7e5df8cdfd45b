// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Termsvg reads the text of a terminal from standard input and writes a picture
// of it, an SVG with a light and a dark color scheme, to standard output:
//
//	tmux capture-pane -p | go run ./internal/cmd/termsvg > terminal.svg
//
// The script .ci/pictures uses it for the picture in README.md.
package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"unicode/utf8"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("termsvg: ")
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout.WriteString(picture(string(text)))
}

// The size of a character cell and of the border, in pixels.
const (
	cellWidth  = 8.43
	cellHeight = 18
	border     = 14
)

const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" width="%[1]d" height="%[2]d">
<style>
.page { fill: #fbfbf9; stroke: #d5d4ce; }
text { fill: #1b1b18; font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }
.typed { font-weight: bold; }
@media (prefers-color-scheme: dark) {
  .page { fill: #161615; stroke: #3a3936; }
  text { fill: #e6e5df; }
}
</style>
<rect class="page" x="0.5" y="0.5" width="%[3]d" height="%[4]d" rx="8"/>
`

// picture returns the text as an SVG. Lines that begin with a prompt are bold.
// Blank lines at the end are left out.
func picture(text string) string {
	lines := strings.Split(strings.TrimRight(text, " \n"), "\n")
	columns := 0
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
		columns = max(columns, utf8.RuneCountInString(lines[i]))
	}
	width, height := int(float64(columns)*cellWidth)+2*border, len(lines)*cellHeight+2*border
	var b strings.Builder
	fmt.Fprintf(&b, head, width, height, width-1, height-1)
	for i, line := range lines {
		if line == "" {
			continue
		}
		class := ""
		if strings.HasPrefix(line, "$ ") {
			class = ` class="typed"`
		}
		// The length keeps the columns aligned in any font.
		fmt.Fprintf(&b, `<text x="%d" y="%d"%s xml:space="preserve" textLength="%.1f">`,
			border, border+i*cellHeight+13, class, float64(utf8.RuneCountInString(line))*cellWidth)
		xml.EscapeText(&b, []byte(line)) // a strings.Builder returns no error
		b.WriteString("</text>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}
