// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"example.com/streamsock/streamsock/sockopt"
)

// optionsFlags contains the flags of sockcat options.
type optionsFlags struct{ ipv6, json, long bool }

func (o *optionsFlags) command() *command {
	return &command{
		name:  "sockcat options",
		usage: []item{{"sockcat options [FLAGS] [FILTER]", "list the socket options"}},
		about: `
Lists the options of package sockopt that this system has: the name in package
sockopt and in C, the value on a new TCP socket that is neither bound nor connected,
and whether the option can be read (r) and written (w). The value is - if it cannot
be read; "not on this socket" means that the option belongs to another address
family or a newer kernel. With FILTER, only options with FILTER in one of their
names are listed.
`,
		groups: []group{{"flags", []flag{
			{short: "6", long: "ipv6", help: "use an IPv6 socket", set: setTrue(&o.ipv6)},
			{long: "json", help: "print everything known about each option, in JSON", set: setTrue(&o.json)},
			{long: "long", help: "also list the options of other systems, when to set each option, and the systems that have it or, if the list begins with not, lack it", set: setTrue(&o.long)},
		}}},
		sections: []section{{title: "examples", lines: []string{
			"sockcat options keep",
			"sockcat options --json | jq '.[] | select(.access == \"read-only\").name'",
		}}},
	}
}

// Texts for an option without a value.
const (
	notHere   = "not on this system"
	notSocket = "not on this socket"
	noValue   = "-"
)

// options is the command "sockcat options".
func options(args []string, stdout io.Writer) error {
	var flags optionsFlags
	cmd := flags.command()
	operands, err := cmd.parse(args, stdout)
	if err != nil {
		return err
	}
	filter := ""
	if len(operands) > 0 {
		filter = operands[0]
		if err := cmd.noOperands(operands[1:]); err != nil {
			return err
		}
	}
	chosen := matching(filter, flags.long || flags.json)
	if len(chosen) == 0 {
		return cmd.usagef("%w", unknownOption(filter))
	}
	network, version := "tcp4", "IPv4"
	if flags.ipv6 {
		network, version = "tcp6", "IPv6"
	}
	values, err := freshValues(network)
	if err != nil {
		return err
	}
	switch {
	case flags.json:
		return printJSON(stdout, chosen, values)
	case flags.long:
		printLong(stdout, chosen, values)
	default:
		printShort(stdout, chosen, values)
	}
	_, err = fmt.Fprintf(stdout, "\n%s (%s/%s); values of a new TCP socket for %s\n",
		plural(len(chosen), "option"), runtime.GOOS, runtime.GOARCH, version)
	return err
}

