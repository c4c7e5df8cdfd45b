// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The tests of this file hold the tables of all systems against the source of
// golang.org/x/sys, which was generated from the systems' own headers, and what
// x/sys does not have against the lists below. They read both as text, so one
// machine suffices.

// system specifies where a system's numbers are: in our files and in those of
// x/sys.
type system struct {
	ours   []string
	theirs string // folder
	files  []string
}

// systems has each table; solaris and illumos share one.
var systems = map[string]system{
	"aix":       {[]string{"table_aix.go"}, "unix", []string{"zerrors_aix_*.go"}},
	"darwin":    {[]string{"table_darwin.go"}, "unix", []string{"zerrors_darwin_*.go"}},
	"dragonfly": {[]string{"table_dragonfly.go"}, "unix", []string{"zerrors_dragonfly_*.go"}},
	"freebsd":   {[]string{"table_freebsd.go"}, "unix", []string{"zerrors_freebsd_*.go"}},
	"illumos":   {[]string{"table_solaris.go", "keepalive_illumos.go"}, "unix", []string{"zerrors_solaris_*.go"}},
	"linux":     {[]string{"table_linux.go"}, "unix", []string{"zerrors_linux_*.go", "zerrors_linux.go", "ztypes_linux.go"}},
	"netbsd":    {[]string{"table_netbsd.go"}, "unix", []string{"zerrors_netbsd_*.go"}},
	"openbsd":   {[]string{"table_openbsd.go"}, "unix", []string{"zerrors_openbsd_*.go"}},
	"solaris":   {[]string{"table_solaris.go", "keepalive_solaris.go"}, "unix", []string{"zerrors_solaris_*.go"}},
	"windows":   {[]string{"table_windows.go"}, "windows", []string{"types_windows.go"}},
}

// A number is one that x/sys lacks, at least on some processors, and the source
// of that it is this one.
type number struct {
	value  int64
	source string
}

// literals has the numbers of the tables that are written by hand, a second
// time and by their C names.
var literals = map[string]map[string]number{
	"darwin": {
		"SO_BINDTODEVICE": {0x1134, "sys/socket.h, macOS 15.4 (XNU 11417)"},
	},
	"freebsd": {
		"TCP_MAXUNACKTIME": {68, "netinet/tcp.h, FreeBSD 14; x/sys has it for riscv64 alone"},
	},
	"linux": {
		"TCP_IS_MPTCP":         {43, "linux/tcp.h, Linux 5.16"},
		"IP6T_SO_ORIGINAL_DST": {80, "linux/netfilter_ipv6/ip6_tables.h"},
	},
	"solaris": {
		"TCP_KEEPIDLE":  {0x1d, "netinet/tcp.h, Solaris 11.4"},
		"TCP_KEEPINTVL": {0x1e, "netinet/tcp.h, Solaris 11.4"},
		"TCP_KEEPCNT":   {0x1f, "netinet/tcp.h, Solaris 11.4"},
	},
	"windows": {
		"SO_DEBUG":              {0x0001, "winsock2.h"},
		"SO_ACCEPTCONN":         {0x0002, "winsock2.h"},
		"SO_EXCLUSIVEADDRUSE":   {-5, "winsock2.h: ((int)(~SO_REUSEADDR))"},
		"SO_OOBINLINE":          {0x0100, "winsock2.h"},
		"SO_SNDLOWAT":           {0x1003, "winsock2.h"},
		"SO_RCVLOWAT":           {0x1004, "winsock2.h"},
		"SO_TYPE":               {0x1008, "winsock2.h"},
		"SO_CONDITIONAL_ACCEPT": {0x3002, "winsock2.h"},
		"SO_PAUSE_ACCEPT":       {0x3003, "ws2def.h"},
		"SO_COMPARTMENT_ID":     {0x3004, "ws2def.h"},
		"SO_RANDOMIZE_PORT":     {0x3005, "ws2def.h"},
		"SO_PORT_SCALABILITY":   {0x3006, "ws2def.h"},
		"SO_REUSE_UNICASTPORT":  {0x3007, "ws2def.h"},
		"SO_ORIGINAL_DST":       {0x300f, "ws2def.h"},
		"SO_CONNECT_TIME":       {0x700c, "mswsock.h"},
		"IP_OPTIONS":            {1, "ws2ipdef.h"},
		"IP_DONTFRAGMENT":       {14, "ws2ipdef.h"},
		"IP_UNICAST_IF":         {31, "ws2ipdef.h"},
		"IP_MTU":                {73, "ws2ipdef.h"},
		"IP_USER_MTU":           {76, "ws2ipdef.h"},
		"IPV6_DONTFRAG":         {14, "ws2ipdef.h"},
		"IPV6_UNICAST_IF":       {31, "ws2ipdef.h"},
		"IPV6_TCLASS":           {39, "ws2ipdef.h"},
		"IPV6_MTU":              {72, "ws2ipdef.h"},
		"IPV6_USER_MTU":         {76, "ws2ipdef.h"},
	},
}

