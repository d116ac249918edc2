package provision

import (
	"context"
	"sync"
)

// Server is a server that accepts connections.
type Server struct {
	// DSN is how to connect, as a user who may do everything on a server that
	// was started. It holds the password: never print it without redaction,
	// but to the user who asked to keep the server.
	DSN      string
	Database string // postgres, mysql or mariadb
	Via      Via    // Docker, Local, Download or Given
	Version  string // of the server that runs: 15.18
	LogPath  string // the server's log, empty where isocheck did not start it
	// StopCommand is the shell command that stops a server that was kept.
	StopCommand string

	once    sync.Once
	stopped error
	stop    func(context.Context) error // nil: nothing was started

	address  string // HOST:PORT, as it was when the server was started
	controls controls
	mu       sync.Mutex // one control at a time, and none once the server is being stopped
	ended    bool
}

// Stop stops what Start started and removes its files: orderly, so that the log
// ends well, and by force where that takes longer than the context lasts or 10
// seconds. A server that was given by DSN is left alone. Calls after the first
// wait for it and return the same.
func (s *Server) Stop(ctx context.Context) error {
	s.once.Do(func() {
		if s.stop == nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ended = true
		s.stopped = s.stop(ctx)
	})
	return s.stopped
}
