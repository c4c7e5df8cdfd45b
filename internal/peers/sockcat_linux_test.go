// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// TestSockcat has the command sockcat talk to the programs that it is used
// with, and compares the bytes of both directions to their ends.
func TestSockcat(t *testing.T) {
	bin := buildSockcat(t)
	for name, test := range map[string]func(*testing.T, string){
		"netcat": sockcatNetcat,
		"socat":  sockcatSocat,
		"curl":   sockcatCurl,
		"iperf3": sockcatIperf,
		"nginx":  sockcatNginx,
		"vsftpd": sockcatVsftpd,
		"signal": sockcatSignal,
	} {
		t.Run(name, func(t *testing.T) { test(t, bin) })
	}
}

// Sizes of the data that both send: each of them ends first in one case.
var exchanges = map[string][2]string{
	"both":     {random(1), random(2)},
	"question": {random(3), ""},
	"answer":   {"", random(4)},
	"short":    {"question\n", random(5)},
}

func sockcatNetcat(t *testing.T, bin string) {
	nc := program(t, "nc.openbsd")
	for name, e := range exchanges {
		t.Run("listen "+name, func(t *testing.T) {
			ours := launch(t, e[0], bin, "-l", "127.0.0.1", "0")
			exchange(t, ours, launch(t, e[1], nc, "-N", "127.0.0.1", ours.port("listening on ")), e[0], e[1])
		})
		// A netcat that listens does not send all that it has once its peer has
		// half-closed, so that its direction must end first.
		t.Run("connect "+name, func(t *testing.T) {
			theirs := launch(t, e[1], nc, "-l", "-v", "-n", "-N", "127.0.0.1", "0")
			ours, input := held(t, bin, "127.0.0.1", theirs.portWord("Listening on "))
			if _, err := io.WriteString(input, e[0]); err != nil {
				t.Fatal(err)
			}
			ours.await(int64(len(e[1])))
			input.Close()
			exchange(t, ours, theirs, e[0], e[1])
		})
	}
}

// portWord is port for a program that has a blank before it.
func (p *process) portWord(text string) string {
	p.t.Helper()
	p.errors.hear(text)
	words := strings.Fields(p.errors.hear("\n"))
	return words[len(words)-1]
}

func sockcatSocat(t *testing.T, bin string) {
	socat := program(t, "socat")
	const wait = "-t20" // for the other direction, when one has ended
	for name, e := range exchanges {
		t.Run("connect "+name, func(t *testing.T) {
			theirs := launch(t, e[1], socat, wait, "-d", "-d", "-", "TCP4-LISTEN:0,bind=127.0.0.1")
			port := theirs.port("listening on ")
			exchange(t, launch(t, e[0], bin, "--stat", "100ms", "127.0.0.1", port), theirs, e[0], e[1])
		})
		t.Run("listen "+name, func(t *testing.T) {
			ours := launch(t, e[0], bin, "-l", "127.0.0.1", "0")
			address := "TCP4:127.0.0.1:" + ours.port("listening on ")
			exchange(t, ours, launch(t, e[1], socat, wait, "-", address), e[0], e[1])
		})
	}
	t.Run("TLS", func(t *testing.T) {
		e := exchanges["both"]
		theirs := launch(t, e[1], socat, wait, "-d", "-d", "-", "OPENSSL-LISTEN:0,bind=127.0.0.1,verify=0,cert="+saved(t, string(testnet.Certificate(t))))
		port := theirs.port("listening on ")
		exchange(t, launch(t, e[0], bin, "--tls", "--tls-insecure", "127.0.0.1", port), theirs, e[0], e[1])
	})
}

