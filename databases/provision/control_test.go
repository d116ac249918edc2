package provision_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases/provision"
)

// TestControls ends, starts and pauses a server in each way there is. What was
// committed is there afterwards, and nothing is left when it is stopped.
func TestControls(t *testing.T) {
	for _, database := range []string{"postgres", "mysql", "mariadb"} {
		for _, via := range []provision.Via{provision.Local, provision.Docker} {
			t.Run(database+"/"+string(via), func(t *testing.T) {
				o := provision.Options{Database: database, Via: via}
				if via == provision.Docker {
					o.Image, _ = image(t, database)
				}
				s := start(t, o)
				write(t, s, "CREATE TABLE kept (n varchar(10))")
				write(t, s, "INSERT INTO kept VALUES ('here')")

				u, err := url.Parse(s.DSN)
				if err != nil {
					t.Fatal(err)
				}
				address := u.Host // that it was first started at
				for _, end := range []func(context.Context) error{s.Kill, s.Shutdown} {
					if err := end(t.Context()); err != nil {
						t.Fatal(err)
					}
					silent(t, s)
					was, is, err := s.Revive(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if address != was {
						t.Errorf("it was at %s, and Revive says %s", address, was)
					}
					at(s, is)
					if got, err := query(t.Context(), s, "SELECT n FROM kept"); got != "here" || err != nil {
						t.Errorf("after the restart the row is %q, %v", got, err)
					}
				}
				pauses(t, s)
			})
		}
	}
}

// at makes the server's DSN lead to the address.
func at(s *provision.Server, address string) {
	u, err := url.Parse(s.DSN)
	if err == nil {
		u.Host = address
		s.DSN = u.String()
	}
}

func write(t *testing.T, s *provision.Server, statement string) {
	t.Helper()
	if err := execute(t.Context(), s, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// pauses checks that a paused server does not answer, and that it goes on.
func pauses(t *testing.T, s *provision.Server) {
	t.Helper()
	if err := s.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	if _, err := query(ctx, s, "SELECT n FROM kept"); err == nil {
		t.Error("a paused server answers")
	}
	cancel()
	for range 2 { // the second time there is nothing to do
		if err := s.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := query(t.Context(), s, "SELECT n FROM kept"); got != "here" || err != nil {
		t.Errorf("after the pause the row is %q, %v", got, err)
	}
}

// A server that was stopped while it was paused leaves nothing behind, and is controlled no more.
func TestStopWhilePaused(t *testing.T) {
	s := start(t, provision.Options{Database: "postgres", Via: provision.Local})
	folder := folderOf(t, s)
	if err := s.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	gone(t, folder)
	if err := s.Kill(t.Context()); err == nil {
		t.Error("a stopped server can be killed")
	}
	if _, _, err := s.Revive(t.Context()); err == nil {
		t.Error("a stopped server can be started again")
	}
}