// differs has the systems for which x/sys has a number of another system.
var differs = map[string]string{
	"solaris": "x/sys was generated on illumos",
}

// shapes contains every row that is not an int without a unit: what its integer
// counts and how it looks. The sources are the systems' tcp(4) or tcp(7) and
// socket pages, and the headers where they say nothing.
var shapes = map[string]map[string]string{
	"aix": {
		"SO_LINGER":     "Second",
		"TCP_KEEPIDLE":  "Second", // package net has half seconds for AIX before 7.1
		"TCP_KEEPINTVL": "Second",
	},
	"darwin": {
		"SO_LINGER_SEC":         "Second",
		"TCP_CONNECTIONTIMEOUT": "Second",
		"TCP_KEEPALIVE":         "Second",
		"TCP_KEEPINTVL":         "Second",
		"TCP_RXT_CONNDROPTIME":  "Second",
		"IP_PORTRANGE":          "Values IP_PORTRANGE_DEFAULT IP_PORTRANGE_HIGH IP_PORTRANGE_LOW",
	},
	"dragonfly": {
		"SO_LINGER":     "Second",
		"TCP_KEEPIDLE":  "Second", // milliseconds before DragonFly 5.8
		"TCP_KEEPINIT":  "Second",
		"TCP_KEEPINTVL": "Second",
		"IP_PORTRANGE":  "Values IP_PORTRANGE_DEFAULT IP_PORTRANGE_HIGH IP_PORTRANGE_LOW",
	},
	"freebsd": {
		"SO_LINGER":          "Second",
		"SO_MAX_PACING_RATE": "Width 4", // uint32_t
		"TCP_KEEPIDLE":       "Second",
		"TCP_KEEPINIT":       "Second",
		"TCP_KEEPINTVL":      "Second",
		"TCP_MAXUNACKTIME":   "Second",
		"IP_PORTRANGE":       "Values IP_PORTRANGE_DEFAULT IP_PORTRANGE_HIGH IP_PORTRANGE_LOW",
	},
	"illumos": {
		"SO_LINGER":                 "Second",
		"TCP_ABORT_THRESHOLD":       "Millisecond",
		"TCP_CONN_ABORT_THRESHOLD":  "Millisecond",
		"TCP_CONN_NOTIFY_THRESHOLD": "Millisecond",
		"TCP_KEEPIDLE":              "Second",
		"TCP_KEEPINTVL":             "Second",
		"TCP_LINGER2":               "Second",
		"TCP_NOTIFY_THRESHOLD":      "Millisecond",
		"TCP_RTO_INITIAL":           "Millisecond",
		"TCP_RTO_MAX":               "Millisecond",
		"TCP_RTO_MIN":               "Millisecond",
	},
	"linux": {
		"SO_BUSY_POLL":       "Microsecond",
		"SO_COOKIE":          "Width 8",
		"SO_LINGER":          "Second",
		"SO_MAX_PACING_RATE": "Width 8", // unsigned long
		"SO_NETNS_COOKIE":    "Width 8",
		"TCP_DEFER_ACCEPT":   "Second",
		"TCP_DELACK_MAX_US":  "Microsecond",
		"TCP_KEEPIDLE":       "Second",
		"TCP_KEEPINTVL":      "Second",
		"TCP_LINGER2":        "Second",
		"TCP_RTO_MAX_MS":     "Millisecond",
		"TCP_RTO_MIN_US":     "Microsecond",
		"TCP_TX_DELAY":       "Microsecond",
		"TCP_USER_TIMEOUT":   "Millisecond",
		"IP_MTU_DISCOVER":    "Values IP_PMTUDISC_WANT IP_PMTUDISC_DO IP_PMTUDISC_DONT IP_PMTUDISC_PROBE",
		"IP_UNICAST_IF":      "BigEndian",
		"IPV6_UNICAST_IF":    "BigEndian",
	},
	"netbsd": {
		"SO_LINGER":     "Second",
		"TCP_KEEPIDLE":  "Second",
		"TCP_KEEPINIT":  "Second",
		"TCP_KEEPINTVL": "Second",
		"IP_PORTRANGE":  "Values IP_PORTRANGE_DEFAULT IP_PORTRANGE_HIGH IP_PORTRANGE_LOW",
	},
	"openbsd": {
		"SO_LINGER":    "Second",
		"IP_PORTRANGE": "Values IP_PORTRANGE_DEFAULT IP_PORTRANGE_HIGH IP_PORTRANGE_LOW",
	},
	"windows": {
		"SO_CONNECT_TIME": "Second",
		"SO_LINGER":       "Second Width 2", // a pair of u_short
		"TCP_KEEPIDLE":    "Second",
		"TCP_KEEPINTVL":   "Second",
		"TCP_MAXRT":       "Second",
		"TCP_MAXRTMS":     "Millisecond",
		"IP_MTU_DISCOVER": "Values IP_PMTUDISC_NOT_SET IP_PMTUDISC_DO IP_PMTUDISC_DONT IP_PMTUDISC_PROBE",
		"IP_UNICAST_IF":   "BigEndian", // "interface index in network byte order"; that of IPv6 is in host order
	},
}

