// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package database runs the drivers of databases and caches against real servers.
package database

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

const pgx5 = "github.com/jackc/pgx/v5"

func postgres(t *testing.T) string { return forms.Need(t, "ECOSYSTEM_POSTGRES") }

// connString returns the configuration of a connection, for pgx and lib/pq.
func connString(address, sslmode string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, "25432" // the folder of a Unix socket
	}
	return fmt.Sprintf("host=%s port=%s user=eco password=eco dbname=eco sslmode=%s connect_timeout=2", host, port, sslmode)
}

func pgxConnect(e *forms.Env, address, sslmode string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(connString(address, sslmode))
	if err != nil {
		return nil, err
	}
	cfg.DialFunc = e.DialContext
	return pgx.ConnectConfig(context.Background(), cfg)
}

// mustConnect is pgxConnect to the server.
func mustConnect(e *forms.Env, address, sslmode string) *pgx.Conn {
	c, err := pgxConnect(e, address, sslmode)
	if err != nil {
		e.T.Fatal(err)
	}
	e.T.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func TestPgx(t *testing.T) {
	address := postgres(t)
	forms.Compare(t, pgx5, func(e *forms.Env) {
		for _, sslmode := range []string{"disable", "require"} {
			pgxWork(e, mustConnect(e, address, sslmode))
		}
		pgxErrors(e, address)
		pgxPool(e, address)
	})
}

// pgxWork moves rows, copies, batches, large values and notifications.
func pgxWork(e *forms.Env, c *pgx.Conn) {
	ctx := context.Background()
	rows, err := c.Query(ctx, "select i, md5(i::text), repeat('x', i%300) from generate_series(1,50000) i")
	if err != nil {
		e.T.Fatal(err)
	}
	hash, n := sha256.New(), 0
	for rows.Next() {
		v, _ := rows.Values()
		fmt.Fprint(hash, v...)
		n++
	}
	e.Log("rows %d %x %v", n, hash.Sum(nil)[:6], rows.Err())
	_, err = c.Exec(ctx, "create temp table k(i int, s text)")
	e.Err("create", err)
	src := pgx.CopyFromSlice(30000, func(i int) ([]any, error) { return []any{i, strings.Repeat("y", i%200)}, nil })
	m, err := c.CopyFrom(ctx, pgx.Identifier{"k"}, []string{"i", "s"}, src)
	e.Log("copy from %d %v", m, err)
	var buf bytes.Buffer
	tag, err := c.PgConn().CopyTo(ctx, &buf, "copy (select * from k order by i) to stdout")
	e.Log("copy to %v %x %v", tag, sha256.Sum256(buf.Bytes()), err)
	const queries = 1000
	var b pgx.Batch
	for i := range queries {
		b.Queue("select $1::int + 1, repeat('z', 2000)", i)
	}
	results, sum := c.SendBatch(ctx, &b), 0
	for range queries {
		var i int
		var s string
		if err := results.QueryRow().Scan(&i, &s); err != nil {
			e.Err("batch", err)
			break
		}
		sum += i + len(s)
	}
	e.Log("batch %d %v", sum, results.Close())
	var back string
	err = c.QueryRow(ctx, "select $1::text || $1::text", strings.Repeat("q", 8<<20)).Scan(&back)
	e.Log("large %d %v", len(back), err)
	_, listenErr := c.Exec(ctx, "listen news")
	_, notifyErr := c.Exec(ctx, "notify news, 'hello'")
	e.Err("listen", errors.Join(listenErr, notifyErr))
	for _, wait := range []time.Duration{2 * time.Second, 100 * time.Millisecond} {
		nctx, cancel := context.WithTimeout(ctx, wait)
		news, err := c.WaitForNotification(nctx)
		cancel()
		if err == nil {
			e.Log("notification %s %s", news.Channel, news.Payload)
		} else {
			e.Err("no notification", err)
		}
	}
	e.Err("check", c.PgConn().CheckConn())
}

// pgxErrors has connections fail in all ways.
func pgxErrors(e *forms.Env, address string) {
	ctx := context.Background()
	_, err := pgxConnect(e, forms.Refused(e.T), "disable")
	e.Err("refused", err)
	_, err = pgxConnect(e, forms.Silent(e.T).Addr().String(), "disable")
	e.Err("silent", err)
	c := mustConnect(e, address, "disable")
	tctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	_, err = c.Exec(tctx, "select pg_sleep(5)")
	cancel()
	e.Err("timeout", err)
	e.Log("closed %t", c.IsClosed())
	cctx, cancel := context.WithCancel(ctx)
	c = mustConnect(e, address, "disable")
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err = c.Exec(cctx, "select pg_sleep(5)")
	e.Err("cancel", err)
	c, killer := mustConnect(e, address, "disable"), mustConnect(e, address, "disable")
	time.AfterFunc(200*time.Millisecond, func() { killer.Exec(ctx, "select pg_terminate_backend($1)", int32(c.PgConn().PID())) })
	_, err = c.Exec(ctx, "select pg_sleep(5)")
	e.Err("terminated", err)
	_, err = c.Exec(ctx, "select 1")
	e.Err("again", err)
	for _, how := range forms.Breaks {
		b := forms.NewBreaker(e.T, address)
		c := mustConnect(e, b.Addr(), "disable")
		b.BreakAfter(300_000, how)
		rows, err := c.Query(ctx, "select repeat('x', 1000) from generate_series(1,10000)")
		if err == nil {
			for rows.Next() {
			}
			err = rows.Err()
		}
		e.Err("broken in a result by "+how, err)
		e.Log("closed %t", c.IsClosed())
		b.BreakAfter(0, how)
		c = mustConnect(e, b.Addr(), "disable")
		b.Break(how)
		if e.Form != forms.Net {
			e.Until("the break is noticed", func() bool {
				l, _ := streamsock.CheckConn(c.PgConn().Conn())
				return l == streamsock.HalfClosed || l == streamsock.Closed
			})
		} else {
			time.Sleep(50 * time.Millisecond)
		}
		_, err = c.Exec(ctx, "select 1")
		e.Err("broken while idle by "+how, err)
		e.Log("safe to retry %t", pgconn.SafeToRetry(err))
	}
}

// pgxPool has many goroutines share connections, some of which time out.
func pgxPool(e *forms.Env, address string) {
	ctx := context.Background()
	cfg, err := pgxpool.ParseConfig(connString(address, "prefer") + " pool_max_conns=10")
	if err != nil {
		e.T.Fatal(err)
	}
	cfg.ConnConfig.DialFunc = e.DialContext
	p, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		e.T.Fatal(err)
	}
	defer p.Close()
	var all sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for i := range 300 {
		all.Go(func() {
			if i%50 == 7 {
				ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
				defer cancel()
				if _, err := p.Exec(ctx, "select pg_sleep(1)"); !errors.Is(err, context.DeadlineExceeded) {
					e.Err("timeout", err)
				}
				return
			}
			var n int
			if err := p.QueryRow(ctx, "select count(*) from generate_series(1,$1)", i).Scan(&n); err != nil {
				e.Err("pool", err)
			}
			mu.Lock()
			defer mu.Unlock()
			sum += n
		})
	}
	all.Wait()
	e.Log("pool %d", sum)
}

// TestPgxTLS asks for the socket below the TLS of a driver.
func TestPgxTLS(t *testing.T) {
	address := postgres(t)
	e := &forms.Env{Form: forms.Conn, T: t}
	c := mustConnect(e, address, "require")
	nc := c.PgConn().Conn()
	if l, err := streamsock.CheckConn(nc); l != streamsock.Idle && l != streamsock.Pending || err != nil {
		t.Errorf("CheckConn: %v, %v", l, err)
	}
	under, err := sockopt.Unwrap(nc)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := tcpinfo.Get(under); err != nil || info.State != tcpinfo.Established {
		t.Errorf("TCP_INFO: %+v, %v", info, err)
	}
	if d, err := sockopt.UserTimeout.Get(under); d != 20*time.Second || err != nil {
		t.Errorf("UserTimeout: %v, %v", d, err)
	}
	c.Close(context.Background())
	if l, err := streamsock.CheckConn(nc); l != streamsock.Closed || !errors.Is(err, net.ErrClosed) {
		t.Errorf("CheckConn after Close: %v, %v", l, err)
	}
}
