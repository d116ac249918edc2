package history

import "testing"

// A version leads back to the operation that wrote it, up to the last that there can be, and fits
// into the 53 bits that every JSON reader keeps.
func TestVersionsLeadBack(t *testing.T) {
	for _, client := range []int{0, 1, MaxClient} {
		for _, number := range []int{1, 2, MaxNumber} {
			for _, op := range []int{0, 1, 511, 512, MaxOps - 1} {
				id := MakeTxnID(client, number)
				v := id.Version(op)
				if id.Client() != client || id.Number() != number || v.Txn() != id || v.Op() != op {
					t.Errorf("client %d, transaction %d, operation %d: version %s of %s", client, number, op, v, v.Txn())
				}
				if v <= 0 || v >= 1<<53 {
					t.Errorf("%s is %d", v, v)
				}
			}
		}
	}
}
