package faults

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// upper is a server that answers each line in capitals.
func upper(t *testing.T) (address string, got <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	lines := make(chan string, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for r := bufio.NewScanner(c); r.Scan(); {
					lines <- r.Text()
					_, _ = io.WriteString(c, strings.ToUpper(r.Text())+"\n")
				}
			}()
		}
	}()
	return l.Addr().String(), lines
}

// talk is a client's connection through a proxy.
type talk struct {
	net.Conn
	lines *bufio.Reader
}

func dial(t *testing.T, p *Proxy, address string) talk {
	t.Helper()
	c, err := p.Dial(context.Background(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second)) // the test fails rather than hangs
	return talk{c, bufio.NewReader(c)}
}

// ask sends a line and returns the answer.
func (c talk) ask(line string) (string, error) {
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		return "", err
	}
	answer, err := c.lines.ReadString('\n')
	return strings.TrimSpace(answer), err
}

func newProxy(t *testing.T) *Proxy {
	t.Helper()
	p, err := NewProxy()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func TestProxyCarries(t *testing.T) {
	address, _ := upper(t)
	p := newProxy(t)
	a, b := dial(t, p, address), dial(t, p, address)
	for _, c := range []talk{a, b, a} {
		if got, err := c.ask("select"); got != "SELECT" || err != nil {
			t.Errorf("the answer is %q, %v", got, err)
		}
	}
	p.SetDelay(time.Millisecond)
	if got, err := a.ask("slow"); got != "SLOW" || err != nil {
		t.Errorf("the delayed answer is %q, %v", got, err)
	}
}

func TestProxyCuts(t *testing.T) {
	for _, test := range []struct {
		name    string
		how     int32
		reaches bool // the server gets the commit
	}{
		{"before the commit reaches the server", cutRequest, false},
		{"before its answer comes back", cutAnswer, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			address, lines := upper(t)
			p := newProxy(t)
			c := dial(t, p, address)
			p.connections()[0].arm(test.how, time.Hour)
			if got, err := c.ask("update"); got != "UPDATE" || err != nil {
				t.Fatalf("before the commit the answer is %q, %v", got, err)
			}
			<-lines
			if got, err := c.ask("Commit"); err == nil {
				t.Errorf("the commit was answered: %q", got)
			}
			reached := false
			select {
			case <-lines:
				reached = true
			case <-time.After(100 * time.Millisecond):
			}
			if reached != test.reaches {
				t.Errorf("the commit reached the server: %v", reached)
			}
		})
	}
}

// An armed connection that comes to no commit is cut all the same.
func TestProxyCutsWhenTheTimeIsOver(t *testing.T) {
	address, _ := upper(t)
	p := newProxy(t)
	c := dial(t, p, address)
	p.connections()[0].arm(cutAnswer, time.Millisecond)
	if _, err := c.lines.ReadString('\n'); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	if n := len(p.connections()); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}

func TestProxyMoves(t *testing.T) {
	address, _ := upper(t)
	p := newProxy(t)
	p.Move("10.0.0.1:5432", address)
	if got, err := dial(t, p, "10.0.0.1:5432").ask("here"); got != "HERE" || err != nil {
		t.Errorf("the answer is %q, %v", got, err)
	}
}

// Nobody but the clients gets to the server through the proxy.
func TestProxyTurnsStrangersAway(t *testing.T) {
	address, lines := upper(t)
	p := newProxy(t)
	stranger, err := net.Dial("tcp", p.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	_, _ = io.WriteString(stranger, "drop\n")
	if got, err := dial(t, p, address).ask("mine"); got != "MINE" || err != nil {
		t.Errorf("the answer is %q, %v", got, err)
	}
	if got := <-lines; got != "mine" {
		t.Errorf("the server got %q", got)
	}
}

func TestProxyOfNoServer(t *testing.T) {
	p := newProxy(t)
	if _, err := p.Dial(context.Background(), "tcp", "127.0.0.1:1"); err == nil {
		t.Error("nobody listens, and Dial connects")
	}
}

func TestProxyClose(t *testing.T) {
	address, _ := upper(t)
	p, err := NewProxy()
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, p, address)
	if _, err := c.ask("hello"); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.ask("still there?"); err == nil {
		t.Error("a closed proxy carries on")
	}
	if _, err := p.Dial(context.Background(), "tcp", address); err == nil {
		t.Error("a closed proxy connects")
	}
}
