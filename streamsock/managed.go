// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"cmp"
	"errors"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"example.com/streamsock/streamsock/sockopt"
)

// managedInfos returns the options that package net sets itself on an
// established or accepted connection, overriding those set by a control
// function.
var managedInfos = sync.OnceValue(func() []sockopt.Info {
	return []sockopt.Info{
		sockopt.NoDelay.Info(),
		sockopt.KeepAlive.Info(),
		sockopt.KeepAliveIdle.Info(),
		sockopt.KeepAliveInterval.Info(),
		sockopt.KeepAliveCount.Info(),
	}
})

// managedOf returns the settings of managed options.
func managedOf(settings []sockopt.Setting) []sockopt.Setting {
	var again []sockopt.Setting
	for _, s := range settings {
		if isManaged(s.Info()) {
			again = append(again, s)
		}
	}
	return again
}

// isManaged compares numbers rather than names, to recognize an option created
// with sockopt.New.
func isManaged(i sockopt.Info) bool {
	return slices.ContainsFunc(managedInfos(), func(o sockopt.Info) bool { return isSame(i, o) })
}

// isSame reports whether i is the option o of this system.
func isSame(i, o sockopt.Info) bool {
	return i.Level == o.Level && i.Number == o.Number && o.Supported
}

var noKeepAlive = []sockopt.Setting{sockopt.KeepAlive.To(false)}

// managed returns the settings of the managed options on c.
func managed(c syscall.Conn) ([]sockopt.Setting, error) {
	var s []sockopt.Setting
	err := cmp.Or(
		save(&s, c, sockopt.NoDelay),
		save(&s, c, sockopt.KeepAlive),
		save(&s, c, sockopt.KeepAliveIdle),
		save(&s, c, sockopt.KeepAliveInterval),
		save(&s, c, sockopt.KeepAliveCount),
	)
	return s, err
}

// save appends the value of the option on c, if c supports the option.
func save[T any](s *[]sockopt.Setting, c syscall.Conn, o sockopt.Option[T]) error {
	v, err := o.Get(c)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return err
	}
	*s = append(*s, o.To(v))
	return nil
}

// restore sets the managed options to their values before.
func restore(c *net.TCPConn, before []sockopt.Setting) error {
	now, err := managed(c)
	if err != nil {
		return err
	}
	for _, s := range without(before, now) {
		err := sockopt.Apply(c, s)
		if errors.Is(err, os.ErrInvalid) {
			err = sockopt.Apply(c, longest(s))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// longest returns the valid keep-alive setting that is closest to s. Linux
// accepts longer times in its sysctls than from a program.
func longest(s sockopt.Setting) sockopt.Setting {
	switch s.Info().Name {
	case "KeepAliveIdle":
		return sockopt.KeepAliveIdle.To(32767 * time.Second)
	case "KeepAliveInterval":
		return sockopt.KeepAliveInterval.To(32767 * time.Second)
	case "KeepAliveCount":
		return sockopt.KeepAliveCount.To(127)
	}
	return s
}

// without returns the settings that are not among the others.
func without(settings, others []sockopt.Setting) []sockopt.Setting {
	return slices.DeleteFunc(settings, func(s sockopt.Setting) bool { return slices.Contains(others, s) })
}
