// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"io"
	"slices"
	"strings"
)

//go:generate sh -c "go run . help --man > testdata/sockcat.1"
//go:generate sh -c "go run . help --completion=bash > testdata/sockcat.bash"
//go:generate sh -c "go run . help --completion=zsh > testdata/_sockcat"

const (
	helpWidth = 79
	helpText  = 26 // the column at which the text of an item begins
)

// helpFlags contains the flags of sockcat help.
type helpFlags struct {
	man        bool
	completion string
}

func (h *helpFlags) command() *command {
	return &command{
		name:  "sockcat help",
		usage: []item{{"sockcat help [FLAGS] [COMMAND]", "print the help of a command"}},
		groups: []group{{"flags", []flag{
			{long: "completion", arg: "SHELL", choices: []string{"bash", "zsh"}, help: "print the completions for bash or zsh", set: setString(&h.completion)},
			{long: "man", help: "print the manual page", set: setTrue(&h.man)},
		}}},
		sections: []section{{title: "examples", lines: []string{
			"sockcat help relay",
			"sockcat help --man | man -l -",
			"source <(sockcat help --completion=bash)",
			"sockcat help --completion=zsh > ~/.zfunc/_sockcat",
		}}},
	}
}

// helpCommand is the command "sockcat help".
func helpCommand(args []string, stdout io.Writer) error {
	var flags helpFlags
	cmd := flags.command()
	operands, err := cmd.parse(args, stdout)
	if err != nil {
		return err
	}
	name := strings.Join(append([]string{"sockcat"}, operands...), " ")
	at := slices.IndexFunc(commands(), func(c *command) bool { return c.name == name })
	if at < 0 {
		return cmd.usagef("no help for %q", strings.Join(operands, " "))
	}
	text := commands()[at].help()
	switch {
	case flags.man:
		text = manPage(commands())
	case flags.completion == "bash":
		text = bashCompletion(commands())
	case flags.completion == "zsh":
		text = zshCompletion(commands())
	}
	_, err = io.WriteString(stdout, text)
	return err
}

// help returns the text of --help.
func (c *command) help() string {
	var b strings.Builder
	b.WriteString("usage:\n")
	writeItems(&b, c.usage)
	for _, paragraph := range paragraphs(c.about) {
		b.WriteByte('\n')
		writeWrapped(&b, paragraph, 0)
	}
	for _, g := range c.groups {
		b.WriteString("\n" + g.title + ":\n")
		for _, f := range g.flags {
			writeItem(&b, item{f.term(), f.help})
		}
	}
	for _, s := range c.sections {
		b.WriteString("\n" + s.title + ":\n")
		writeItems(&b, s.items)
		for _, line := range s.lines {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

// term returns the names of a flag with its argument: "-w, --wait TIME".
func (f *flag) term() string {
	term := "-" + f.short + ", --" + f.long
	switch {
	case f.long == "":
		term = "-" + f.short
	case f.short == "":
		term = "    --" + f.long
	}
	if f.arg != "" && !f.optional() {
		term += " "
	}
	return term + f.arg
}

func paragraphs(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSpace(text), "\n\n")
}

func writeItems(b *strings.Builder, items []item) {
	for _, i := range items {
		writeItem(b, i)
	}
}

// writeItem writes the term, and the text to its right or below it.
func writeItem(b *strings.Builder, i item) {
	var text strings.Builder
	writeWrapped(&text, i.text, helpText)
	term := "  " + i.term
	if len(term)+2 > helpText {
		b.WriteString(term + "\n" + text.String())
		return
	}
	b.WriteString(term + text.String()[len(term):])
}

// writeWrapped writes a paragraph in lines that fit, with so many blanks before
// each.
func writeWrapped(b *strings.Builder, text string, indent int) {
	at := 0
	for _, word := range strings.Fields(text) {
		switch {
		case at == 0:
			b.WriteString(strings.Repeat(" ", indent))
			at = indent
		case at+1+len(word) > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += len(word)
	}
	b.WriteByte('\n')
}
