// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A command describes a command of sockcat. Its parser and its help are
// generated from the description.
type command struct {
	name     string // "sockcat", or "sockcat demo"
	usage    []item
	about    string // paragraphs
	groups   []group
	refused  []refusal
	sections []section
}

// A group is flags with a title.
type group struct {
	title string
	flags []flag
}

// A flag is a row of the table of flags.
type flag struct {
	short   string   // a letter, or empty
	long    string   // a name, or empty
	arg     string   // the name of its argument, empty if it has none; [=ARG] if the argument may be left out
	choices []string // what the argument may be, if it is one of a few
	help    string
	set     func(arg string) error
}

// A refusal is for flags that other programs have, so that a habit does no harm.
type refusal struct {
	names []string // with their dashes
	why   string   // and what to use
}

// A section is a part of the help after the flags: items, or lines as they are.
type section struct {
	title string
	items []item
	lines []string
}

// An item is a term and what it means.
type item struct{ term, text string }

// parse parses the command line, in which flags may stand anywhere, and
// returns the rest. If it contains --help or --version, parse prints the text and
// returns errHelp or errVersion.
func (c *command) parse(args []string, stdout io.Writer) (operands []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return append(operands, args...), nil
		case strings.HasPrefix(arg, "--"):
			args, err = c.parseLong(arg[2:], args)
		case len(arg) > 1 && arg[0] == '-':
			args, err = c.parseShort(arg[1:], args)
		default:
			operands = append(operands, arg)
		}
		switch err {
		case nil:
		case errHelp:
			io.WriteString(stdout, c.help())
			return nil, err
		case errVersion:
			fmt.Fprintln(stdout, version())
			return nil, err
		default:
			return nil, c.usagef("%w", err)
		}
	}
	return operands, nil
}

// parseLong parses --NAME, --NAME=VALUE and --NAME VALUE, given without the
// dashes. It returns the arguments that are left.
func (c *command) parseLong(word string, args []string) ([]string, error) {
	name, value, given := strings.Cut(word, "=")
	f := c.find(func(f flag) bool { return f.long == name && name != "" })
	dashed := "--" + name
	switch {
	case name == "help":
		return nil, errHelp
	case name == "version":
		return nil, errVersion
	case f == nil:
		return nil, c.unknown(dashed)
	case f.arg == "" && given:
		return nil, fmt.Errorf("%s has no argument", dashed)
	case f.arg != "" && !given && !f.optional():
		if len(args) == 0 {
			return nil, fmt.Errorf("%s needs an argument: %s", dashed, f.arg)
		}
		value, args = args[0], args[1:]
	}
	return args, f.apply(dashed, value)
}

// parseShort parses letters, given without the dash. The rest after one that
// has an argument is the argument. It returns the arguments that are left.
func (c *command) parseShort(letters string, args []string) ([]string, error) {
	if err := c.oneDash(letters); err != nil {
		return nil, err
	}
	for letters != "" {
		letter := letters[:1]
		letters = letters[1:]
		f := c.find(func(f flag) bool { return f.short == letter })
		dashed := "-" + letter
		switch {
		case letter == "h":
			return nil, errHelp
		case f == nil:
			return nil, c.unknown(dashed)
		case f.arg == "":
			if err := f.apply(dashed, ""); err != nil {
				return nil, err
			}
			continue
		case letters == "" && len(args) == 0:
			return nil, fmt.Errorf("%s needs an argument: %s", dashed, f.arg)
		case letters == "":
			letters, args = args[0], args[1:]
		}
		return args, f.apply(dashed, letters)
	}
	return args, nil
}

// oneDash refuses a long name with one dash, which would be a bundle of letters
// that means something else.
func (c *command) oneDash(word string) error {
	name, _, _ := strings.Cut(word, "=")
	for _, g := range c.groups {
		for _, f := range g.flags {
			if len(name) > 1 && f.long == name && name != "help" {
				return fmt.Errorf("-%s has two dashes now: --%[1]s", name)
			}
		}
	}
	return nil
}

