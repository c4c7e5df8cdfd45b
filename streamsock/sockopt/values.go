// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lingering is the value of [Linger]. The zero value is off.
type Lingering struct {
	On      bool          // true: Close blocks or, if Timeout is 0, discards data
	Timeout time.Duration // whole seconds, rounded up; ignored unless On
}

// String returns "off" or the timeout, such as "5s".
func (l Lingering) String() string {
	if !l.On {
		return "off"
	}
	return l.Timeout.String()
}

// UnmarshalText accepts the form returned by String.
func (l *Lingering) UnmarshalText(text []byte) (err error) {
	*l = Lingering{}
	if string(text) != "off" {
		l.On = true
		l.Timeout, err = time.ParseDuration(string(text))
	}
	return err
}

// lingerCodec encodes struct linger: two integers of the given width.
type lingerCodec struct {
	width int
	unit  time.Duration
}

func (c lingerCodec) Size() int { return 2 * c.width }

func (c lingerCodec) Append(b []byte, v Lingering) ([]byte, error) {
	var on, n int64
	if v.On {
		var err error
		if n, err = (duration{unit: c.unit}).units(v.Timeout, c.most()); err != nil {
			return nil, err
		}
		on = 1
	}
	return appendInt(appendInt(b, on, c.width), n, c.width), nil
}

// most returns the largest count that fits: Windows has two bytes. On other
// systems the kernel multiplies the count by its clock rate, in a short or an
// int.
func (c lingerCodec) most() int64 {
	if c.width == 2 {
		return math.MaxUint16
	}
	return math.MaxInt32
}

func (c lingerCodec) Parse(b []byte) (Lingering, error) {
	if len(b) != c.Size() {
		return Lingering{}, errShort
	}
	half := func(b []byte) int64 {
		if c.width == 2 {
			return int64(binary.NativeEndian.Uint16(b))
		}
		return int64(int32(binary.NativeEndian.Uint32(b)))
	}
	v := Lingering{On: half(b) != 0}
	if v.On {
		v.Timeout = time.Duration(half(b[c.width:])) * c.unit
	}
	return v, nil
}

// PMTUDisc is the value of [MTUDiscover]: whether packets may be fragmented,
// and whether the MTU of the path is discovered.
type PMTUDisc int

const (
	PMTUDiscWant  PMTUDisc = iota // as configured for the route; the system's default
	PMTUDiscDo                    // do not fragment, discover the path MTU
	PMTUDiscDont                  // fragment if necessary
	PMTUDiscProbe                 // ignore the known path MTU; on Linux, TCP then allows fragmentation, like PMTUDiscDont
)

var pmtuDiscNames = []string{"want", "do", "dont", "probe"}

// String returns "want", "do", "dont" or "probe".
func (p PMTUDisc) String() string { return enumName(pmtuDiscNames, int(p)) }

// UnmarshalText accepts the form returned by String.
func (p *PMTUDisc) UnmarshalText(text []byte) error {
	i, err := enumValue(pmtuDiscNames, text)
	*p = PMTUDisc(i)
	return err
}

// PortClass is the value of [PortRangeClass]: the system's range from which a
// port is chosen for a socket that is bound to port 0.
type PortClass int

const (
	PortClassDefault PortClass = iota // net.inet.ip.portrange.first to last
	PortClassHigh                     // hifirst to hilast
	PortClassLow                      // lowfirst to lowlast, for the superuser
)

var portClassNames = []string{"default", "high", "low"}

// String returns "default", "high" or "low".
func (p PortClass) String() string { return enumName(portClassNames, int(p)) }

// UnmarshalText accepts the form returned by String.
func (p *PortClass) UnmarshalText(text []byte) error {
	i, err := enumValue(portClassNames, text)
	*p = PortClass(i)
	return err
}

func enumName(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return strconv.Itoa(i)
	}
	return names[i]
}

func enumValue(names []string, text []byte) (int, error) {
	i := slices.Index(names, string(text))
	if i < 0 {
		return 0, fmt.Errorf("value %q not one of %v", text, names)
	}
	return i, nil
}

