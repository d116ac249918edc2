package memory

import (
	"github.com/isocheck/isocheck/history"
)

// row is one row, or list, with those of its versions that somebody may still want.
type row struct {
	key      int64
	versions []version // in the order in which they were written
	owner    *session  // who holds the row's lock
}

// version is one version of a row.
type version struct {
	id      history.Version
	by      *session // who wrote it, while it is not committed
	commit  int64    // the number of the commit that made it visible
	n       int64
	text    string
	deleted bool
}

// newest returns the newest version, committed or not; nil if there is none.
func (r *row) newest() *version {
	if len(r.versions) == 0 {
		return nil
	}
	return &r.versions[len(r.versions)-1]
}

// committed returns the newest version that was committed by then; nil if there is none.
func (r *row) committed(by int64) *version {
	for i := len(r.versions) - 1; i >= 0; i-- {
		if v := &r.versions[i]; v.by == nil && v.commit <= by {
			return v
		}
	}
	return nil
}

// own returns the session's own newest version; nil if it has none.
func (r *row) own(s *session) *version {
	for i := len(r.versions) - 1; i >= 0; i-- {
		if r.versions[i].by == s {
			return &r.versions[i]
		}
	}
	return nil
}

// commit makes what the session wrote in the row visible.
func (r *row) commit(s *session, number int64) {
	for i := range r.versions {
		if v := &r.versions[i]; v.by == s {
			v.by, v.commit = nil, number
		}
	}
}

// undo takes out what the session wrote.
func (r *row) undo(s *session) { r.undoIf(s, func(*version) bool { return true }) }

// undoIf takes out those of the versions that the session wrote which are meant.
func (r *row) undoIf(s *session, meant func(*version) bool) {
	kept := r.versions[:0]
	for i := range r.versions {
		if v := &r.versions[i]; v.by != s || !meant(v) {
			kept = append(kept, *v)
		}
	}
	r.versions = kept
}

// forget drops the versions that were replaced by others which every snapshot from a number on sees.
func (r *row) forget(horizon int64) {
	first := 0
	for i := range r.versions {
		if v := &r.versions[i]; v.by != nil || v.commit > horizon {
			break
		}
		first = i
	}
	if first > 0 {
		r.versions = append(r.versions[:0], r.versions[first:]...)
	}
}

// exists reports whether a version is of a row that is there.
func (v *version) exists() bool { return v != nil && !v.deleted }
