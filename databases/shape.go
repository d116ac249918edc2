package databases

import (
	"fmt"

	"github.com/isocheck/isocheck/history"
)

// The most that one statement may have, so that a Shape is comparable.
const (
	maxAssigns    = 16
	maxConditions = 8
	maxUpdates    = 8
	maxColumns    = 255
)

// Shape is all of an operation but its values: operations of one shape are one
// prepared statement. It is the key under which a connection keeps them, and so
// it is comparable, and made without memory of its own.
type Shape struct {
	kind    history.Kind
	lock    history.Lock
	assigns uint8
	conds   uint8
	updates uint8
	table   int32
	limit   int32
	set     [maxAssigns]shapePart
	where   [maxConditions]shapePart
	update  [maxUpdates]shapePart
}

// shapePart is one assignment, or one condition, without its value.
type shapePart struct{ column, op uint8 }

// ShapeOf returns the operation's shape. It fails for an operation that is too
// large to be one statement of isocheck's.
func ShapeOf(op *history.Op) (Shape, error) {
	s := Shape{
		kind: op.Kind, lock: op.Lock, table: int32(op.Table), limit: int32(op.Limit),
		assigns: uint8(len(op.Set)), conds: uint8(len(op.Where)), updates: uint8(len(op.Update)),
	}
	if len(op.Set) > maxAssigns || len(op.Where) > maxConditions || len(op.Update) > maxUpdates {
		return s, fmt.Errorf("an operation may set at most %d columns, update at most %d and have at most %d conditions, this one has %d, %d and %d",
			maxAssigns, maxUpdates, maxConditions, len(op.Set), len(op.Update), len(op.Where))
	}
	if err := assigned(s.set[:], op.Set); err != nil {
		return s, err
	}
	if err := assigned(s.update[:], op.Update); err != nil {
		return s, err
	}
	for i, c := range op.Where {
		if uint(c.Column) >= maxColumns {
			return s, fmt.Errorf("there is no column %d", c.Column)
		}
		s.where[i] = shapePart{uint8(c.Column), uint8(c.Cmp)}
	}
	return s, nil
}

// assigned notes the assignments in parts.
func assigned(parts []shapePart, set []history.Assign) error {
	for i, a := range set {
		if uint(a.Column) >= maxColumns {
			return fmt.Errorf("there is no column %d", a.Column)
		}
		parts[i] = shapePart{uint8(a.Column), uint8(a.Op)}
	}
	return nil
}