func init() {
	shapes["solaris"] = shapes["illumos"]
	literals["illumos"] = map[string]number{}
}

// levelOf returns the level to which options of a C name belong.
func levelOf(name string) string {
	switch prefix, _, _ := strings.Cut(name, "_"); prefix {
	case "TCP":
		return "IPPROTO_TCP"
	case "IP":
		return "IPPROTO_IP"
	case "IPV6", "IP6T":
		return "IPPROTO_IPV6"
	}
	return "SOL_SOCKET"
}

// otherLevel has the options that are not of the level of their name.
var otherLevel = map[string]string{
	"linux SO_ORIGINAL_DST": "IPPROTO_IP", // linux/netfilter_ipv4.h: of the packet filter
}

// TestTables checks each row of each table against x/sys of each processor.
func TestTables(t *testing.T) {
	for _, name := range tableNames(t) {
		t.Run(name, func(t *testing.T) {
			s := systems[name]
			local := make(map[string]ast.Expr)
			for _, file := range s.ours {
				maps.Copy(local, constants(parse(t, file)))
			}
			rows := readRows(t, s.ours[0])
			if len(rows) < 25 {
				t.Fatalf("%d rows", len(rows))
			}
			checkShapes(t, name, rows)
			processors := theirs(t, s)
			used := make(map[string]bool)
			for processor, numbers := range processors {
				t.Run(processor, func(t *testing.T) {
					c := checker{t, name, local, numbers, used, make(map[string]string)}
					for _, r := range rows {
						c.row(r)
					}
				})
			}
			for c := range literals[name] {
				if !used[c] {
					t.Errorf("the list of literal numbers has %s, which no row takes from there", c)
				}
			}
		})
	}
}

// tableNames returns the systems, after a check that none is missing.
func tableNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("table_*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !slices.ContainsFunc(slices.Collect(maps.Values(systems)), func(s system) bool { return s.ours[0] == f }) {
			t.Errorf("%s is not checked", f)
		}
	}
	return slices.Sorted(maps.Keys(systems))
}

// A row is one composite literal of a table, by the fields' names.
type row map[string]ast.Expr

func (r row) name() string { s, _ := strconv.Unquote(r["Name"].(*ast.BasicLit).Value); return s }

