package faults

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// pipe is one connection that a Proxy carries.
type pipe struct {
	of             *Proxy
	client, server net.Conn
	once           sync.Once
	// armed is what the pipe waits for to cut itself.
	armed              atomic.Int32
	toServer, toClient direction
}

// direction is one of a pipe's two.
type direction struct {
	// swallow lets nothing through any more.
	swallow atomic.Bool
}

// The ways to cut a connection.
const (
	notArmed int32 = iota
	// cutRequest: the next COMMIT does not reach the server.
	cutRequest
	// cutAnswer: the next COMMIT reaches the server, its answer does not come back.
	cutAnswer
)

// answerTime is how long a server gets to work on what it has, before a
// connection is cut whose answer was swallowed.
const answerTime = 50 * time.Millisecond

// carry takes bytes from one end to the other until one of them is closed.
func (c *pipe) carry(way *direction, to, from net.Conn) {
	defer c.cut()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if way == &c.toServer {
				c.watch(buffer[:n])
			}
			if d := c.of.delay.Load(); d > 0 {
				time.Sleep(time.Duration(d))
			}
			if !way.swallow.Load() {
				if _, err := to.Write(buffer[:n]); err != nil {
					return
				}
			}
		}
		if err != nil {
			return
		}
	}
}

// watch looks for the statement that an armed pipe waits for. It sees nothing in an
// encrypted connection: then the pipe is cut when its time is over.
func (c *pipe) watch(sent []byte) {
	armed := c.armed.Load()
	if armed == notArmed || !bytes.Contains(bytes.ToLower(sent), []byte("commit")) {
		return
	}
	if !c.armed.CompareAndSwap(armed, notArmed) {
		return
	}
	if armed == cutRequest {
		c.toServer.swallow.Store(true)
		c.cut()
		return
	}
	c.toClient.swallow.Store(true)
	time.AfterFunc(answerTime, c.cut)
}

// arm makes the pipe cut itself at the next commit, or, if there is none, when the time is over.
func (c *pipe) arm(how int32, most time.Duration) {
	c.armed.Store(how)
	time.AfterFunc(most, c.cut)
}

// cut ends the connection as a broken network would: both sides are told at once.
func (c *pipe) cut() {
	c.once.Do(func() {
		c.of.forget(c)
		for _, end := range []net.Conn{c.client, c.server} {
			if tcp, ok := end.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // a reset, so that nobody waits for a goodbye
			}
			_ = end.Close()
		}
	})
}
