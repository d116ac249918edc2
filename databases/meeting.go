package databases

import (
	"context"
	"errors"
)

// Meeting is how the shards of one run, processes on several machines that share nothing but the
// database, learn how far the others are. It is a table in the run's namespace.
type Meeting interface {
	// OpenMeeting makes the table. The shard that made the namespace does so, once.
	OpenMeeting(ctx context.Context) error
	// Tell writes down that a shard has come to a point of the run. Its error is, or
	// wraps, ErrTold where that has been written down before.
	Tell(ctx context.Context, point string, shard int) error
	// Told returns which shards have come to the point, in order: none also as long as there is no meeting.
	Told(ctx context.Context, point string) ([]int, error)
}

// ErrTold says that a shard of this number has been at this point before.
var ErrTold = errors.New("a shard of this number was here before")

// MeetingTable is the name of the meeting's table.
const MeetingTable = "isocheck_shards"
