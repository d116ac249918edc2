package workloads

import (
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// claimGuard is a strategy of the claims.
type claimGuard struct {
	claim func(tx *databases.Tx, c claim)
	// release frees a name; nil where claims are for ever.
	release func(tx *databases.Tx, c claim)
	// unique says that the table has a unique index on the name, byKey that
	// the name is the row's key, refusals that a statement is refused, not the transaction.
	unique, byKey, refusals bool
}

func claimGuards() guards[claimGuard] {
	return guards[claimGuard]{
		{plain("looks for the name, then inserts a claim"), claimGuard{claim: claimFree, release: releaseRow}},
		{retried("unique", "as plain, with a unique index on the name, so that the second insert fails"), claimGuard{claim: claimFree, release: releaseRow, unique: true}},
		{retried("do-nothing", "INSERT … ON CONFLICT DO NOTHING (INSERT IGNORE), then looks who has the name"), claimGuard{claim: claimOrNothing, byKey: true, refusals: true}},
		{retried("look-do-nothing", "as do-nothing, but looks for the name before, too"), claimGuard{claim: claimAfterLook, byKey: true, refusals: true}},
		{retried("upsert", "INSERT … ON CONFLICT DO UPDATE (ON DUPLICATE KEY UPDATE), which counts who asked, then looks who has the name"), claimGuard{claim: claimOrCount, byKey: true}},
		{
			retried("upsert-where", "INSERT … ON CONFLICT DO UPDATE … WHERE the name is free, then looks who has it", databases.UpsertWhere),
			claimGuard{claim: claimWhereFree, release: releaseName, byKey: true, refusals: true},
		},
		{retried("for-update", "locks the name's row in another table FOR UPDATE, then as plain"), claimGuard{claim: claimLocked, release: releaseRow}},
		{retried("parent-write", "writes the name's row in another table, then as plain"), claimGuard{claim: claimAfterWrite, release: releaseRow}},
		{serializableRetry(), claimGuard{claim: claimFree, release: releaseRow}},
	}
}

// claimFree takes a name that nobody seems to have.
func claimFree(tx *databases.Tx, c claim) {
	if len(tx.ReadWhere(claims, Where(name, c.name))) == 0 {
		tx.Insert(claims, c.key, ints(c.name, c.client, 1)...)
	}
}

// releaseRow frees a name by deleting its claim.
func releaseRow(tx *databases.Tx, c claim) {
	if found := tx.ReadWhere(claims, Where(name, c.name)); len(found) > 0 {
		tx.Delete(claims, found[c.pick%len(found)].Key)
	}
}

func claimLocked(tx *databases.Tx, c claim) {
	tx.ReadLocked(parents, c.name, history.ForUpdate)
	claimFree(tx, c)
}

func claimAfterWrite(tx *databases.Tx, c claim) {
	tx.Update(parents, c.name, Add(children, 1))
	claimFree(tx, c)
}

// claimOrNothing takes the name for ever: who sees that it is taken goes on to the next one.
func claimOrNothing(tx *databases.Tx, c claim) {
	c.most = 1
	tx.InsertIgnore(claims, c.key, ints(c.name, c.client, 1)...)
	c.read(tx)
}

// claimAfterLook does the same, but where the transaction's snapshot is taken
// by its first read, that is then older than the statement that is refused.
func claimAfterLook(tx *databases.Tx, c claim) {
	c.most = 1
	if !c.read(tx).Exists {
		claimOrNothing(tx, c)
	}
}

// claimOrCount takes the name until it has been asked for as often as a name is.
func claimOrCount(tx *databases.Tx, c claim) {
	tx.Upsert(claims, c.key, ints(c.name, c.client, 1), nil, Add(claimed, 1))
	c.read(tx)
}

// claimWhereFree takes a name that is new, or that its holder has released.
func claimWhereFree(tx *databases.Tx, c claim) {
	tx.Upsert(claims, c.key, ints(c.name, c.client, 1), Where(holder, nobody), Set(holder, c.client), Add(claimed, 1))
	c.read(tx)
}

// releaseName frees a name whose row stays.
func releaseName(tx *databases.Tx, c claim) {
	tx.UpdateIf(claims, c.key, over(holder, nobody), Set(holder, nobody))
}
