// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package database

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	"github.com/redis/go-redis/v9"

	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

const goRedis = "github.com/redis/go-redis/v9"

// redisClient returns a client, under TLS if there is a configuration.
func redisClient(e *forms.Env, network, address string, config *tls.Config) *redis.Client {
	c := redis.NewClient(&redis.Options{
		Network: network, Addr: address, MaxRetries: -1, PoolSize: 8,
		DialTimeout: time.Second, ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second, DialerRetries: 1,
		Dialer: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := e.DialContext(ctx, network, address)
			if err != nil || config == nil {
				return c, err
			}
			return tls.Client(c, config), nil
		},
	})
	e.T.Cleanup(func() { c.Close() })
	return c
}

func TestRedis(t *testing.T) {
	addresses := map[bool]string{
		false: forms.Need(t, "ECOSYSTEM_REDIS"),
		true:  forms.Need(t, "ECOSYSTEM_REDIS_TLS"),
	}
	forms.Compare(t, goRedis, func(e *forms.Env) {
		redisWork(e, addresses[false], nil)
		redisWork(e, addresses[true], &tls.Config{InsecureSkipVerify: true})
	})
}

func redisWork(e *forms.Env, address string, config *tls.Config) {
	ctx := context.Background()
	c := redisClient(e, "tcp", address, config)
	e.Err("flush", c.FlushAll(ctx).Err())
	const keys = 10_000
	p := c.Pipeline()
	for i := range keys {
		p.Set(ctx, fmt.Sprint("k", i), strings.Repeat("v", i%400), 0)
	}
	commands, err := p.Exec(ctx)
	e.Log("set %d %v", len(commands), err)
	p = c.Pipeline()
	for i := range keys {
		p.Get(ctx, fmt.Sprint("k", i))
	}
	commands, err = p.Exec(ctx)
	sum := 0
	for _, x := range commands {
		sum += len(x.(*redis.StringCmd).Val())
	}
	e.Log("get %d %v", sum, err)
	large := strings.Repeat("B", 8<<20)
	e.Err("set large", c.Set(ctx, "large", large, 0).Err())
	s, err := c.Get(ctx, "large").Result()
	e.Log("get large %t %v", s == large, err)
	e.Log("published %d", redisPublish(ctx, c))
	var all sync.WaitGroup
	for range 400 {
		all.Go(func() {
			if err := c.Incr(ctx, "n").Err(); err != nil {
				e.Err("incr", err)
			}
		})
	}
	all.Wait()
	e.Log("n %s", c.Get(ctx, "n").Val())
	tctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	e.Err("timeout", c.BLPop(tctx, 5*time.Second, "nolist").Err())
	cancel()
	e.Err("refused", redisClient(e, "tcp", forms.Refused(e.T), config).Ping(ctx).Err())
	for _, how := range forms.Breaks {
		b := forms.NewBreaker(e.T, address)
		c := redisClient(e, "tcp", b.Addr(), config)
		e.Err("ping", c.Ping(ctx).Err())
		b.BreakAfter(300_000, how)
		_, err := c.Get(ctx, "large").Result()
		e.Err("broken in an answer by "+how, err)
		b.BreakAfter(0, how)
		e.Err("after that", c.Ping(ctx).Err())
		before := len(e.Conns())
		b.Break(how)
		time.Sleep(50 * time.Millisecond)
		e.Err("after a break while idle", c.Ping(ctx).Err())
		e.Log("%d new connections, %d stale", len(e.Conns())-before, c.PoolStats().StaleConns)
	}
}

// redisPublish returns the number of bytes that a subscriber has received.
func redisPublish(ctx context.Context, c *redis.Client) (got int) {
	sub := c.Subscribe(ctx, "news")
	defer sub.Close()
	sub.Receive(ctx)
	done := make(chan bool)
	go func() {
		defer close(done)
		for m := range sub.Channel(redis.WithChannelSize(6000)) {
			got += len(m.Payload)
			if m.Payload == "end" {
				return
			}
		}
	}()
	for i := range 1000 {
		c.Publish(ctx, "news", fmt.Sprint(i))
	}
	c.Publish(ctx, "news", "end")
	<-done
	return got
}

func TestMemcache(t *testing.T) {
	address := forms.Need(t, "ECOSYSTEM_MEMCACHED")
	forms.Compare(t, "github.com/bradfitz/gomemcache", func(e *forms.Env) {
		client := func(address string, timeout time.Duration) *memcache.Client {
			c := memcache.New(address)
			c.DialContext, c.Timeout = e.DialContext, timeout
			e.T.Cleanup(func() { c.Close() })
			return c
		}
		c := client(address, 5*time.Second)
		var keys []string
		for i := range 2000 {
			keys = append(keys, fmt.Sprint("k", i))
			if err := c.Set(&memcache.Item{Key: keys[i], Value: []byte(strings.Repeat("v", i))}); err != nil {
				e.Err("set", err)
				break
			}
		}
		items, err := c.GetMulti(keys)
		sum := 0
		for _, x := range items {
			sum += len(x.Value)
		}
		e.Log("get %d %d %v", len(items), sum, err)
		e.Err("refused", client(forms.Refused(e.T), time.Second).Ping())
		e.Err("silent", client(forms.Silent(e.T).Addr().String(), 200*time.Millisecond).Ping())
	})
}