// sockcatCurl is a web server for one request.
func sockcatCurl(t *testing.T, bin string) {
	curl := program(t, "curl")
	both := saved(t, string(testnet.Certificate(t)))
	for scheme, flags := range map[string][]string{
		"http":  {"-l"},
		"https": {"-l", "--tls", "--cert", both, "--key", both},
	} {
		get := func(t *testing.T, ours *process, args ...string) *process {
			url := scheme + "://127.0.0.1:" + ours.port("listening on ") + "/"
			return launch(t, "", curl, append(args, "--silent", "--show-error", "--noproxy", "*", "--cacert", both, url)...)
		}
		head := "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
		t.Run(scheme+" download", func(t *testing.T) {
			body := random(6)
			ours := launch(t, head+body, bin, append(flags, "--progress", "127.0.0.1", "0")...)
			got, _ := get(t, ours).end(0)
			wantSame(t, "curl", got, body)
			request, progress := ours.end(0)
			if !strings.HasPrefix(request, "GET / HTTP/1.1\r\n") {
				t.Errorf("the request is %q", request)
			}
			if !strings.Contains(progress, "] 100%  8.39MB of 8.39MB") {
				t.Errorf("the progress was %q", progress)
			}
		})
		t.Run(scheme+" upload", func(t *testing.T) {
			body := random(7)
			ours, input := held(t, bin, append(flags, "127.0.0.1", "0")...)
			theirs := get(t, ours, "--header", "Expect:", "--data-binary", "@"+saved(t, body))
			ours.await(int64(len(body)) + 100) // the data before it is longer
			if _, err := io.WriteString(input, head+"answer"); err != nil {
				t.Fatal(err)
			}
			input.Close()
			if got, _ := theirs.end(0); got != "answer" {
				t.Errorf("curl read %q", got)
			}
			request, _ := ours.end(0)
			_, got, _ := strings.Cut(request, "\r\n\r\n")
			wantSame(t, "sockcat", got, body)
		})
	}
}

