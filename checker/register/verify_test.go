package register_test

import (
	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

func verifyWitness(t *rapid.T, txns []history.Transaction, r register.ModelResult) {}
