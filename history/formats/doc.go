// Package formats reads and writes histories in the formats of other checkers, so
// that they can check what isocheck recorded, and isocheck what was recorded for them.
//
//	src, format, err := formats.Open("history.edn", "") // found out by the content
//	findings, err := checker.Check(ctx, src, checker.Options{})
//	notes, err := formats.Write(ctx, "history.txt", formats.Plume, src, formats.Options{})
//
// What each format can carry:
//
//	format         what it is                        histories                  times  aborted  in doubt  memory to read it
//	-------------  --------------------------------  -------------------------  -----  -------  --------  -----------------
//	isocheck       JSON Lines, often compressed      all                        yes    yes      yes       one transaction
//	jepsen-edn     Jepsen's history.edn              lists, registers; bank,    yes    yes      yes       operations under way
//	jepsen-json    the same as JSON: one array,      counter and set are read             yes             operations under way
//	               or an object a line               only
//	plume          text of Plume, PolySI, IsoVista   registers                  no     writes   no        one transaction a session, a bit a transaction
//	awdit          text that AWDIT calls test        registers                  no     no       no        one transaction
//	dbcop          JSON of dbcop's second version    registers                  no     yes      no        one transaction
//	dbcop-text     text of dbcop, .hist              registers                  no     yes      no        one transaction, the variables' names
//	dbcop-bincode  binary of dbcop's first version   registers                  no     yes      no        one transaction
//	cobra          a folder of logs, T1.log …        registers                  no     no       in logs   one transaction
//	                                                                                            cut off
//
// Reading. Lists become histories of history.ListAppend, registers of
// history.Registers. Jepsen's bank, counter and set become histories of
// history.Untraced: nothing in them shows which write a read saw, so that only their
// invariants can be checked. What a bank's accounts sum to is not in the file: it
// is what most reads sum to. Whether accounts may be overdrawn, as with Jepsen's :negative-balances?,
// is not in the file either: none may, unless jepsen.WithDebts says otherwise. Processes and sessions become clients; client 0, which sets
// isocheck's own runs up, is none of them. Jepsen's times are kept; where some operation has none,
// the places in the file are taken for times, as Elle does. A file of Jepsen's is read twice, the
// first time for what follows only from the whole of it. Nothing else is ever held in
// memory than what the table says.
//
// Keys that are no integers are numbered, and named in the header's parameters
// ("key 3": ":x").
//
// Writing. Histories of traced rows are written as registers whose values are the
// versions, so that every checker can judge every run: a read returned the version that it saw. Where all
// tables are lists, Jepsen's formats get list-append instead, unless Options.As says otherwise. Of reads by predicate only
// the rows that they found are left. Rows of several tables get keys of their own: key·tables + table. What a format cannot say is
// an error where it would change what a checker finds, such as a delete; where it only
// lets a checker find less, Write tells in a note: which anomalies may go unfound, as no other format says what an update replaced,
// what was locked, when each operation ran, and when the server was killed. A transaction whose outcome nobody knows is
// written as committed if somebody read from it, else as aborted or not at all: that makes no difference to others. Formats
// that write one session after the other, and dbcop and cobra, use a temporary file as big as the result.
//
// The scanners are our own. The EDN library for Go (olympos.io/encoding/edn) was last
// changed in 2020, and takes 16 µs of CPU for an operation where this takes one: what isocheck needs
// of EDN are a few hundred lines.
package formats