// enum is a codec for an enumeration whose numbers differ between systems.
type enum[T ~int] struct{ values []int }

func (c enum[T]) Size() int { return 4 }

func (c enum[T]) Append(b []byte, v T) ([]byte, error) {
	if v < 0 || int(v) >= len(c.values) {
		return nil, errValue(v, "is none of the option's")
	}
	return appendInt(b, int64(c.values[v]), 4), nil
}

func (c enum[T]) Parse(b []byte) (T, error) {
	n, err := parseInt(b)
	if err != nil {
		return 0, err
	}
	i := slices.Index(c.values, int(n))
	if i < 0 {
		return 0, fmt.Errorf("sockopt: unknown value %d from the system", n)
	}
	return T(i), nil
}

// BufferLocks is the value of [BufferLock], a set of bits. If it is zero, the
// kernel adjusts both sizes.
type BufferLocks uint8

const (
	WriteBufferLocked BufferLocks = 1 << iota // SOCK_SNDBUF_LOCK
	ReadBufferLocked                          // SOCK_RCVBUF_LOCK
)

// PortRange is the value of [LocalPortRange]: the ports from Low to High,
// inclusive. A bound of 0 is that of the system; the zero value is the range of
// the system.
type PortRange struct {
	Low, High uint16 // port numbers
}

// String returns the range in the form "40000-40999".
func (r PortRange) String() string { return fmt.Sprintf("%d-%d", r.Low, r.High) }

// UnmarshalText accepts the form returned by String.
func (r *PortRange) UnmarshalText(text []byte) error {
	low, high, ok := strings.Cut(string(text), "-")
	l, err := strconv.ParseUint(low, 10, 16)
	if err == nil {
		var h uint64
		h, err = strconv.ParseUint(high, 10, 16)
		*r = PortRange{uint16(l), uint16(h)}
	}
	if err != nil || !ok {
		return fmt.Errorf("port range %q not of the form 40000-40999", text)
	}
	return nil
}

// portRangeCodec encodes the range in 32 bits, with the upper bound in the
// upper half (linux/in.h).
type portRangeCodec struct{}

func (portRangeCodec) Size() int { return 4 }

func (portRangeCodec) Append(b []byte, v PortRange) ([]byte, error) {
	if v.Low != 0 && v.High != 0 && v.Low > v.High {
		return nil, errValue(v, "ends before it begins")
	}
	return binary.NativeEndian.AppendUint32(b, uint32(v.High)<<16|uint32(v.Low)), nil
}

func (portRangeCodec) Parse(b []byte) (PortRange, error) {
	n, err := parseInt(b)
	return PortRange{Low: uint16(n), High: uint16(n >> 16)}, err
}

// Filter is the value of [AcceptFilter]. The zero value removes the filter.
type Filter struct {
	Name string // at most 15 bytes: "dataready", "httpready", "dnsready"
	Arg  string // at most 239 bytes, mostly empty
}

// String returns the name, and the argument after a comma.
func (f Filter) String() string {
	if f.Arg == "" {
		return f.Name
	}
	return f.Name + "," + f.Arg
}

// UnmarshalText accepts the form returned by String.
func (f *Filter) UnmarshalText(text []byte) error {
	f.Name, f.Arg, _ = strings.Cut(string(text), ",")
	return nil
}

// filterCodec encodes struct accept_filter_arg.
type filterCodec struct{}

const (
	filterNameSize = 16
	filterSize     = 256
)

func (filterCodec) Size() int { return filterSize }

func (filterCodec) Append(b []byte, v Filter) ([]byte, error) {
	if v == (Filter{}) {
		return b, nil // no bytes remove the filter, see accept_filter(9)
	}
	b, err := appendFixed(b, v.Name, filterNameSize)
	if err != nil {
		return nil, err
	}
	return appendFixed(b, v.Arg, filterSize-filterNameSize)
}

func (filterCodec) Parse(b []byte) (Filter, error) {
	if len(b) < filterNameSize {
		return Filter{}, errShort
	}
	return Filter{cstring(b[:filterNameSize]), cstring(b[filterNameSize:])}, nil
}

