// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// firstInherited is the first descriptor that systemd and ExtraFiles of an
// exec.Cmd pass to a process.
const firstInherited = 3

// An inheritingServer serves listeners that it may have inherited, and can pass
// them to its successor without refusing a connection.
type inheritingServer struct {
	Config  streamsock.ListenConfig
	Address string // where to listen if nothing was inherited
}

// Listen returns the listener passed by systemd's socket activation or by the
// predecessor, otherwise a new one.
func (s *inheritingServer) Listen(ctx context.Context) (*streamsock.Listener, error) {
	n, err := s.handed()
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return s.Config.Listen(ctx, "tcp", s.Address)
	}
	return s.adopt(firstInherited)
}

// handed returns the number of descriptors that were passed to this process.
// The variable LISTEN_PID identifies the process, because children inherit the
// variables too.
func (s *inheritingServer) handed() (int, error) {
	if pid := os.Getenv("LISTEN_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0, nil
	}
	number := os.Getenv("LISTEN_FDS")
	if number == "" {
		return 0, nil
	}
	return strconv.Atoi(number)
}

// adopt returns a Listener for the descriptor, with the same options as a new
// one.
func (s *inheritingServer) adopt(fd int) (*streamsock.Listener, error) {
	syscall.CloseOnExec(fd)
	f := os.NewFile(uintptr(fd), "listener")
	defer f.Close()
	nl, err := net.FileListener(f)
	if err != nil {
		return nil, err
	}
	tcp, ok := nl.(*net.TCPListener)
	if !ok {
		nl.Close()
		return nil, fmt.Errorf("inherited a %T", nl)
	}
	l, err := s.Config.Wrap(tcp)
	if err != nil {
		nl.Close()
		return nil, err
	}
	return l, nil
}

// Restart starts cmd, the new version of this program, with the listener, and
// waits until the new process calls Ready. Then this process can close its
// listener and finish its connections.
func (s *inheritingServer) Restart(l *streamsock.Listener, cmd *exec.Cmd) error {
	fd, err := l.Dup() // File would put the listener into blocking mode
	if err != nil {
		return err
	}
	listener := os.NewFile(fd, "listener")
	defer listener.Close()
	ready, tell, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ready.Close()
	cmd.ExtraFiles = []*os.File{listener, tell}
	cmd.Env = append(os.Environ(), "LISTEN_FDS=1", "LISTEN_PID=", "READY_FD="+strconv.Itoa(firstInherited+1))
	err = cmd.Start()
	tell.Close()
	if err != nil {
		return err
	}
	ready.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := ready.Read(make([]byte, 1)); err != nil { // it has ended or takes too long
		cmd.Process.Kill()
		return errors.Join(errors.New("the new process is not ready"), cmd.Wait())
	}
	return nil
}

// Ready notifies the predecessor, if any, that this process accepts
// connections.
func (s *inheritingServer) Ready() error {
	number := os.Getenv("READY_FD")
	if number == "" {
		return nil
	}
	fd, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	tell := os.NewFile(uintptr(fd), "ready")
	defer tell.Close()
	_, err = tell.Write([]byte{0})
	return err
}

// A server is started by systemd or by its predecessor with a listener. Wrap
// returns a Listener with the options of a new one.
func ExampleListenConfig_Wrap() {
	server := &inheritingServer{Config: streamsock.ListenConfig{
		ConnOptions: []sockopt.Setting{sockopt.ReceiveLowat.To(5), sockopt.NoDelay.To(false)},
	}}

	// Instead of systemd: a descriptor of a listener.
	parent, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fd, err := parent.Dup()
	if err != nil {
		log.Fatal(err)
	}
	parent.Close()

	l, err := server.adopt(int(fd))
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	client, err := net.DialTimeout("tcp4", l.Addr().String(), 10*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	c, err := l.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Println(c.NoDelay())
	io.WriteString(client, "hello")
	client.Close()
	text, err := io.ReadAll(c)
	fmt.Printf("%s, %v\n", text, err)
	// Output:
	// false <nil>
	// hello, <nil>
}

// A listener that is passed as a file, for example by a service manager, accepts
// connections.
func ExampleFileListener() {
	nl, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	f, err := nl.(*net.TCPListener).File()
	if err != nil {
		log.Fatal(err)
	}
	nl.Close()

	l, err := streamsock.FileListener(f)
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	f.Close()
	client, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	c, err := l.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Println(c.RemoteAddr().String() == client.LocalAddr().String())
	// Output: true
}
