package mysql

import (
	"fmt"
	"slices"
	"strconv"
)

// lockCopy is MariaDB's copy of its lock system. All transactions that have not
// written share one id there, 0, so that of a wait for one of them there may be
// several that it can be.
type lockCopy struct {
	holders map[string][]int64 // the sessions of each transaction's id that hold locks
	waiting map[int64][]string // the transactions that each session waits for, by their ids
}

// readCopy reads the rows of waitingMariaDB, nil where the asker's own question is not among them.
func readCopy(rows [][]string, asker int64) (*lockCopy, error) {
	c := &lockCopy{holders: map[string][]int64{}, waiting: map[int64][]string{}}
	fresh := false
	for _, row := range rows {
		session, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("asking which sessions wait for locks: %w", err)
		}
		fresh = fresh || session == asker && row[4] == "1"
		if id, locks := row[1], row[2]; locks != "0" && !slices.Contains(c.holders[id], session) {
			c.holders[id] = append(c.holders[id], session)
		}
		if blocker := row[3]; blocker != "" && !slices.Contains(c.waiting[session], blocker) {
			c.waiting[session] = append(c.waiting[session], blocker)
		}
	}
	if !fresh {
		return nil, nil
	}
	return c, nil
}

// waits returns which session waits for which. Where a transaction's id leaves
// open whose it is, those are left out that wait for the waiting one themselves:
// the server breaks a circle when it comes about, before it lets anybody wait.
func (c *lockCopy) waits() map[int64][]int64 {
	if c == nil {
		return nil
	}
	waits := map[int64][]int64{}
	for session, ids := range c.waiting {
		for _, id := range ids {
			could := slices.DeleteFunc(slices.Clone(c.holders[id]), func(s int64) bool { return s == session })
			if sure := slices.DeleteFunc(slices.Clone(could), func(s int64) bool { return c.leadsTo(s, session) }); len(sure) > 0 {
				could = sure
			}
			waits[session] = append(waits[session], could...)
		}
	}
	return waits
}

// leadsTo reports whether a session waits, over others whose ids leave nothing open, for another.
func (c *lockCopy) leadsTo(from, to int64) bool {
	seen, queue := map[int64]bool{}, []int64{from}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		if s == to {
			return true
		}
		if seen[s] {
			continue
		}
		seen[s] = true
		for _, id := range c.waiting[s] {
			if holders := c.holders[id]; len(holders) == 1 {
				queue = append(queue, holders...)
			}
		}
	}
	return false
}