// sockcatIperf begins a measurement and resets it.
func sockcatIperf(t *testing.T, bin string) {
	iperf := program(t, "iperf3")
	port := freePort(t)
	server := launch(t, "", iperf, "--server", "--one-off", "--bind", "127.0.0.1", "--port", port)
	awaitServer(t, port, server)
	r, w := pipe(t)
	cmd := exec.Command(bin, "--escape", "~", "127.0.0.1", port)
	stdout, output := pipe(t)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, output, output
	stdout.SetReadDeadline(time.Now().Add(patience))
	start(t, cmd)
	r.Close()
	output.Close()
	// The cookie of a client: 36 characters and a NUL. The server answers with
	// the state PARAM_EXCHANGE.
	w.WriteString(strings.Repeat("c", 36) + "\x00")
	const paramExchange = 9
	state := make([]byte, 1)
	if _, err := io.ReadFull(stdout, state); err != nil || state[0] != paramExchange {
		t.Fatalf("the server answered %d, %v", state, err)
	}
	w.WriteString("\n~a\n")
	if rest, err := io.ReadAll(stdout); err != nil || len(rest) > 0 {
		t.Errorf("sockcat wrote %q, %v", rest, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, stderr := server.end(-1); !strings.Contains(stderr, "iperf3: error") {
		t.Errorf("the server says %q", stderr)
	}
}

// awaitServer waits until the server listens, according to /proc: a connection
// would be the one that it waits for.
func awaitServer(t *testing.T, port string, server *process) {
	t.Helper()
	var n int
	fmt.Sscan(port, &n)
	listening := regexp.MustCompile(fmt.Sprintf(`(?m)^ *\d+: [0-9A-F]{8}:%04X 00000000:0000 0A `, n))
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		table, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			t.Skip(err)
		}
		if listening.Match(table) {
			return
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", server.cmd.Process.Pid))
		if err != nil || bytes.Contains(stat, []byte(") Z ")) {
			_, stderr := server.end(-1)
			t.Fatalf("%v has ended: %s", server.cmd, stderr)
		}
	}
	t.Fatalf("%v does not listen", server.cmd)
}

// sockcatNginx asks a web server.
func sockcatNginx(t *testing.T, bin string) {
	nginx := program(t, "nginx")
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	body := random(8)
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
	both := saved(t, string(testnet.Certificate(t)))
	plain, secure := freePort(t), freePort(t)
	conf := saved(t, fmt.Sprintf(`
daemon off; master_process off; pid %[1]s/pid; error_log stderr;
events {}
http {
	access_log off; client_body_temp_path %[1]s; proxy_temp_path %[1]s;
	fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
	ssl_certificate %[2]s; ssl_certificate_key %[2]s;
	server { listen 127.0.0.1:%[3]s; listen 127.0.0.1:%[4]s ssl; root %[1]s; }
}
`, dir, both, plain, secure))
	server := launch(t, "", nginx, "-e", "stderr", "-p", dir, "-c", conf)
	t.Cleanup(func() { server.cmd.Process.Signal(os.Interrupt) })
	awaitServer(t, plain, server)
	awaitServer(t, secure, server)
	for name, args := range map[string][]string{
		"http":  {"127.0.0.1", plain},
		"https": {"--tls", "--tls-insecure", "--stat", "100ms", "127.0.0.1", secure},
	} {
		t.Run(name, func(t *testing.T) {
			// nginx gives up a client that half-closes before it got all.
			ours, input := held(t, bin, args...)
			if _, err := io.WriteString(input, "GET /file HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			ours.await(int64(len(body)) + 100) // the data before it is longer
			input.Close()
			answer, _ := ours.end(0)
			head, got, _ := strings.Cut(answer, "\r\n\r\n")
			if !strings.HasPrefix(head, "HTTP/1.1 200 OK\r\n") {
				t.Errorf("the answer begins with %.100q", head)
			}
			wantSame(t, "sockcat", got, body)
		})
		t.Run(name+" half-closed", func(t *testing.T) {
			answer, _ := launch(t, "GET /nothing HTTP/1.0\r\n\r\n", bin, args...).end(0)
			if !strings.HasPrefix(answer, "HTTP/1.1 404 ") || !strings.HasSuffix(answer, "</html>\r\n") {
				t.Errorf("the answer is %q", answer)
			}
		})
	}
}

// sockcatVsftpd has a conversation with an FTP server, with urgent bytes in it:
// Telnet's Interrupt Process and Synch, which the server has inline.
func sockcatVsftpd(t *testing.T, bin string) {
	needRoot(t)
	path := program(t, "vsftpd")
	empty := t.TempDir()
	if err := os.Chmod(empty, 0o555); err != nil { // else vsftpd refuses it
		t.Fatal(err)
	}
	conf := copySource(t, "vsftpd.conf", t.TempDir(), 0o600)
	l := listen(t)
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := converse(t, exec.Command(bin, "--escape", "~", "127.0.0.1", port))
	c, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.File()
	c.Close()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(path, conf, "-oanon_root="+empty, "-osecure_chroot_dir="+empty)
	server.Stdin, server.Stdout, server.Stderr = f, f, f
	start(t, server)
	f.Close()
	client.hear("220 ")
	client.say("USER anonymous\r\n")
	client.hear("230 ")
	client.say("~u0xFF\n~u0xF4\n~u0xFF\n~u0xF2\nABOR\r\n")
	client.hear("225 ")
	client.say("QUIT\r\n")
	client.hear("221 ")
	client.say("~f\n")
	if rest, err := io.ReadAll(client.rw); err != nil || strings.Contains(string(rest), "sockcat: ") {
		t.Errorf("then it says %q, %v", rest, err)
	}
}

// sockcatSignal checks what ^C and kill(1) do.
func sockcatSignal(t *testing.T, bin string) {
	for sig, status := range map[os.Signal]int{os.Interrupt: 130, syscall.SIGTERM: 143} {
		report := filepath.Join(t.TempDir(), "page.html")
		l := listen(t)
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		r, w := pipe(t)
		cmd := exec.Command(bin, "-v", "--report", report, "127.0.0.1", port)
		stderr, errors := pipe(t)
		stderr.SetReadDeadline(time.Now().Add(patience))
		cmd.Stdin, cmd.Stderr = r, errors
		start(t, cmd)
		r.Close()
		errors.Close()
		c := accept(t, l)
		w.WriteString("x")
		wantRead(t, c, "x") // so that it has begun
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(stderr)
		if err != nil || !strings.HasSuffix(string(text), "report written to "+report+"\n") {
			t.Errorf("%v: it says %q, %v", sig, text, err)
		}
		cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != status {
			t.Errorf("%v: status %d, want %d", sig, got, status)
		}
		if page, err := os.ReadFile(report); err != nil || !strings.Contains(string(page), "ended by: "+sig.String()) {
			t.Errorf("%v: a page of %d bytes, %v", sig, len(page), err)
		}
		if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
			t.Errorf("%v: the peer reads %q, %v", sig, rest, err)
		}
	}
}