// readRows returns the rows of a table, those of IPv6 among them.
func readRows(t *testing.T, file string) (rows []row) {
	t.Helper()
	object := parse(t, file).Scope.Lookup("table")
	if object == nil {
		t.Fatalf("%s has no table", file)
	}
	for _, e := range object.Decl.(*ast.ValueSpec).Values[0].(*ast.CompositeLit).Elts {
		rows = appendRow(rows, e.(*ast.KeyValueExpr).Value.(*ast.CompositeLit))
	}
	return rows
}

func appendRow(rows []row, lit *ast.CompositeLit) []row {
	r := make(row)
	for _, e := range lit.Elts {
		kv := e.(*ast.KeyValueExpr)
		r[kv.Key.(*ast.Ident).Name] = kv.Value
	}
	rows = append(rows, r)
	if v6, ok := r["V6"]; ok {
		rows = appendRow(rows, v6.(*ast.UnaryExpr).X.(*ast.CompositeLit))
	}
	return rows
}

// A checker compares the rows of a system with the numbers of one processor.
type checker struct {
	t       *testing.T
	system  string
	local   map[string]ast.Expr // our own constants
	numbers map[string]int64    // those of x/sys
	used    map[string]bool     // literals
	seen    map[string]string   // level and number, to the name
}

func (c checker) row(r row) {
	c.t.Helper()
	name := r.name()
	level := levelOf(name)
	if other, ok := otherLevel[c.system+" "+name]; ok {
		level = other
	}
	if sel, ok := r["Level"].(*ast.SelectorExpr); !ok || sel.Sel.Name != level {
		c.t.Errorf("%s has the level %s, want %s", name, types.ExprString(r["Level"]), level)
	}
	got, ok := c.number(name, r["Number"])
	if !ok {
		return
	}
	key := fmt.Sprint(level, " ", got)
	if other, ok := c.seen[key]; ok {
		c.t.Errorf("%s has the number of %s, %d", name, other, got)
	}
	c.seen[key] = name
}

// number checks that the number of a row is that of its C name.
func (c checker) number(name string, e ast.Expr) (int64, bool) {
	c.t.Helper()
	if id, ok := e.(*ast.Ident); ok { // a constant of ours, named as in C except for the first word
		if !strings.EqualFold(id.Name, name) {
			c.t.Errorf("%s has the number %s", name, id.Name)
			return 0, false
		}
		e = c.local[id.Name]
	} else if sel, ok := e.(*ast.SelectorExpr); !ok || sel.Sel.Name != name {
		c.t.Errorf("%s has the number %s", name, types.ExprString(e))
		return 0, false
	}
	got, ok := eval(e, c.local, c.numbers)
	if !ok {
		c.t.Errorf("%s is not a number: %s", name, types.ExprString(e))
		return 0, false
	}
	their, has := c.numbers[name]
	if sel, ok := e.(*ast.SelectorExpr); ok {
		if sel.Sel.Name != name {
			c.t.Errorf("%s has the number %s", name, types.ExprString(e))
		}
		return got, true
	}
	want, ok := literals[c.system][name]
	switch {
	case !ok:
		c.t.Errorf("%s is written by hand, so add it to the list of literals, with its header", name)
	case got != want.value:
		c.t.Errorf("%s is %#x, want %#x (%s)", name, got, want.value, want.source)
	case has && their != got && differs[c.system] == "":
		c.t.Errorf("%s is %#x, x/sys has %#x", name, got, their)
	}
	c.used[name] = true
	return got, true
}

// checkShapes checks the units, widths, byte orders and enumerations.
func checkShapes(t *testing.T, system string, rows []row) {
	t.Helper()
	got := make(map[string]string)
	for _, r := range rows {
		var words []string
		if unit, ok := r["Unit"]; ok {
			words = append(words, strings.TrimPrefix(types.ExprString(unit), "time."))
		}
		if width, ok := r["Width"]; ok {
			words = append(words, "Width "+types.ExprString(width))
		}
		if order, ok := r["BigEndian"]; ok && types.ExprString(order) == "true" {
			words = append(words, "BigEndian")
		}
		if values, ok := r["Values"]; ok {
			words = append(words, "Values")
			for _, v := range values.(*ast.CompositeLit).Elts {
				words = append(words, v.(*ast.SelectorExpr).Sel.Name)
			}
		}
		if len(words) > 0 {
			got[r.name()] = strings.Join(words, " ")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] != shapes[system][name] {
			t.Errorf("%s is %q, want %q", name, got[name], shapes[system][name])
		}
	}
	for name, want := range shapes[system] {
		if _, ok := got[name]; !ok {
			t.Errorf("%s has no unit or form, want %q", name, want)
		}
	}
}

