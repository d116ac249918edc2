package databases

import (
	"context"
	"net"
)

// DialFunc connects to a server, as net.Dialer's DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Terminator is a Database that can end a session of its server from outside:
// pg_terminate_backend, KILL. A session that has ended already is no error.
type Terminator interface {
	Terminate(ctx context.Context, session int64) error
}

// Numbered is a Conn that knows the number by which the server knows its
// session: pg_backend_pid(), CONNECTION_ID().
type Numbered interface {
	SessionNumber() int64
}
