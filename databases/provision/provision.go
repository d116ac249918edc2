// Package provision gets a database server for a run: it connects to the one
// that a DSN names, or starts one and stops it afterwards, with all its files.
//
// There are three ways to start one: in a container (docker), from server
// binaries on this machine (local), and, for PostgreSQL, from binaries that are
// downloaded (download). Auto takes the first of them that serves, in that order.
package provision

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
)

// Via is a way to get a server.
type Via string

// The ways to get a server. Auto, also the zero Via, tries Docker, Local and
// Download in this order. Given is what a Server says that was not started,
// but named by Options.DSN.
const (
	Auto     Via = "auto"
	Docker   Via = "docker"
	Local    Via = "local"
	Download Via = "download"
	Given    Via = "dsn"
)

// Vias are the ways that can be asked for, in the order that help texts show.
func Vias() []Via { return []Via{Auto, Docker, Local, Download} }

// Options say which server is wanted, and how to get it. Only Database is required.
type Options struct {
	Database string // postgres, mysql or mariadb
	// Version is the version wanted, as much of it as matters: "15" is served
	// by 15.18, not by 150. Empty is any version.
	Version string
	Via     Via
	// DSN names a server that runs already. Nothing is started then.
	DSN string
	// Image is the container image, instead of the official one of the
	// database and version. Only the way Docker looks at it.
	Image string
	// BinDir is the folder of the server's binaries, instead of the PATH and
	// the usual places. Only the way Local looks at it.
	BinDir string
	// LogPath is the file that the server's log is appended to. Empty keeps
	// the log among the server's own files, which go when it stops.
	LogPath string
	// Run is the run's id, which the server's folder and container carry in their names.
	Run string
	// Keep lets the server outlive this process. Stop stops it all the same.
	Keep bool
	// UnsafeDurability starts the server so that a commit does not wait until it is on the
	// disk: a crash may then lose commits that were acknowledged.
	UnsafeDurability bool
	// Progress, if set, is told what is being done, a line each.
	Progress func(string)
}

// say tells the caller what is being done.
func (o *Options) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}

// Start gets a server that accepts connections. The caller must Stop it. The
// context bounds the start only.
//
// With Options.DSN, the error of a server that cannot be reached or that is of
// another product or version names host, port, user and cause, and Start takes
// at most 10 seconds. Else, when no way serves, the error is an *Unavailable.
// No error contains a password.
func Start(ctx context.Context, o Options) (*Server, error) {
	p, err := findProduct(o.Database)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(o.Version); err != nil {
		return nil, err
	}
	if o.DSN != "" {
		return connect(ctx, &o, p)
	}
	ways, err := waysFor(o.Via)
	if err != nil {
		return nil, err
	}
	failed := &Unavailable{Name: p.title, Version: o.Version}
	for i, w := range ways {
		s, err := w.start(ctx, &o, p)
		if err == nil {
			return s, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("starting %s: %w", p.title, context.Cause(ctx))
		}
		failed.Tried = append(failed.Tried, attemptOf(w.via, err))
		if u, ok := errAs[*unable](err); i < len(ways)-1 && (!ok || !u.absent) {
			o.say("%s did not work: %s", w.title, firstLine(err.Error()))
		}
	}
	return nil, failed
}

// way is one way to start a server.
type way struct {
	via   Via
	title string // at the beginning of a sentence
	start func(context.Context, *Options, *product) (*Server, error)
}

// waysFor returns the ways to try, in order.
func waysFor(via Via) ([]way, error) {
	all := []way{{Docker, "Docker", startDocker}, {Local, "Starting local binaries", startLocal}, {Download, "The download", startDownload}}
	if !startsBinaries {
		all = all[:1]
	}
	if via == "" || via == Auto {
		return all, nil
	}
	for _, w := range all {
		if w.via == via {
			return []way{w}, nil
		}
	}
	if slices.Contains(Vias(), via) {
		return nil, fmt.Errorf("servers cannot be started from binaries on %s: use --via docker or --dsn", runtime.GOOS)
	}
	return nil, fmt.Errorf("unknown way %q to get a server: known are %v", via, Vias())
}

// errAs is errors.As for a type that is known.
func errAs[T error](err error) (T, bool) {
	var target T
	ok := errors.As(err, &target)
	return target, ok
}