// handWritten has the other numbers of the systems that are written by hand in
// this package, by file and name.
var handWritten = map[string]map[string]number{
	"afd_windows.go": {
		"ioctlAFDPoll":     {0x12024, "wine/afd.h: IOCTL_AFD_POLL"},
		"sioBaseHandle":    {0x48000022, "mswsock.h: _WSAIOR(IOC_WS2, 34)"},
		"sioBSPHandlePoll": {0x4800001d, "mswsock.h: _WSAIOR(IOC_WS2, 29)"},
		"afdReceive":       {0x001, "wine/afd.h: AFD_POLL_READ"},
		"afdExpedited":     {0x002, "wine/afd.h: AFD_POLL_OOB"},
		"afdSend":          {0x004, "wine/afd.h: AFD_POLL_WRITE"},
		"afdDisconnect":    {0x008, "wine/afd.h: AFD_POLL_HUP"},
		"afdAbort":         {0x010, "wine/afd.h: AFD_POLL_RESET"},
		"afdLocalClose":    {0x020, "wine/afd.h: AFD_POLL_CLOSE"},
		"afdAccept":        {0x080, "wine/afd.h: AFD_POLL_ACCEPT"},
		"afdConnectFail":   {0x100, "wine/afd.h: AFD_POLL_CONNECT_ERR"},
	},
	"ask_linux.go": {
		"tcpFinWait1":  {4, "net/tcp_states.h"},
		"tcpTimeWait":  {6, "net/tcp_states.h"},
		"tcpClose":     {7, "net/tcp_states.h"},
		"tcpCloseWait": {8, "net/tcp_states.h"},
		"tcpLastAck":   {9, "net/tcp_states.h"},
		"tcpClosing":   {11, "net/tcp_states.h"},
	},
	"ask_kqueue.go": {
		"bsdEstablished": {4, "netinet/tcp_fsm.h"},
		"bsdCloseWait":   {5, "netinet/tcp_fsm.h"},
		"bsdFinWait1":    {6, "netinet/tcp_fsm.h"},
		"bsdClosing":     {7, "netinet/tcp_fsm.h"},
		"bsdLastAck":     {8, "netinet/tcp_fsm.h"},
		"bsdFinWait2":    {9, "netinet/tcp_fsm.h"},
		"bsdTimeWait":    {10, "netinet/tcp_fsm.h"},
	},
	"getset_windows.go": {"so_PROTOCOL_INFOW": {0x2005, "winsock2.h"}},
	"msg_windows.go": {
		"MsgDontRoute": {4, "winsock2.h: MSG_DONTROUTE"},
		"fionbio":      ioctl(in, 'f', 126),  // winsock2.h,
		"fionread":     ioctl(out, 'f', 127), // winsock2.h
	},
	"peercred_netbsd.go": {
		"solLocal":    {0, "lib/libc/net/getpeereid.c"},
		"localPeerID": {3, "sys/un.h: LOCAL_PEEREID"},
	},
	"pollword_illumos.go": {"pollRDHUP": {0x4000, "sys/poll.h"}},
	"queue_unix.go":       {"fionread": ioctl(out, 'f', 127)},  // sys/filio.h
	"unacked_freebsd.go":  {"fionwrite": ioctl(out, 'f', 119)}, // sys/filio.h
	"unacked_netbsd.go":   {"fionwrite": ioctl(out, 'f', 121)}, // sys/filio.h
	"tcpinfo_netbsd.go":   {"tcp_INFO": {9, "netinet/tcp.h"}},
	"tcpinfo_windows.go": {
		"sio_TCP_INFO":  {0xd8000027, "mstcpip.h: _WSAIORW(IOC_VENDOR, 39)"},
		"tcpInfoNewest": {2, "mstcpip.h: TCP_INFO_v2"},
	},
}

