// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"example.com/streamsock/streamsock/sockopt"
)

// addSetting adds the argument of -o to a list.
func addSetting(list *[]sockopt.Setting) func(string) error {
	return func(arg string) error {
		s, err := parseSetting(arg)
		*list = append(*list, s)
		return err
	}
}

// parseSetting parses the argument of -o.
func parseSetting(arg string) (sockopt.Setting, error) {
	name, text, ok := strings.Cut(arg, "=")
	if !ok {
		return sockopt.Setting{}, errors.New("must be NAME=VALUE")
	}
	i, err := lookupOption(name)
	switch {
	case err != nil:
		return sockopt.Setting{}, err
	case !i.Supported:
		return sockopt.Setting{}, fmt.Errorf("%s is not supported on this system", i.Name)
	case i.Access&sockopt.Writable == 0:
		return sockopt.Setting{}, fmt.Errorf("%s is %v", i.Name, i.Access)
	}
	return i.Parse(text)
}

// lookupOption returns the option of a name in package sockopt or in C, or an error
// with the most similar name.
func lookupOption(name string) (sockopt.Info, error) {
	if i, ok := sockopt.Lookup(strings.TrimSpace(name)); ok {
		return i, nil
	}
	return sockopt.Info{}, unknownOption(name)
}

func unknownOption(name string) error {
	var names []string
	for i := range sockopt.All() {
		names = append(names, i.Name)
		if i.Supported {
			names = append(names, i.Sys)
		}
	}
	if near := nearest(name, names); near != "" {
		return fmt.Errorf("no option is called %q; did you mean %s?", name, near)
	}
	return fmt.Errorf("no option is called %q; sockcat options lists them", name)
}

// explain adds the allowed values to an error about the value of an option.
func explain(err error) error {
	if u, ok := err.(*usageError); ok {
		return &usageError{u.command, explain(u.err)} // the hint at the help stays last
	}
	var e *sockopt.Error
	if !errors.As(err, &e) || e.Op != "set" {
		return err
	}
	i, ok := sockopt.Lookup(e.Option)
	if !ok {
		return err
	}
	invalid := errors.Is(e, os.ErrInvalid)
	switch {
	case i.Name == sockopt.Congestion.Info().Name && !errors.Is(e, os.ErrPermission):
		if list := congestionControls(); list != "" {
			return fmt.Errorf("%w (this kernel has %s)", err, list)
		}
	case i.Type == "bool" && invalid:
		return fmt.Errorf("%w (must be on or off)", err)
	case (i.Type == "time.Duration" || i.Type == "sockopt.Lingering") && invalid:
		return fmt.Errorf("%w (must be a time such as 10s)", err)
	}
	return err
}

// congestionControls returns the algorithms of congestion control that the
// kernel has, or nothing if it is not known.
func congestionControls() string {
	b, err := os.ReadFile("/proc/sys/net/ipv4/tcp_available_congestion_control")
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(b)), ", ")
}

// option is the escape ~o: it shows an option of the connection, sets it and shows
// the result, or shows all that differ from a new socket.
func (l *link) option(arg string) error {
	arg = strings.TrimSpace(arg)
	switch {
	case arg == "":
		return l.changedOptions()
	case strings.Contains(arg, "="):
		s, err := parseSetting(arg)
		if err == nil {
			err = sockopt.Apply(l.sock, s)
		}
		if err != nil {
			return explain(err)
		}
		l.showOption(s.Info())
		return nil
	}
	i, err := lookupOption(arg)
	if err == nil {
		l.showOption(i)
	}
	return err
}

func (l *link) showOption(i sockopt.Info) {
	l.con.print("%s (%s) is %s", i.Name, sysName(i), value(i, l.sock))
}

// changedOptions shows the options whose value differs from that of a new socket
// and can be set.
func (l *link) changedOptions() error {
	c, err := l.tcp()
	if err != nil {
		return err
	}
	network := "tcp4"
	if a, ok := c.LocalAddr().(*net.TCPAddr); ok && a.IP.To4() == nil {
		network = "tcp6"
	}
	before, err := freshValues(network)
	if err != nil {
		return err
	}
	for i := range sockopt.All() {
		if i.Access != sockopt.Readable|sockopt.Writable {
			continue
		}
		if now := value(i, c); now != before[i.Name] {
			l.con.print("%s (%s) is %s, on a new socket %s", i.Name, sysName(i), now, before[i.Name])
		}
	}
	return nil
}