// appendFixed appends s, padded with at least one NUL byte to size.
func appendFixed(b []byte, s string, size int) ([]byte, error) {
	n := len(b)
	b, err := text{size: size}.Append(b, s)
	if err != nil {
		return nil, err
	}
	return append(b, make([]byte, size-(len(b)-n))...), nil
}

// functionBlockCodec encodes struct tcp_function_set of FreeBSD: the name in 32
// bytes and a count that is ignored when setting.
type functionBlockCodec struct{}

const functionNameSize = 32

func (functionBlockCodec) Size() int { return functionNameSize + 4 }

func (functionBlockCodec) Append(b []byte, v string) ([]byte, error) {
	b, err := appendFixed(b, v, functionNameSize)
	if err != nil {
		return nil, err
	}
	return appendInt(b, 0, 4), nil
}

func (functionBlockCodec) Parse(b []byte) (string, error) { return cstring(b), nil }

// keyCodec encodes the keys of cookies: one or two of 16 bytes each.
type keyCodec struct{}

const keySize = 16 // TCP_FASTOPEN_KEY_LENGTH

func (keyCodec) Size() int { return 2 * keySize }

func (keyCodec) Append(b []byte, v []byte) ([]byte, error) {
	if len(v) != keySize && len(v) != 2*keySize {
		return nil, errValue(fmt.Sprintf("of %d bytes", len(v)), fmt.Sprintf("not %d or %d bytes long", keySize, 2*keySize))
	}
	return append(b, v...), nil
}

func (keyCodec) Parse(b []byte) ([]byte, error) { return raw{}.Parse(b) }

// MD5Key is the value of [MD5SigExt]: the key of the segments to and from the
// peers in a range of addresses.
type MD5Key struct {
	// Peer is the range of addresses. A prefix of full length, such as
	// 192.0.2.1/32, is a single peer. An IPv4 range may also be given in its
	// IPv6 form, such as ::ffff:192.0.2.0/120. Both forms can be used on an
	// IPv4 socket and on an IPv6 socket that also uses IPv4.
	Peer netip.Prefix

	Key string // at most 80 bytes; empty to remove the key of the range
}

// String returns the range without the key.
func (k MD5Key) String() string { return k.Peer.String() + ",[key]" }

// UnmarshalText accepts a prefix or an address, followed by a comma and a key.
func (k *MD5Key) UnmarshalText(text []byte) error {
	peer, key, ok := strings.Cut(string(text), ",")
	if !ok {
		return fmt.Errorf("MD5 key not of the form PREFIX,KEY")
	}
	prefix, err := netip.ParsePrefix(peer)
	if err != nil {
		var addr netip.Addr
		if addr, err = netip.ParseAddr(peer); err != nil {
			return err
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	*k = MD5Key{prefix, key}
	return nil
}

// md5KeyCodec encodes struct tcp_md5sig of Linux (linux/tcp.h).
type md5KeyCodec struct{}

const (
	md5MaxKey     = 80  // TCP_MD5SIG_MAXKEYLEN
	md5FlagPrefix = 1   // TCP_MD5SIG_FLAG_PREFIX
	md5AddrSize   = 128 // struct sockaddr_storage
)

func (md5KeyCodec) Size() int { return md5AddrSize + 8 + md5MaxKey }

func (c md5KeyCodec) Append(b []byte, v MD5Key) ([]byte, error) {
	peer, ok := unmapPrefix(v.Peer)
	if !ok {
		return nil, errValue(v, "has no valid peer")
	}
	if len(v.Key) > md5MaxKey {
		return nil, errValue(v, fmt.Sprintf("has a key longer than %d bytes", md5MaxKey))
	}
	m := make([]byte, c.Size())
	putSockaddr(m, peer.Addr())
	m[md5AddrSize] = md5FlagPrefix
	m[md5AddrSize+1] = uint8(peer.Bits())
	binary.NativeEndian.PutUint16(m[md5AddrSize+2:], uint16(len(v.Key)))
	copy(m[md5AddrSize+8:], v.Key)
	return append(b, m...), nil
}

// unmapPrefix returns the IPv4 prefix for one in IPv6 form. It is not ok if the
// range is only partly IPv4.
func unmapPrefix(p netip.Prefix) (netip.Prefix, bool) {
	if !p.Addr().Is4In6() {
		return p, p.IsValid()
	}
	p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	return p, p.IsValid()
}

func (md5KeyCodec) Parse([]byte) (MD5Key, error) { return MD5Key{}, errShort }

// Address families in struct sockaddr of the two systems that return it.
const (
	afINET         = 2
	afINET6Linux   = 10
	afINET6Windows = 23
)

// putSockaddr encodes a struct sockaddr_in or sockaddr_in6 of Linux with port
// 0.
func putSockaddr(b []byte, a netip.Addr) {
	if a.Is4() {
		binary.NativeEndian.PutUint16(b, afINET)
		copy(b[4:], a.AsSlice())
		return
	}
	binary.NativeEndian.PutUint16(b, afINET6Linux)
	copy(b[8:], a.AsSlice())
}

// addrPortCodec decodes a struct sockaddr of Linux or Windows.
type addrPortCodec struct{}

const sockaddrSize = 28 // struct sockaddr_in6

func (addrPortCodec) Size() int { return sockaddrSize }

func (addrPortCodec) Append([]byte, netip.AddrPort) ([]byte, error) {
	return nil, errShort // read-only
}

func (addrPortCodec) Parse(b []byte) (netip.AddrPort, error) {
	if len(b) < 16 {
		return netip.AddrPort{}, errShort
	}
	port := binary.BigEndian.Uint16(b[2:])
	switch family := binary.NativeEndian.Uint16(b); {
	case family == afINET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port), nil
	case (family == afINET6Linux || family == afINET6Windows) && len(b) >= 24:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), port), nil
	}
	return netip.AddrPort{}, errShort
}

