package databases

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// Promise is what a database's documentation promises for an isolation level.
type Promise struct {
	// Model is the name of the strongest of checker's models that is promised.
	Model string
	// Source is where the documentation says so.
	Source string
	// Summary is what that means, in a sentence.
	Summary string
}

// promise is one row of the table of promises.
type promise struct {
	product string
	level   history.Level
	// snapshot narrows a row to servers with innodb_snapshot_isolation on; such
	// a row stands before the one without.
	snapshot bool
	model    string
	page     string // what follows the product's manual
	summary  string
}

// promises holds, for each product and level, what its manual documents.
var promises = []promise{
	{
		product: "postgres", level: history.ReadUncommitted, model: "monotonic-atomic-view", page: "#XACT-READ-COMMITTED",
		summary: "PostgreSQL treats READ UNCOMMITTED as READ COMMITTED: each statement sees one snapshot of what was committed before it began",
	},
	{
		product: "postgres", level: history.ReadCommitted, model: "monotonic-atomic-view", page: "#XACT-READ-COMMITTED",
		summary: "each statement sees one snapshot of what was committed before it began",
	},
	{
		product: "postgres", level: history.RepeatableRead, model: "snapshot-isolation", page: "#XACT-REPEATABLE-READ",
		summary: "the whole transaction sees one snapshot, and fails rather than overwrite what it did not see",
	},
	{
		product: "postgres", level: history.Serializable, model: "serializable", page: "#XACT-SERIALIZABLE",
		summary: "committed transactions have the same effect as if they had run one after another",
	},
	{
		product: "mysql", level: history.ReadUncommitted, model: "read-uncommitted", page: "#isolevel_read-uncommitted",
		summary: "reads may see what is not committed; writes do not overwrite uncommitted writes",
	},
	{
		product: "mysql", level: history.ReadCommitted, model: "monotonic-atomic-view", page: "#isolevel_read-committed",
		summary: "each consistent read sees a fresh snapshot of what is committed",
	},
	{
		product: "mysql", level: history.RepeatableRead, model: "innodb-repeatable-read", page: "#isolevel_repeatable-read",
		summary: "plain reads see the snapshot of the first one; locking reads and writes see the newest rows",
	},
	{
		product: "mysql", level: history.Serializable, model: "serializable", page: "#isolevel_serializable",
		summary: "plain reads lock what they read, so that transactions have the same effect as if they had run one after another",
	},
	{
		product: "mariadb", level: history.ReadUncommitted, model: "read-uncommitted", page: "/set-transaction/#read-uncommitted",
		summary: "reads may see what is not committed; writes do not overwrite uncommitted writes",
	},
	{
		product: "mariadb", level: history.ReadCommitted, model: "monotonic-atomic-view", page: "/set-transaction/#read-committed",
		summary: "each consistent read sees a fresh snapshot of what is committed",
	},
	{
		product: "mariadb", level: history.RepeatableRead, snapshot: true, model: "snapshot-isolation",
		page:    "/innodb-system-variables/#innodb_snapshot_isolation",
		summary: "with innodb_snapshot_isolation on, the whole transaction sees one snapshot, and fails (error 1020) rather than overwrite what it did not see",
	},
	{
		product: "mariadb", level: history.RepeatableRead, model: "innodb-repeatable-read", page: "/set-transaction/#repeatable-read",
		summary: "with innodb_snapshot_isolation off, plain reads see the snapshot of the first one; locking reads and writes see the newest rows",
	},
	{
		product: "mariadb", level: history.Serializable, model: "serializable", page: "/set-transaction/#serializable",
		summary: "plain reads lock what they read, so that transactions have the same effect as if they had run one after another",
	},
}

// PromiseOf returns what the server promises for the level, with the settings
// that a Conn read back from it. It is the zero Promise for a product or level
// that is not known.
func PromiseOf(server Server, level history.Level, settings map[string]string) Promise {
	snapshot := isOn(settings["innodb_snapshot_isolation"])
	for _, p := range promises {
		if p.product == server.Product && p.level == level && (snapshot || !p.snapshot) {
			return Promise{Model: p.model, Source: manual(server) + p.page, Summary: p.summary}
		}
	}
	return Promise{}
}

// PromiseOfMix returns what the server promises for transactions of different
// levels in one run: what it does for the weakest of them. InnoDB's repeatable read is
// not above its read committed, because a locking read or write in it sees newer rows than
// the plain reads around it: what the two have in common is that nothing uncommitted is seen.
func PromiseOfMix(server Server, levels []history.Level, settings map[string]string) Promise {
	var mixed Promise
	weakest, innodb := history.Level(""), false
	for _, level := range history.Levels() {
		if !slices.Contains(levels, level) {
			continue
		}
		p := PromiseOf(server, level, settings)
		if weakest == "" {
			weakest, mixed = level, p
		}
		innodb = innodb || p.Model == "innodb-repeatable-read"
	}
	if weakest == history.ReadCommitted && innodb {
		mixed.Model = "read-committed"
		mixed.Summary = "what is not committed is not seen; that is all that this level and InnoDB's repeatable read have in common"
	}
	return mixed
}

// manual returns the page that the server's version documents its isolation
// levels on, or, of MariaDB, whose manual is one for all versions, where its pages are.
func manual(server Server) string {
	major, minor := majorMinor(server.Version)
	switch server.Product {
	case "postgres":
		return "https://www.postgresql.org/docs/" + strconv.Itoa(major) + "/transaction-iso.html"
	case "mysql":
		return fmt.Sprintf("https://dev.mysql.com/doc/refman/%d.%d/en/innodb-transaction-isolation-levels.html", major, minor)
	default:
		return "https://mariadb.com/kb/en"
	}
}

// majorMinor reads the first two numbers of a version; 19beta1 is 19 and 0.
func majorMinor(version string) (major, minor int) {
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n == 0 {
		return 0, 0
	}
	return major, minor
}

func isOn(setting string) bool {
	return setting == "1" || strings.EqualFold(setting, "on")
}
