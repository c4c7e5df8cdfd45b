// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package database

import (
	"context"
	"crypto/tls"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

const goMySQL = "github.com/go-sql-driver/mysql"

// mysqlOpen opens a database. The driver looks at an idle connection by its SyscallConn
// method before it uses it again.
func mysqlOpen(e *forms.Env, network, address, tlsConfig string) *sql.DB {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.DBName = "eco", "eco", "eco"
	cfg.Net, cfg.Addr, cfg.TLSConfig = network, address, tlsConfig
	cfg.Timeout, cfg.ReadTimeout = 2*time.Second, 20*time.Second
	cfg.Logger = &mysql.NopLogger{}
	cfg.DialFunc = e.DialContext
	c, err := mysql.NewConnector(cfg)
	if err != nil {
		e.T.Fatal(err)
	}
	db := sql.OpenDB(c)
	e.T.Cleanup(func() { db.Close() })
	return db
}

func TestMySQL(t *testing.T) {
	address := forms.Need(t, "ECOSYSTEM_MYSQL")
	if err := mysql.RegisterTLSConfig("insecure", &tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Fatal(err)
	}
	forms.Compare(t, goMySQL, func(e *forms.Env) {
		for _, tlsConfig := range []string{"", "insecure"} {
			mysqlWork(e, address, tlsConfig)
		}
	})
}

func mysqlWork(e *forms.Env, address, tlsConfig string) {
	db := mysqlOpen(e, "tcp", address, tlsConfig)
	queryRows(e, db, "select seq, md5(seq), repeat('x', seq%300) from seq_1_to_30000")
	var length int
	err := db.QueryRow("select length(?)", strings.Repeat("b", 3<<20)).Scan(&length)
	e.Log("large %d %v", length, err)
	var all sync.WaitGroup
	db.SetMaxIdleConns(10)
	db.SetMaxOpenConns(10)
	var mu sync.Mutex
	sum := 0
	for i := range 300 {
		all.Go(func() {
			var x int
			if err := db.QueryRow("select ?+1", i).Scan(&x); err != nil {
				e.Err("parallel", err)
			}
			mu.Lock()
			defer mu.Unlock()
			sum += x
		})
	}
	all.Wait()
	e.Log("sum %d", sum)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	_, err = db.ExecContext(ctx, "select sleep(5)")
	cancel()
	e.Err("timeout", err)
	e.Err("refused", mysqlOpen(e, "tcp", forms.Refused(e.T), tlsConfig).Ping())
	ctx, cancel = context.WithTimeout(context.Background(), 300*time.Millisecond)
	e.Err("silent", mysqlOpen(e, "tcp", forms.Silent(e.T).Addr().String(), tlsConfig).PingContext(ctx))
	cancel()
	for _, how := range forms.Breaks {
		b := forms.NewBreaker(e.T, address)
		breakDB(e, b, mysqlOpen(e, "tcp", b.Addr(), tlsConfig), how, "select repeat('x', 1000) from seq_1_to_10000")
	}
	killer := mysqlOpen(e, "tcp", address, tlsConfig)
	c, err := db.Conn(context.Background())
	if err != nil {
		e.T.Fatal(err)
	}
	defer c.Close()
	var id int64
	e.Err("id", c.QueryRowContext(context.Background(), "select connection_id()").Scan(&id))
	time.AfterFunc(200*time.Millisecond, func() { killer.Exec(fmt.Sprintf("kill %d", id)) })
	var x int
	err = c.QueryRowContext(context.Background(), "select sleep(5) from (select 1) a").Scan(&x)
	e.Log("killed: %t", err != nil)
}
