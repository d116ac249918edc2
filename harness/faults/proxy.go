package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy stands on loopback between the clients and their server, and disturbs
// what passes. Its Dial takes the place of net.Dialer's: a connection that it
// returns leads through the proxy. Only connections that Dial made are carried.
type Proxy struct {
	listener net.Listener

	// delay is how long, in nanoseconds, everything that passes is held back, in either direction.
	delay atomic.Int64

	mu    sync.Mutex
	pipes []*pipe
	moved map[string]string // addresses of a server that listens elsewhere now
	done  bool

	accepting sync.Mutex // one Dial at a time waits for its own connection
}

// NewProxy returns a proxy that listens on a free port of loopback. The caller must Close it.
func NewProxy() (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the clients' connections: %w", err)
	}
	return &Proxy{listener: l, moved: map[string]string{}}, nil
}

// Move says that what is dialled at one address is at another now.
func (p *Proxy) Move(from, to string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moved[from] = to
}

// SetDelay holds back everything that passes from now on, in either direction; 0 ends that.
func (p *Proxy) SetDelay(d time.Duration) { p.delay.Store(int64(d)) }

// errClosed says that a proxy's work is over.
var errClosed = errors.New("the proxy is closed")

// Dial connects to the address through the proxy.
func (p *Proxy) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	p.mu.Lock()
	if to, ok := p.moved[address]; ok {
		address = to
	}
	p.mu.Unlock()
	var d net.Dialer
	server, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	near, far, err := p.pair(ctx)
	if err != nil {
		_ = server.Close()
		return nil, err
	}
	c := &pipe{of: p, client: far, server: server}
	p.mu.Lock()
	done := p.done
	if !done {
		p.pipes = append(p.pipes, c)
	}
	p.mu.Unlock()
	if done {
		_ = near.Close()
		c.cut()
		return nil, errClosed
	}
	go c.carry(&c.toServer, server, far)
	go c.carry(&c.toClient, far, server)
	return near, nil
}

// pair returns the two ends of a new connection over loopback.
func (p *Proxy) pair(ctx context.Context) (near, far net.Conn, err error) {
	p.accepting.Lock()
	defer p.accepting.Unlock()
	var d net.Dialer
	near, err = d.DialContext(ctx, "tcp", p.listener.Addr().String())
	if err != nil {
		return nil, nil, fmt.Errorf("reaching the proxy: %w", err)
	}
	for {
		far, err = p.listener.Accept()
		if err != nil {
			_ = near.Close()
			return nil, nil, fmt.Errorf("taking a connection: %w", err)
		}
		if far.RemoteAddr().String() == near.LocalAddr().String() {
			return near, far, nil
		}
		_ = far.Close() // a stranger's
	}
}

// connections returns those that are carried now.
func (p *Proxy) connections() []*pipe {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*pipe(nil), p.pipes...)
}

// forget drops a connection that has ended.
func (p *Proxy) forget(c *pipe) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.pipes {
		if other == c {
			p.pipes = append(p.pipes[:i], p.pipes[i+1:]...)
			return
		}
	}
}

// Close cuts every connection and ends the proxy.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.done = true
	p.mu.Unlock()
	err := p.listener.Close()
	for _, c := range p.connections() {
		c.cut()
	}
	return err
}