// ioctl returns a request of ioctl(2) as sys/ioccom.h of the BSDs and
// winsock2.h make them: the direction, and 4 bytes.
func ioctl(direction, group, n int64) number {
	return number{direction | 4<<16 | group<<8 | n, fmt.Sprintf("_IO('%c', %d)", rune(group), n)}
}

const (
	out = 0x40000000 // _IOR
	in  = 0x80000000 // _IOW
)

// states has the names that x/sys has for the states of a connection.
var states = map[string]string{
	"tcpFinWait1":  "BPF_TCP_FIN_WAIT1",
	"tcpTimeWait":  "BPF_TCP_TIME_WAIT",
	"tcpClose":     "BPF_TCP_CLOSE",
	"tcpCloseWait": "BPF_TCP_CLOSE_WAIT",
	"tcpLastAck":   "BPF_TCP_LAST_ACK",
	"tcpClosing":   "BPF_TCP_CLOSING",
}

// TestHandWritten checks the numbers outside of the tables that are written by
// hand, against the list above and, where they are there, against x/sys.
func TestHandWritten(t *testing.T) {
	for file, want := range handWritten {
		got := constants(parse(t, file))
		for name, w := range want {
			e, ok := got[name]
			if !ok {
				t.Errorf("%s has no %s", file, name)
				continue
			}
			if n, ok := eval(e, got, nil); !ok || n != w.value {
				t.Errorf("%s: %s is %s, want %#x (%s)", file, name, types.ExprString(e), w.value, w.source)
			}
		}
	}
	// One in a file that is not in the list.
	c := regexp.MustCompile(`^(so|tcp|ip|ipv6|ip6t|sio|msg)_[A-Z0-9_]+$`)
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "table_") || strings.HasPrefix(file, "keepalive_") {
			continue
		}
		for name := range constants(parse(t, file)) {
			if _, ok := handWritten[file][name]; !ok && c.MatchString(name) {
				t.Errorf("%s: %s is written by hand, so add it to the list, with its header", file, name)
			}
		}
	}
}

// TestKqueueNumbers compares the numbers of kqueue(2) of each system with x/sys.
func TestKqueueNumbers(t *testing.T) {
	ours := constants(parse(t, "kqueue.go"))
	for _, system := range []string{"darwin", "dragonfly", "freebsd", "netbsd", "openbsd"} {
		for processor, numbers := range theirs(t, systems[system]) {
			for ourName, name := range map[string]string{
				"evAdd": "EV_ADD", "evDelete": "EV_DELETE", "evClear": "EV_CLEAR", "evError": "EV_ERROR",
				"evEOF": "EV_EOF", "noteLowat": "NOTE_LOWAT",
				system + "Read": "EVFILT_READ", system + "Write": "EVFILT_WRITE",
				system + "Except": "EVFILT_EXCEPT", system + "OOB": "NOTE_OOB",
			} {
				want, has := numbers[name]
				e, ok := ours[ourName]
				if !ok && !has {
					continue // freebsd and netbsd
				}
				if got, known := eval(e, ours, nil); !ok || !known || got != want {
					t.Errorf("%s/%s: %s is %d, x/sys has %d, %v", system, processor, ourName, got, want, has)
				}
			}
		}
	}
}

func TestStates(t *testing.T) {
	for processor, numbers := range theirs(t, systems["linux"]) {
		for name, c := range states {
			if w := handWritten["ask_linux.go"][name].value; numbers[c] != w {
				t.Errorf("%s: %s is %d, x/sys has %d", processor, name, w, numbers[c])
			}
		}
	}
}

// TestAFDPollInfoLayout checks the layout of AFD_POLL_INFO with one handle: a
// LARGE_INTEGER, a ULONG, a BOOLEAN, and an AFD_POLL_HANDLE_INFO, which is a
// HANDLE, a ULONG and an NTSTATUS.
func TestAFDPollInfoLayout(t *testing.T) {
	object := parse(t, "afd_windows.go").Scope.Lookup("afdPollInfo")
	if object == nil {
		t.Fatal("no afdPollInfo")
	}
	st := object.Decl.(*ast.TypeSpec).Type.(*ast.StructType)
	const before = "timeout 0 8, handles 8 4, exclusive 12 4, "
	for processor, want := range map[string]string{
		"386":   before + "socket 16 4, events 20 4, status 24 4, 28 in all",
		"amd64": before + "socket 16 8, events 24 4, status 28 4, 32 in all",
		"arm64": before + "socket 16 8, events 24 4, status 28 4, 32 in all",
	} {
		if got := layout(st, processor); got != want {
			t.Errorf("%s: %s, want %s", processor, got, want)
		}
	}
}

