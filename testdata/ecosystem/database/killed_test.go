// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package database

import (
	"context"
	"net"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// TestPostgresKilled kills the server's process for a connection while it waits and while
// it sends a result. The server then ends all others too, and starts again.
func TestPostgresKilled(t *testing.T) {
	address := postgres(t)
	forms.Compare(t, pgx5+" and a killed server", func(e *forms.Env) {
		for _, query := range []string{"select pg_sleep(10)", "select repeat('x', 1000) from generate_series(1,100000000)"} {
			c := pgxConnectPatiently(e, address)
			pid := int(c.PgConn().PID())
			time.AfterFunc(300*time.Millisecond, func() { syscall.Kill(pid, syscall.SIGKILL) })
			rows, err := c.Query(context.Background(), query)
			if err == nil {
				for rows.Next() {
				}
				err = rows.Err()
			}
			// What the kernel still has to send, and so whether it ends or resets the
			// connection, depends on the moment.
			e.Log("%s: an error %t, closed %t", query, err != nil, c.IsClosed())
		}
		pgxConnectPatiently(e, address)
	})
}

// pgxConnectPatiently waits until the server has started again.
func pgxConnectPatiently(e *forms.Env, address string) (c *pgx.Conn) {
	e.Until("the server accepts connections", func() bool {
		var err error
		c, err = pgxConnect(e, address, "disable")
		return err == nil
	})
	e.T.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// TestRedisKilled kills a server while a client waits and while it receives.
func TestRedisKilled(t *testing.T) {
	forms.Need(t, "ECOSYSTEM_REDIS")
	forms.Compare(t, goRedis+" and a killed server", func(e *forms.Env) {
		ctx := context.Background()
		for _, large := range []bool{false, true} {
			address := forms.Refused(e.T)
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				e.T.Fatal(err)
			}
			server := exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", e.T.TempDir())
			if err := server.Start(); err != nil {
				e.T.Fatal(err)
			}
			c := redisClient(e, "tcp", address, nil)
			e.Until("the server listens", func() bool { return c.Ping(ctx).Err() == nil })
			if large {
				e.Err("set", c.Set(ctx, "large", make([]byte, 100<<20), 0).Err())
				time.AfterFunc(10*time.Millisecond, func() { server.Process.Kill() })
				for c.Get(ctx, "large").Err() == nil {
				}
			} else {
				time.AfterFunc(100*time.Millisecond, func() { server.Process.Kill() })
				e.Err("killed while it waits", c.BLPop(ctx, 2*time.Second, "nolist").Err())
			}
			server.Wait()
			e.Err("after that", c.Ping(ctx).Err())
		}
	})
}
