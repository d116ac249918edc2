package memory

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/isocheck/isocheck/history"
)

// Kind is the kind of a generated history.
type Kind string

// The kinds.
const (
	// Traced: rows with one integer column that carry their versions; reads and updates,
	// and what else the Mix says.
	Traced Kind = "traced"
	// Append: lists that reads return whole and that values are appended to, as Elle's
	// list-append, which carry versions too.
	Append Kind = "append"
	// UntracedAppend: the same without versions, as in histories that Jepsen records.
	UntracedAppend Kind = "append-untraced"
)

// Config says what to run. The zero Config, with a number of Txns, is 20 sessions of 4 reads and updates
// each on 100 rows, strictly serializable.
type Config struct {
	Model Model  // StrictSerializable if empty
	Off   []Rule // rules to switch off
	Kind  Kind   // Traced if empty
	Seed  uint64

	Txns       int // how many transactions to run, besides the one that puts the rows in
	Sessions   int // 20 if 0
	Operations int // of each transaction; 4 if 0
	Keys       int // 100 if 0
	// Values is how many different values the column has, from 0; predicates
	// ask for the rows with one of them. 1000 if 0.
	Values int
	// ListLength is when a list is full and a new one takes its place. 32 if 0.
	ListLength int
	// Mix is how often each operation is drawn. Reads and updates (or appends) alike if zero.
	Mix Mix
	// AbortShare and LostShare are how many of the transactions abort on purpose, and of
	// how many the commit gets no answer, from 0 to 1.
	AbortShare, LostShare float64
}

// Mix is how often each kind of operation is drawn, in relation to the others.
type Mix struct {
	Read, LockingRead, Scan, Insert, Update, Delete, Append int
}

func (m Mix) sum() int {
	return m.Read + m.LockingRead + m.Scan + m.Insert + m.Update + m.Delete + m.Append
}

// MixOfAll has every kind of operation that traced histories can have.
func MixOfAll() Mix {
	return Mix{Read: 6, LockingRead: 1, Scan: 3, Insert: 2, Update: 6, Delete: 1}
}

func (c Config) complete() (Config, error) {
	c.Model = cmp.Or(c.Model, StrictSerializable)
	c.Kind = cmp.Or(c.Kind, Traced)
	c.Sessions, c.Operations, c.Keys = cmp.Or(c.Sessions, 20), cmp.Or(c.Operations, 4), cmp.Or(c.Keys, 100)
	c.Values, c.ListLength = cmp.Or(c.Values, 1000), cmp.Or(c.ListLength, 32)
	if c.Mix == (Mix{}) {
		c.Mix = Mix{Read: 1, Update: 1}
		if c.Kind != Traced {
			c.Mix = Mix{Read: 1, Append: 1}
		}
	}
	return c, c.check()
}

func (c Config) check() error {
	switch {
	case c.Kind != Traced && c.Kind != Append && c.Kind != UntracedAppend:
		return fmt.Errorf("unknown kind of history %q; known are %s, %s, %s", c.Kind, Traced, Append, UntracedAppend)
	case c.Txns < 0 || c.Sessions < 1 || c.Operations < 1 || c.Keys < 1 || c.Values < 1 || c.ListLength < 1:
		return errors.New("the numbers of sessions, operations, keys and values must be at least 1")
	case c.Sessions > history.MaxClient || c.Operations > history.MaxOps || c.Txns > history.MaxNumber:
		return fmt.Errorf("at most %d sessions, %d operations and %d transactions", history.MaxClient, history.MaxOps, history.MaxNumber)
	case c.AbortShare < 0 || c.LostShare < 0 || c.AbortShare+c.LostShare > 1:
		return errors.New("the shares of transactions must be from 0 to 1")
	case c.Mix.sum() < 1 || min(c.Mix.Read, c.Mix.LockingRead, c.Mix.Scan, c.Mix.Insert, c.Mix.Update, c.Mix.Delete, c.Mix.Append) < 0:
		return errors.New("the mix has no operations")
	case c.Kind == Traced && c.Mix.Append > 0:
		return errors.New("rows of traced histories cannot be appended to")
	case c.Kind != Traced && c.Mix.sum() != c.Mix.Read+c.Mix.Append:
		return errors.New("lists can only be read and appended to")
	case c.Kind == Traced && c.Keys > history.MaxOps:
		return fmt.Errorf("at most %d keys: one transaction puts all rows in", history.MaxOps)
	}
	return nil
}

// Header returns the header of the history. It is the zero header of a Config that is wrong.
func (c Config) Header() history.Header {
	c, err := c.complete()
	if err != nil {
		return history.Header{}
	}
	h := history.Header{
		Format: history.FormatVersion, Database: "memory", Workload: string(c.Kind), Clients: c.Sessions, Seed: c.Seed,
		Tables: []history.Table{{Name: "rows", Columns: []history.Column{{Name: "n", Type: history.Int}}}},
		Params: map[string]string{"model": string(c.Model)},
	}
	if len(c.Off) > 0 {
		h.Params["off"] = join(c.Off)
	}
	if c.Kind != Traced {
		h.Tables = []history.Table{{Name: "lists", Columns: []history.Column{{Name: "list", Type: history.Text}}}}
	}
	if c.Kind == UntracedAppend {
		h.Traces = history.ListAppend
	}
	return h
}
