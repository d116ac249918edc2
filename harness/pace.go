package harness

import "time"

// pace lets one client begin its transactions at a steady rate.
type pace struct {
	every time.Duration
	next  time.Time
}

// wait waits until the client's next transaction is due, and reports whether the
// run still goes on. A client that is late goes on at once, but makes up for no more than one
// transaction: else a stall would be followed by a burst.
func (p *pace) wait(c *client) bool {
	if p == nil {
		return true
	}
	now := time.Now()
	if p.next.IsZero() { // the clients share the time between two transactions out
		p.next = now.Add(p.every * time.Duration(c.session.Client-1) / time.Duration(c.of.params.Clients))
	}
	if late := now.Add(-p.every); p.next.Before(late) {
		p.next = late
	}
	if left := p.next.Sub(now); left > 0 {
		c.sleep(left)
	}
	p.next = p.next.Add(p.every)
	return !c.of.stopping.Load()
}
