package memory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

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
	// Register: rows that hold one integer and carry no versions; each value is written once,
	// so that it names its write. No row is put in at first.
	Register Kind = "register"
)

// Kinds returns the kinds of histories that can be generated.
func Kinds() []Kind { return []Kind{Traced, Append, UntracedAppend, Register} }

// lists reports whether the rows are lists.
func (k Kind) lists() bool { return k == Append || k == UntracedAppend }

// traced reports whether the rows carry their versions.
func (k Kind) traced() bool { return k == Traced || k == Append }

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
	// Plant are anomalies to put in, by transactions of their own besides the Txns.
	Plant []Plant
}

// Mix is how often each kind of operation is drawn, in relation to the others.
type Mix struct {
	Read, LockingRead, Scan, Insert, Update, Delete, Append int
	// InsertIgnore and Upsert are inserts that a row which is there does not make fail, UpdateIf updates
	// of rows with one value of the column, Savepoint makes a savepoint or, if there
	// is one, rolls back to it or releases it.
	InsertIgnore, Upsert, UpdateIf, Savepoint int
}

func (m Mix) sum() int {
	return m.Read + m.LockingRead + m.Scan + m.Insert + m.Update + m.Delete + m.Append +
		m.InsertIgnore + m.Upsert + m.UpdateIf + m.Savepoint
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
		if c.Kind.lists() {
			c.Mix = Mix{Read: 1, Append: 1}
		}
	}
	if err := c.check(); err != nil {
		return c, err
	}
	return c, c.checkPlants()
}

// Check returns an error that says what of the Config cannot be run.
func (c Config) Check() error {
	_, err := c.complete()
	return err
}

func (c Config) check() error {
	switch {
	case !slices.Contains(Kinds(), c.Kind):
		return fmt.Errorf("unknown kind of history %q; known are %s", c.Kind, join(Kinds()))
	case c.Txns < 0 || c.Sessions < 1 || c.Operations < 1 || c.Keys < 1 || c.Values < 1 || c.ListLength < 1:
		return errors.New("the numbers of sessions, operations, keys and values must be at least 1")
	case c.Sessions > history.MaxClient || c.Operations > history.MaxOps || c.Txns > history.MaxNumber:
		return fmt.Errorf("at most %d sessions, %d operations and %d transactions", history.MaxClient, history.MaxOps, history.MaxNumber)
	case c.AbortShare < 0 || c.LostShare < 0 || c.AbortShare+c.LostShare > 1:
		return errors.New("the shares of transactions must be from 0 to 1")
	case c.Mix.sum() < 1 || min(c.Mix.Read, c.Mix.LockingRead, c.Mix.Scan, c.Mix.Insert, c.Mix.Update, c.Mix.Delete, c.Mix.Append,
		c.Mix.InsertIgnore, c.Mix.Upsert, c.Mix.UpdateIf, c.Mix.Savepoint) < 0:
		return errors.New("the mix has no operations")
	case !c.Kind.lists() && c.Mix.Append > 0:
		return errors.New("only lists can be appended to")
	case c.Kind == Register && c.Mix.sum() != c.Mix.Read+c.Mix.Update:
		return errors.New("registers can only be read and written")
	case c.Kind.lists() && c.Mix.sum() != c.Mix.Read+c.Mix.Append:
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
		Tables:  []history.Table{{Name: "rows", Columns: []history.Column{{Name: "n", Type: history.Int}}}},
		Promise: c.Model.Promise(), PromiseSource: "the model that the history was generated for",
		Params: map[string]string{"model": string(c.Model)},
	}
	if len(c.Off) > 0 {
		h.Params["off"] = join(c.Off)
	}
	if len(c.Plant) > 0 {
		h.Params["plant"] = c.planted()
		h.Clients = max(h.Clients, c.plantClients())
	}
	if c.Kind.lists() {
		h.Tables = []history.Table{{Name: "lists", Columns: []history.Column{{Name: "list", Type: history.Text}}}}
	}
	switch c.Kind {
	case UntracedAppend:
		h.Traces = history.ListAppend
	case Register:
		h.Traces = history.Registers
		h.Tables = []history.Table{{Name: "registers", Columns: []history.Column{{Name: "value", Type: history.Int}}}}
	}
	return h
}
