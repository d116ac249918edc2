package databases

import (
	"fmt"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// LevelInForce is the key, in the settings that a Conn reads back, of the level
// that its transactions really have.
const LevelInForce = "level"

// DefaultLevel returns the level that the product's transactions have when nobody asks for one.
func DefaultLevel(product string) history.Level {
	if product == "postgres" {
		return history.ReadCommitted
	}
	return history.RepeatableRead
}

// LevelSQL returns the level as SQL writes it: READ COMMITTED.
func LevelSQL(level history.Level) (string, error) {
	for _, known := range history.Levels() {
		if level == known {
			return strings.ToUpper(strings.ReplaceAll(string(level), "-", " ")), nil
		}
	}
	return "", fmt.Errorf("unknown isolation level %q", level)
}