// MemoryUse is the value of [MemInfo]: the kernel memory that a socket uses, in
// bytes unless noted otherwise.
type MemoryUse struct {
	ReadAlloc   uint32 // received and not yet read
	ReadBuffer  uint32 // limit, equal to ReadBuffer
	WriteAlloc  uint32 // passed to the network device
	WriteBuffer uint32 // limit, equal to WriteBuffer
	Forward     uint32 // reserved and not used
	WriteQueued uint32 // written and not yet acknowledged
	Options     uint32 // for options and control messages
	Backlog     uint32 // received while the socket is locked
	Drops       uint32 // number of packets discarded
}

// memInfoCodec decodes the array of SO_MEMINFO (linux/sock_diag.h).
type memInfoCodec struct{}

func (memInfoCodec) Size() int { return binary.Size(MemoryUse{}) }

func (memInfoCodec) Append([]byte, MemoryUse) ([]byte, error) { return nil, errShort } // read-only

func (memInfoCodec) Parse(b []byte) (v MemoryUse, err error) {
	if _, err := binary.Decode(b, binary.NativeEndian, &v); err != nil {
		return MemoryUse{}, errShort
	}
	return v, nil
}

// ICMPError is the value of [ICMPErrorInfo]: the ICMP message because of which
// a connection attempt failed.
type ICMPError struct {
	Source     netip.Addr // the sender of the message
	Protocol   int        // 1 for ICMP, 58 for ICMPv6
	Type, Code uint8      // type and code of the message
}

// icmpErrorCodec decodes ICMP_ERROR_INFO of Windows (ws2ipdef.h).
type icmpErrorCodec struct{}

func (icmpErrorCodec) Size() int { return sockaddrSize + 8 }

func (icmpErrorCodec) Append([]byte, ICMPError) ([]byte, error) { return nil, errShort } // read-only

func (icmpErrorCodec) Parse(b []byte) (ICMPError, error) {
	if len(b) < sockaddrSize+6 {
		return ICMPError{}, errShort
	}
	source, err := addrPortCodec{}.Parse(b[:sockaddrSize])
	if err != nil {
		return ICMPError{}, err
	}
	b = b[sockaddrSize:]
	return ICMPError{source.Addr(), int(binary.NativeEndian.Uint32(b)), b[4], b[5]}, nil
}
