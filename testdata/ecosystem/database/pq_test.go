// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package database

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// A Dialer is what lib/pq takes for its dialers.
var _ pq.DialerContext = (*streamsock.Dialer)(nil)

func TestPq(t *testing.T) {
	address := postgres(t)
	forms.Compare(t, "github.com/lib/pq", func(e *forms.Env) {
		for _, sslmode := range []string{"disable", "require"} {
			pqWork(e, address, sslmode)
		}
	})
}

func pqOpen(e *forms.Env, address, sslmode string) *sql.DB {
	c, err := pq.NewConnector(connString(address, sslmode))
	if err != nil {
		e.T.Fatal(err)
	}
	c.Dialer(e)
	db := sql.OpenDB(c)
	e.T.Cleanup(func() { db.Close() })
	return db
}

func pqWork(e *forms.Env, address, sslmode string) {
	db := pqOpen(e, address, sslmode)
	queryRows(e, db, "select i, md5(i::text), repeat('x', i%300) from generate_series(1,30000) i")
	tx, err := db.Begin()
	if err != nil {
		e.T.Fatal(err)
	}
	tx.Exec("create temp table k(i int, s text) on commit drop")
	st, err := tx.Prepare(pq.CopyIn("k", "i", "s"))
	if err != nil {
		e.T.Fatal(err)
	}
	for i := range 20000 {
		st.Exec(i, strings.Repeat("p", i%100))
	}
	_, err = st.Exec()
	e.Err("copy", err)
	st.Close()
	var count, sum int
	err = tx.QueryRow("select count(*), sum(length(s)) from k").Scan(&count, &sum)
	e.Log("count %d %d %v", count, sum, err)
	e.Err("commit", tx.Commit())
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	_, err = db.ExecContext(ctx, "select pg_sleep(5)")
	cancel()
	e.Err("timeout", err)
	e.Err("refused", pqOpen(e, forms.Refused(e.T), sslmode).Ping())
	e.Err("silent", pqOpen(e, forms.Silent(e.T).Addr().String(), sslmode).Ping())
	for _, how := range forms.Breaks {
		b := forms.NewBreaker(e.T, address)
		breakDB(e, b, pqOpen(e, b.Addr(), sslmode), how, "select repeat('x', 1000) from generate_series(1,10000)")
	}
	l := pq.NewDialListener(e, connString(address, sslmode), time.Second, time.Second, nil)
	defer l.Close()
	e.Err("listen", l.Listen("pqnews"))
	_, err = db.Exec("notify pqnews, 'hello'")
	e.Err("notify", err)
	select {
	case news := <-l.Notify:
		e.Log("notification %s", news.Extra)
	case <-time.After(10 * time.Second):
		e.Log("no notification")
	}
}

// queryRows hashes rows of a number and two texts.
func queryRows(e *forms.Env, db *sql.DB, query string) {
	rows, err := db.Query(query)
	if err != nil {
		e.T.Fatal(err)
	}
	defer rows.Close()
	hash, n := sha256.New(), 0
	for rows.Next() {
		var i int
		var a, b string
		if err := rows.Scan(&i, &a, &b); err != nil {
			e.T.Fatal(err)
		}
		fmt.Fprint(hash, i, a, b)
		n++
	}
	e.Log("rows %d %x %v", n, hash.Sum(nil)[:6], rows.Err())
}

// breakDB breaks a connection in a result and another one while it is idle, after which
// database/sql must use a new one.
func breakDB(e *forms.Env, b *forms.Breaker, db *sql.DB, how, query string) {
	e.Err("ping", db.Ping())
	b.BreakAfter(300_000, how)
	rows, err := db.Query(query)
	if err == nil {
		for rows.Next() {
		}
		err = rows.Err()
		rows.Close()
	}
	e.Err("broken in a result by "+how, err)
	b.BreakAfter(0, how)
	var one int
	e.Err("after that", db.QueryRow("select 1").Scan(&one))
	before := len(e.Conns())
	b.Break(how)
	time.Sleep(50 * time.Millisecond)
	e.Err("after a break while idle", db.QueryRow("select 1").Scan(&one))
	e.Log("%d new connections", len(e.Conns())-before)
}
