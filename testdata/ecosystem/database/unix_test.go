// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package database

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// unixDrivers connect through their hook to the socket of a server in a folder.
var unixDrivers = map[string]func(ctx context.Context, d *streamsock.Dialer, folder string) error{
	"pgx": func(ctx context.Context, d *streamsock.Dialer, folder string) error {
		cfg, err := pgx.ParseConfig(connString(folder, "disable"))
		if err != nil {
			return err
		}
		cfg.DialFunc = d.DialContext
		c, err := pgx.ConnectConfig(ctx, cfg)
		if err != nil {
			return err
		}
		return c.Close(ctx)
	},
	"mysql": func(ctx context.Context, d *streamsock.Dialer, folder string) error {
		cfg := mysql.NewConfig()
		cfg.User, cfg.Passwd, cfg.Net, cfg.Addr = "eco", "eco", "unix", filepath.Join(folder, "mysql.sock")
		cfg.Logger = &mysql.NopLogger{}
		cfg.DialFunc = d.DialContext
		connector, err := mysql.NewConnector(cfg)
		if err != nil {
			return err
		}
		c, err := connector.Connect(ctx)
		if err != nil {
			return err
		}
		return c.Close()
	},
	"go-redis": func(ctx context.Context, d *streamsock.Dialer, folder string) error {
		c := redis.NewClient(&redis.Options{
			Network: "unix", Addr: filepath.Join(folder, "redis.sock"), MaxRetries: -1, DialerRetries: 1, Dialer: d.DialContext,
		})
		defer c.Close()
		return c.Ping(ctx).Err()
	},
}

// TestUnix has drivers call a Dialer, as their hook, with network "unix". An option that
// a Unix socket has is applied; one of TCP is an error that names it.
func TestUnix(t *testing.T) {
	folder := forms.Need(t, "ECOSYSTEM_UNIX")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for driver, connect := range unixDrivers {
		for _, plain := range []bool{false, true} {
			d := &streamsock.Dialer{
				NetDialer: &net.Dialer{Timeout: 10 * time.Second},
				Options:   []sockopt.Setting{sockopt.WriteBuffer.To(100_000)},
				Plain:     plain,
			}
			if err := connect(ctx, d, folder); err != nil {
				t.Errorf("%s, Plain %t: %v", driver, plain, err)
			}
			d.Options = append(d.Options, sockopt.UserTimeout.To(time.Second))
			if err := connect(ctx, d, folder); err == nil || !strings.Contains(err.Error(), "UserTimeout (TCP_USER_TIMEOUT)") {
				t.Errorf("%s, Plain %t, with an option of TCP: %v", driver, plain, err)
			}
		}
	}
}