// layout returns the offset and the size of each field of a struct.
func layout(st *ast.StructType, processor string) string {
	var fields []*types.Var
	for _, f := range st.Fields.List {
		typ := types.Universe.Lookup(f.Type.(*ast.Ident).Name).Type()
		for _, name := range f.Names {
			fields = append(fields, types.NewField(token.NoPos, nil, name.Name, typ, false))
		}
	}
	sizes := types.SizesFor("gc", processor)
	var out strings.Builder
	for i, offset := range sizes.Offsetsof(fields) {
		fmt.Fprintf(&out, "%s %d %d, ", fields[i].Name(), offset, sizes.Sizeof(fields[i].Type()))
	}
	return fmt.Sprintf("%s%d in all", out.String(), sizes.Sizeof(types.NewStruct(fields, nil)))
}

// parse reads a file of this package, or one of an absolute name.
func parse(t *testing.T, name string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// constants returns the constants of a file that have an expression.
func constants(file *ast.File) map[string]ast.Expr {
	found := make(map[string]ast.Expr)
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			spec := spec.(*ast.ValueSpec)
			for i, e := range spec.Values {
				found[spec.Names[i].Name] = e
			}
		}
	}
	return found
}

// eval returns the value of an expression.
func eval(e ast.Expr, local map[string]ast.Expr, theirs map[string]int64) (int64, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return constant.Int64Val(constant.ToInt(constant.MakeFromLiteral(e.Value, e.Kind, 0)))
	case *ast.Ident:
		if known, ok := local[e.Name]; ok {
			return eval(known, local, theirs)
		}
		n, ok := theirs[e.Name]
		return n, ok
	case *ast.SelectorExpr:
		n, ok := theirs[e.Sel.Name]
		return n, ok
	case *ast.ParenExpr:
		return eval(e.X, local, theirs)
	case *ast.UnaryExpr:
		x, ok := eval(e.X, local, theirs)
		return map[token.Token]int64{token.XOR: ^x, token.SUB: -x}[e.Op], ok && (e.Op == token.XOR || e.Op == token.SUB)
	case *ast.BinaryExpr:
		x, ok := eval(e.X, local, theirs)
		y, ok2 := eval(e.Y, local, theirs)
		return x | y, ok && ok2 && e.Op == token.OR
	}
	return 0, false
}

// theirs returns the numbers of x/sys for a system, by processor.
func theirs(t *testing.T, s system) map[string]map[string]int64 {
	t.Helper()
	dir := filepath.Join(xsysDir(t), s.theirs)
	found := make(map[string]map[string]int64)
	common := make(map[string]int64)
	for _, pattern := range s.files {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no %s: %v", dir, pattern, err)
		}
		for _, file := range files {
			into := common
			if strings.Contains(pattern, "*") {
				_, processor, _ := strings.Cut(strings.TrimPrefix(filepath.Base(file), "z"), "_")
				_, processor, _ = strings.Cut(strings.TrimSuffix(processor, ".go"), "_")
				if found[processor] == nil {
					found[processor] = make(map[string]int64)
				}
				into = found[processor]
			}
			read(into, parse(t, file))
		}
	}
	if len(found) == 0 {
		found["all"] = make(map[string]int64)
	}
	for _, numbers := range found {
		maps.Copy(numbers, common)
	}
	return found
}

// read adds the constants of the file that are plain numbers, or others of them.
func read(into map[string]int64, file *ast.File) {
	local := constants(file)
	for name, e := range local {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind != token.INT {
			continue
		}
		if n, ok := eval(e, local, nil); ok {
			into[name] = n
		}
	}
}

// xsysDir returns where the source of x/sys is.
func xsysDir(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skipf("the source of golang.org/x/sys is not to be had: %v", err)
	}
	return dir
}
