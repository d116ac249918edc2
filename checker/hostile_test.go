package checker_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
)

// As FuzzCheck, with many changes at a time.
func TestHostileHistories(t *testing.T) {
	soak(t, "1000", "50000")
	rapid.Check(t, func(rt *rapid.T) {
		h := fuzzSeed(t, rapid.Uint64().Draw(rt, "seed"))
		for range rapid.IntRange(1, 30).Draw(rt, "changes") {
			mutate(h, rapid.Byte().Draw(rt, "what"), rapid.IntRange(0, 255).Draw(rt, "a"), rapid.IntRange(0, 255).Draw(rt, "b"), int64(rapid.Int8().Draw(rt, "n")))
		}
		if _, err := checker.Check(context.Background(), h, checker.Options{}); err == nil {
			return
		}
	})
}
