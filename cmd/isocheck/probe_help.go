package main

import "strings"

const probeLong = `Play fixed interleavings of two or three sessions, each of which provokes one
anomaly on purpose, and show for every level what came of it: whether the
anomaly was found and, where it was not, what the sessions met with instead.

What happened is found out by the same checker as for every run. A step that is
blocked, so says the server, does not hold up the other sessions' steps. Many
are after Hermitage by Martin Kleppmann and contributors (CC BY 4.0).

The probes are text. --list prints them, or those that are named, in the format
that --file plays: edit one of them, or write your own, such as this one:

`

// probeSample is a complete file of probes.
const probeSample = `probe double-booking
title: check, then book
anomaly: predicate-write-skew
table: bookings (room, day)
rows: 1 room=101 day=1

1: read where room = 101 and day = 2   # is it free?
2: read where room = 101 and day = 2
1: insert 2 room=101 day=2 if none
2: insert 3 room=101 day=2 if none
1: commit
2: commit
`

// probeFormat explains the format of probes.
const probeFormat = `
Before the steps:
  probe NAME   begins a probe; a file may have several
  title:       what the table shows; about:, class: and source: say more
  anomaly:     what the probe is to provoke, by the names that --forbid takes;
               without it, the table shows what the sessions met with
  level-set:   how the level is set: session, connection or transaction
  table:       NAME (COLUMN, …); a column is an integer, or text where that
               follows its name, and may be unique or have an index. Every row
               has a key besides
  rows:        KEY COLUMN=VALUE …, KEY …: those that are there at first

A step is SESSION: STATEMENT, in the order in which they are tried. A
transaction begins with its session's first statement. The statements:
  read ROWS [limit N] [for share | for update [nowait | skip locked]]
  insert KEY COLUMN=VALUE …; insert-ignore leaves a row that is there
  upsert KEY COLUMN=VALUE … update COLUMN=VALUE …
  update ROWS set COLUMN=VALUE COLUMN=COLUMN+N …
  delete ROWS
  savepoint N, rollback to N, release N, and lock N, an advisory lock
  begin [LEVEL] [read-only] [deferrable], for a transaction unlike the others
  commit, rollback

ROWS are KEY, where COLUMN = VALUE and … (also <> < <= > >=), or all; of an
update or delete also KEY where …. A table other than the first goes before
them by its name. Values are numbers, 'texts' and null. A statement that ends
with "if none" or "if found" is left out unless its session's last one read or
wrote no row, or at least one. What follows a # is a comment.`

const probeExample = `  # What does each level of MySQL prevent, and how?
  isocheck probe --db mysql

  # Only two of the probes, with every step and its answer
  isocheck probe p4 g2-item --db postgres --level repeatable-read --verbose

  # A probe of your own, made of one of isocheck's
  isocheck probe p4 --list > my.probe
  isocheck probe --file my.probe --db postgres:17

  # As data
  isocheck probe --db mariadb --json`

// indented returns the text with two blanks before each line that has something in it.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}
