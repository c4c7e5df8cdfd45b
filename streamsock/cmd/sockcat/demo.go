// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"text/tabwriter"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// demoFlags contains the flags of sockcat demo.
type demoFlags struct{ file string }

func (d *demoFlags) command() *command {
	return &command{
		name:  "sockcat demo",
		usage: []item{{"sockcat demo [FLAGS]", "show what the library does over loopback"}},
		about: `
Starts a server on a free port of the loopback interface and connects to it, both
with socket options that are set before the connection is established. Prints the
values that the kernel reports, which may differ; for example, Linux doubles the
size of a buffer. Then sends the beginning of a file from many slices in one system
call, which the server peeks at and reads into slices of another size; a byte of
urgent data, which the server finds by its mark or, on Windows, receives out of
line; and the whole file to the server and back. Compares the bytes and SHA-256
checksums.
`,
		groups: []group{{"flags", []flag{
			{long: "file", arg: "FILE", help: "send FILE (sockcat itself)", set: setString(&d.file)},
		}}},
		sections: []section{{title: "examples", lines: []string{
			"sockcat demo",
			"sockcat demo --file /var/log/syslog",
		}}},
	}
}

// The options that the demo sets. Package net enables NoDelay and sets the keep-alive
// options to its own values; streamsock applies these again afterwards.
var (
	dialOptions = []sockopt.Setting{
		sockopt.NoDelay.To(false),
		sockopt.KeepAlive.To(true),
		sockopt.KeepAliveIdle.To(time.Minute),
		sockopt.KeepAliveInterval.To(10 * time.Second),
		sockopt.KeepAliveCount.To(5),
		sockopt.UserTimeout.To(30 * time.Second),
		sockopt.Linger.To(sockopt.Lingering{On: true, Timeout: 5 * time.Second}),
		sockopt.OOBInline.To(true),
		sockopt.ReadBuffer.To(512 << 10),
		sockopt.WriteBuffer.To(256 << 10),
		sockopt.NotSentLowat.To(128 << 10),
		sockopt.Congestion.To("reno"),
		sockopt.TrafficClass.To(0x28), // AF11 of RFC 2597: bulk data
		sockopt.HopLimit.To(32),
		sockopt.MaxSegment.To(16 << 10),
	}
	// The window scale is chosen in the handshake, so the read buffer must be
	// set on the listener.
	listenOptions = []sockopt.Setting{
		sockopt.ReadBuffer.To(1 << 20),
		sockopt.WriteBuffer.To(1 << 20),
	}
	acceptOptions = []sockopt.Setting{
		sockopt.NoDelay.To(false),
		sockopt.KeepAliveIdle.To(2 * time.Minute),
		sockopt.UserTimeout.To(time.Minute),
	}
)

// demo is the command "sockcat demo".
func demo(ctx context.Context, args []string, stdout io.Writer) error {
	var flags demoFlags
	cmd := flags.command()
	operands, err := cmd.parse(args, stdout)
	if err != nil {
		return err
	}
	if err := cmd.noOperands(operands); err != nil {
		return err
	}
	f, err := openFile(flags.file)
	if err != nil {
		return err
	}
	defer f.Close()
	client, server, err := connect()
	if err != nil {
		return err
	}
	defer client.Close()
	defer server.Close()
	defer context.AfterFunc(ctx, func() { client.Close(); server.Close() })()
	if err := printTable(stdout, client, server); err != nil {
		return err
	}
	if err := showVectored(stdout, client, server, f); err != nil {
		return err
	}
	if err := showUrgent(stdout, client, server); err != nil {
		return err
	}
	return cmp.Or(showTransfer(stdout, client, server, f), context.Cause(ctx))
}