// matching returns the options that have the filter in one of their names. Those
// that the system lacks are among them only if all are wanted, or if the filter is
// a name.
func matching(filter string, all bool) []sockopt.Info {
	contains := func(name string) bool { return strings.Contains(strings.ToLower(name), strings.ToLower(filter)) }
	named, _ := sockopt.Lookup(filter)
	var chosen []sockopt.Info
	for i := range sockopt.All() {
		if i.Name == named.Name || (all || i.Supported) && (contains(i.Name) || contains(i.Sys)) {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// freshValues returns what each option has on a fresh socket, by its name.
func freshValues(network string) (map[string]string, error) {
	values := make(map[string]string)
	for i := range sockopt.All() {
		values[i.Name] = notHere
	}
	err := fresh(network, func(c syscall.Conn) {
		for i := range sockopt.All() {
			values[i.Name] = value(i, c)
		}
	})
	return values, err
}

// printShort prints a line for each option that fits a terminal.
func printShort(w io.Writer, chosen []sockopt.Info, values map[string]string) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer tw.Flush()
	fmt.Fprintln(tw, "option\tC name\tvalue\trw")
	for _, i := range chosen {
		access := map[sockopt.Access]string{sockopt.Readable: "r", sockopt.Writable: "w"}[i.Access]
		if access == "" {
			access = "rw"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", i.Name, sysName(i), shorten(values[i.Name]), access)
	}
}

// printLong prints a line for each option with all details.
func printLong(w io.Writer, chosen []sockopt.Info, values map[string]string) {
	every := everySystem()
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer tw.Flush()
	fmt.Fprintln(tw, "option\tC name\tvalue\taccess\twhen\tsystems")
	for _, i := range chosen {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%v\t%v\t%s\n",
			i.Name, sysName(i), shorten(values[i.Name]), i.Access, i.When, systems(i.Platforms, every))
	}
}

// An optionJSON is an option as --json prints it.
type optionJSON struct {
	Name    string   `json:"name"`
	Sys     string   `json:"sys,omitempty"`
	Type    string   `json:"type"`
	Value   string   `json:"value"`
	Access  string   `json:"access"`
	When    string   `json:"when"`
	Here    bool     `json:"here"` // this system has it
	Systems []string `json:"systems"`
}

func printJSON(w io.Writer, chosen []sockopt.Info, values map[string]string) error {
	all := make([]optionJSON, len(chosen))
	for n, i := range chosen {
		all[n] = optionJSON{i.Name, i.Sys, i.Type, values[i.Name], i.Access.String(), i.When.String(), i.Supported, i.Platforms}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(all)
}

// fresh calls use with a TCP socket that is neither bound nor connected. On
// systems without sockets, and so without options, it does nothing.
//
// The socket is that of a dialer which is stopped before it connects. Package
// net has set V6Only on it by then, and no other option of package sockopt;
// on a listener's, it would have set ReuseAddr too.
func fresh(network string, use func(syscall.Conn)) error {
	if !sockopt.NoDelay.Info().Supported {
		return nil // js, plan9, wasip1
	}
	stop := errors.New("not to be connected")
	d := net.Dialer{Control: func(_, _ string, rc syscall.RawConn) error {
		use(rawSocket{rc})
		return stop
	}}
	d.SetMultipathTCP(false) // GODEBUG can turn it on
	address := "127.0.0.1:9"
	if network == "tcp6" {
		address = "[::1]:9"
	}
	if _, err := d.Dial(network, address); !errors.Is(err, stop) {
		return err
	}
	return nil
}

// A rawSocket is a [syscall.RawConn] in the form that package sockopt takes.
type rawSocket struct{ syscall.RawConn }

func (s rawSocket) SyscallConn() (syscall.RawConn, error) { return s.RawConn, nil }

// value returns the text of the value of the option on c.
func value(i sockopt.Info, c syscall.Conn) string {
	switch {
	case !i.Supported:
		return notHere
	case i.Access&sockopt.Readable == 0:
		return noValue
	}
	v, err := i.Get(c)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return notSocket
	case err != nil:
		return noValue
	}
	return text(v)
}

// text returns the text of a value. Bytes may be a secret and are not shown.
func text(v any) string {
	switch v := v.(type) {
	case []byte:
		return fmt.Sprintf("[%d bytes]", len(v))
	case string:
		if v == "" {
			return `""`
		}
	}
	return fmt.Sprint(v)
}

// shorten cuts a value that would make the table too wide.
func shorten(value string) string {
	const width = 20 // that of the largest number
	if r := []rune(value); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return value
}

// sysName returns the C name of the option on this system.
func sysName(i sockopt.Info) string {
	if i.Supported {
		return i.Sys
	}
	return noValue
}

// everySystem returns the systems that have any option, sorted.
func everySystem() []string {
	var every []string
	for i := range sockopt.All() {
		every = append(every, i.Platforms...)
	}
	slices.Sort(every)
	return slices.Compact(every)
}

// systems returns a short list of the systems that have an option.
func systems(has, every []string) string {
	lack := slices.DeleteFunc(slices.Clone(every), func(s string) bool { return slices.Contains(has, s) })
	switch {
	case len(lack) == 0:
		return "all"
	case len(lack) < len(has):
		return "not " + strings.Join(lack, " ")
	}
	return strings.Join(has, " ")
}