// find returns a flag, or nil.
func (c *command) find(is func(flag) bool) *flag {
	for _, g := range c.groups {
		if i := slices.IndexFunc(g.flags, is); i >= 0 {
			return &g.flags[i]
		}
	}
	return nil
}

// unknown returns the error for a flag that is not in the table.
func (c *command) unknown(dashed string) error {
	for _, r := range c.refused {
		if slices.Contains(r.names, dashed) {
			return fmt.Errorf("%s: %s", dashed, r.why)
		}
	}
	var names []string
	for _, g := range c.groups {
		for _, f := range g.flags {
			if f.long != "" {
				names = append(names, "--"+f.long)
			}
		}
	}
	if near := nearest(dashed, names); near != "" && strings.HasPrefix(dashed, "--") {
		return fmt.Errorf("unknown flag %s; did you mean %s?", dashed, near)
	}
	return fmt.Errorf("unknown flag %s", dashed)
}

// sorted sorts flags that have long names, and removes those that are there twice.
func sorted(flags []flag) []flag {
	slices.SortFunc(flags, func(a, b flag) int { return cmp.Compare(a.long, b.long) })
	return slices.CompactFunc(flags, func(a, b flag) bool { return a.long == b.long })
}

// optional reports whether the argument may be left out.
func (f *flag) optional() bool { return strings.HasPrefix(f.arg, "[") }

// apply sets what the flag stands for.
func (f *flag) apply(dashed, value string) error {
	var err error
	if f.choices != nil && !slices.Contains(f.choices, value) {
		err = fmt.Errorf("must be one of %s", strings.Join(f.choices, ", "))
	} else {
		err = f.set(value)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", dashed, value, err)
	}
	return nil
}

func setTrue(p *bool) func(string) error {
	return func(string) error { *p = true; return nil }
}

// setString sets a name, which must not be empty.
func setString(p *string) func(string) error {
	return func(arg string) error {
		if *p = arg; arg == "" {
			return errEmpty
		}
		return nil
	}
}

// setCount sets a number that must be more than 0.
func setCount(p *int) func(string) error {
	return func(arg string) (err error) {
		if *p, err = strconv.Atoi(arg); err == nil && *p <= 0 {
			err = errNotPositive
		}
		return err
	}
}

// setTime sets a time that must be more than 0.
func setTime(p *time.Duration) func(string) error {
	return func(arg string) (err error) {
		if *p, err = parseTime(arg); err == nil && *p <= 0 {
			err = errNotPositive
		}
		return err
	}
}

// parseTime parses what [time.ParseDuration] accepts, and a number of seconds.
func parseTime(arg string) (time.Duration, error) {
	if d, err := time.ParseDuration(arg); err == nil {
		return d, nil
	}
	if d, err := time.ParseDuration(arg + "s"); err == nil {
		return d, nil
	}
	return 0, errors.New("must be a number of seconds, or a time such as 500ms or 2m")
}

// A usageError is a mistake in the command line.
type usageError struct {
	command string
	err     error
}

// Error returns a line with a hint at the help.
func (e *usageError) Error() string { return fmt.Sprintf("%v (see %s --help)", e.err, e.command) }

// Unwrap returns the error without the hint.
func (e *usageError) Unwrap() error { return e.err }

func (c *command) usagef(format string, args ...any) error {
	return &usageError{c.name, fmt.Errorf(format, args...)}
}

// noOperands refuses what is left of the command line.
func (c *command) noOperands(operands []string) error {
	if len(operands) > 0 {
		return c.usagef("unexpected argument %q", operands[0])
	}
	return nil
}

// nearest returns the name that a misspelled word probably stands for, or nothing.
// It ignores case.
func nearest(word string, names []string) string {
	best, least := "", 1+min(3, len(word)/3)
	for _, name := range names {
		if d := distance(strings.ToLower(word), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance returns the number of bytes to insert, delete, replace or swap with the
// next that make a of b.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
