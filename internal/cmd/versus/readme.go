// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The README's figures are between these lines.
const (
	figuresBegin = "<!-- figures: go run ./internal/cmd/versus -readme -->\n"
	figuresEnd   = "<!-- end of figures -->\n"
)

// A quotation is a row of the README: a text, and where the figures of net and of
// streamsock are in the page. In a section with a row for each server, net and ours
// are the names of servers, and count is the number of sessions or connections if the
// section has several. Otherwise the title of the row is work.
type quotation struct {
	text, section, work string
	count, net, ours    string
}

const medians = "Medians"

var quotations = []quotation{
	{text: "ping-pong of 64 bytes", section: medians, work: "ping-pong of 64 bytes, median"},
	{text: "a write of 1 KiB into a stream", section: medians, work: "stream, writes of 1 KiB"},
	{text: "a write of 64 KiB into a stream", section: medians, work: "stream, writes of 64 KiB"},
	{text: "connect and close", section: medians, work: "connect and close"},
	{text: "memory of an idle connection: a goroutine, a `PollSet`", section: medians, work: "memory of an idle connection"},
	{text: "a relay: two `io.Copy`, `Relay`", section: "Relays", net: "net, two io.Copy", ours: "streamsock.Relay"},
	{text: "the same beside 300 idle sessions", section: "Relay beside idle sessions", count: "300", net: "net, two io.Copy", ours: "streamsock.Relay"},
	{text: "net/http on 64 connections", section: "A net/http server", net: "net.Listen", ours: "streamsock.Listen"},
}

// quote returns the README's table of figures, from the page.
func quote(page string) (string, error) {
	var b strings.Builder
	tableHead(&b, []string{"Work", "net", "streamsock"})
	for _, q := range quotations {
		net, ours, err := q.find(page)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", q.text, net, ours)
	}
	return b.String(), nil
}

// find returns the figures of net and of streamsock, without their spread.
func (q quotation) find(page string) (net, ours string, err error) {
	_, text, _ := strings.Cut(page, "\n## "+q.section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	var head []string
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "| "), " |"), " | ")
		switch {
		case len(cells) < 2:
			continue
		case head == nil:
			head = cells
			continue
		case q.section == medians && cells[0] == q.work:
			net, ours = cell(head, cells, plain), cell(head, cells, "streamsock")
		case q.section != medians && (q.count == "" || cells[0] == q.count):
			switch cell(head, cells, "server") {
			case q.net:
				net = cell(head, cells, "speed")
			case q.ours:
				ours = cell(head, cells, "speed")
			}
		}
	}
	if net == "" || ours == "" {
		return "", "", fmt.Errorf("the page has no figures for %q", q.text)
	}
	return net, ours, nil
}

// cell returns the cell in a column, without the spread in brackets.
func cell(head, cells []string, column string) string {
	i := slices.Index(head, column)
	if i < 0 || i >= len(cells) {
		return ""
	}
	text, _, _ := strings.Cut(cells[i], " (")
	return strings.TrimSpace(text)
}

// withFigures returns the README with the page's figures in place of those it has.
func withFigures(readme, page string) (string, error) {
	table, err := quote(page)
	if err != nil {
		return "", err
	}
	before, rest, begins := strings.Cut(readme, figuresBegin)
	_, after, ends := strings.Cut(rest, figuresEnd)
	if !begins || !ends {
		return "", fmt.Errorf("the README has no line %q or %q", figuresBegin, figuresEnd)
	}
	return before + figuresBegin + "\n" + table + "\n" + figuresEnd + after, nil
}

// writeFigures writes the page's figures into the README, which is two folders above
// that of the page.
func writeFigures(dir string) error {
	page, err := os.ReadFile(filepath.Join(dir, "versus.md"))
	if err != nil {
		return err
	}
	name := filepath.Join(dir, "..", "..", "README.md")
	readme, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text, err := withFigures(string(readme), string(page))
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o666)
}