// openFile opens the file, or the running program if the name is empty. The
// file is read twice, which only a regular one can be.
func openFile(name string) (*os.File, error) {
	if name == "" {
		var err error
		if name, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	return os.Open(name)
}

// connect returns the two ends of a connection.
func connect() (client, server *streamsock.Conn, err error) {
	l, err := listen()
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	network := l.Addr().Network()
	client, err = streamsock.Dial(network, l.Addr().String(), usable(dialOptions)...)
	if err != nil {
		return nil, nil, err
	}
	// The system has finished the handshake, so this does not wait.
	server, err = l.AcceptStream()
	if err != nil {
		client.Close()
		return nil, nil, err
	}
	return client, server, nil
}

// listen listens on a free port of the loopback interface, over IPv6 on a
// machine without IPv4.
func listen() (*streamsock.Listener, error) {
	lc := streamsock.ListenConfig{
		Options:     usable(listenOptions),
		ConnOptions: usable(acceptOptions),
	}
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		l6, err6 := lc.Listen(context.Background(), "tcp", "[::1]:0")
		if err6 == nil {
			return l6, nil
		}
	}
	return l, err
}

// usable returns the settings that this system accepts. It tries each one, because an
// older kernel lacks some options, and congestion control algorithms differ between
// systems.
func usable(settings []sockopt.Setting) []sockopt.Setting {
	var good []sockopt.Setting
	try := func(c syscall.Conn) {
		good = nil
		for _, s := range settings {
			if sockopt.Apply(c, s) == nil {
				good = append(good, s)
			}
		}
	}
	if fresh("tcp4", try) != nil {
		fresh("tcp6", try)
	}
	return good
}

// printTable prints the value that each side set and the value that it has.
func printTable(w io.Writer, client, server *streamsock.Conn) error {
	fmt.Fprintf(w, "client %v, server %v\n\n", client.LocalAddr(), server.LocalAddr())
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "option\tC name\tclient set\tclient has\tserver set\tserver has")
	for _, s := range dialOptions {
		i := s.Info()
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", i.Name, sysName(i),
			asked(i.Name, dialOptions), value(i, client),
			asked(i.Name, listenOptions, acceptOptions), value(i, server))
	}
	return tw.Flush()
}

// asked returns the value of the option in the settings.
func asked(name string, lists ...[]sockopt.Setting) string {
	for _, settings := range lists {
		for _, s := range settings {
			if s.Info().Name == name {
				return text(s.Value())
			}
		}
	}
	return noValue
}

// showTransfer sends the file there and back and prints the result.
func showTransfer(w io.Writer, client, server *streamsock.Conn, f *os.File) error {
	want, err := checksum(f)
	if err != nil {
		return err
	}
	start := time.Now()
	n, err := transfer(client, server, f, want)
	if err != nil {
		return err
	}
	took := time.Since(start)
	_, err = fmt.Fprintf(w, "copied: %s, %d bytes there and back in %v, %.0f MB/s, sha256 ok\n",
		filepath.Base(f.Name()), n, took.Round(10*time.Microsecond), float64(n)/1e6/took.Seconds())
	return err
}

// A digest is a SHA-256 checksum.
type digest [sha256.Size]byte

// checksum returns the checksum of a file and seeks to its beginning.
func checksum(f *os.File) (digest, error) {
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return digest{}, err
	}
	_, err := f.Seek(0, io.SeekStart)
	return digest(h.Sum(nil)), err
}

// transfer sends the file from client to server and back, and returns how many
// bytes the client received. They must have the checksum.
func transfer(client, server *streamsock.Conn, f *os.File, want digest) (n int64, err error) {
	h := sha256.New()
	// Concurrently: the buffers between them are smaller than the file.
	err = together(
		[]io.Closer{server, client}, // in this order: the client lingers
		func() error { return send(client, f) },
		func() error { return send(server, server) },
		func() (err error) { n, err = io.Copy(h, client); return plain(err) },
	)
	if err != nil {
		return n, err
	}
	if got := digest(h.Sum(nil)); got != want {
		return n, fmt.Errorf("sha256 of the %[3]d bytes received is %[1]x, not %[2]x", got, want, n)
	}
	return n, nil
}

// together runs all steps concurrently and returns after all have ended. After the
// first error, which it returns, it closes the connections that the other steps wait for.
func together(closers []io.Closer, steps ...func() error) (first error) {
	done := make(chan error, len(steps))
	for _, step := range steps {
		go func() { done <- step() }()
	}
	for range steps {
		err := <-done
		if err == nil || first != nil {
			continue
		}
		first = err
		for _, c := range closers {
			c.Close()
		}
	}
	return first
}
