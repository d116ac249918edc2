//go:build unix

package provisiontest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/isocheck/isocheck/databases/provision"
)

// Replicated is a PostgreSQL server with a streaming replica, both on loopback and of the test's own.
type Replicated struct {
	Primary *provision.Server
	DSN     string // of the replica
}

// StartReplicated starts a PostgreSQL server and a streaming replica of it, made with
// pg_basebackup and started with further settings such as "recovery_min_apply_delay=50ms". Where the
// server or its tools cannot be had, the test fails in CI, and is skipped elsewhere.
func StartReplicated(t testing.TB, settings ...string) Replicated {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	primary, err := provision.Start(ctx, provision.Options{Database: "postgres", Via: provision.Local, Run: "replicated"})
	if err != nil {
		Missing(t, "postgres: %v", err)
	}
	t.Cleanup(func() {
		if err := primary.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	r := replica{t: t, primary: primary, bin: binaries(t, primary.Version), folder: t.TempDir(), port: freePort(t)}
	r.copy(ctx)
	r.start(settings)
	r.wait(ctx)
	return Replicated{Primary: primary, DSN: r.dsn()}
}

// binaries returns the folder of PostgreSQL's tools of a version.
func binaries(t testing.TB, version string) string {
	t.Helper()
	major, _, _ := strings.Cut(version, ".")
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/lib/postgresql/"+major+"/bin", "/usr/pgsql-"+major+"/bin") {
		// Debian has wrappers of the tools on the PATH, but not of the server.
		_, err := os.Stat(filepath.Join(dir, "pg_basebackup"))
		if _, server := os.Stat(filepath.Join(dir, "postgres")); err == nil && server == nil {
			return dir
		}
	}
	Missing(t, "pg_basebackup of PostgreSQL %s", major)
	return ""
}

// freePort returns a port of loopback that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// replica is a replica that is being made.
type replica struct {
	t       testing.TB
	primary *provision.Server
	bin     string
	folder  string // the test's own
	port    int
	ended   chan struct{}
}

func (r *replica) data() string { return filepath.Join(r.folder, "replica") }

// command is a command of the server's own user: servers do not run as root.
func (r *replica) command(name string, args ...string) *exec.Cmd {
	r.t.Helper()
	cmd := exec.Command(filepath.Join(r.bin, name), args...)
	cmd.Dir = r.folder
	info, err := os.Stat(filepath.Join(filepath.Dir(r.primary.LogPath), "data"))
	if err != nil {
		r.t.Fatal(err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return cmd
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	for dir := r.folder; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := os.Chown(r.folder, int(owner.Uid), int(owner.Gid)); err != nil {
		r.t.Fatal(err)
	}
	return cmd
}

// copy makes the replica's files.
func (r *replica) copy(ctx context.Context) {
	r.t.Helper()
	u, err := url.Parse(r.primary.DSN)
	if err != nil {
		r.t.Fatal(err)
	}
	password, _ := u.User.Password()
	cmd := r.command("pg_basebackup", "--host="+u.Hostname(), "--port="+u.Port(), "--username="+u.User.Username(), "--no-password",
		"--pgdata="+r.data(), "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("pg_basebackup: %v: %s", err, out)
	}
}

// start starts the replica; the test's end stops it.
func (r *replica) start(settings []string) {
	r.t.Helper()
	args := []string{"-D", r.data(), "-p", strconv.Itoa(r.port)}
	for _, s := range append([]string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "hot_standby=on", "max_connections=400"}, settings...) {
		args = append(args, "-c", s)
	}
	cmd := r.command("postgres", args...)
	log, err := os.Create(filepath.Join(r.folder, "replica.log"))
	if err != nil {
		r.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.ended = make(chan struct{})
	go func() {
		_ = cmd.Wait() // the log says why it ended
		close(r.ended)
	}()
	r.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT) // at once
		<-r.ended
		_ = log.Close()
	})
}

func (r *replica) dsn() string {
	u, _ := url.Parse(r.primary.DSN) // copy has parsed it
	u.Host = fmt.Sprintf("127.0.0.1:%d", r.port)
	return u.String()
}

// wait waits until the replica answers, as a replica.
func (r *replica) wait(ctx context.Context) {
	r.t.Helper()
	for {
		standby := false
		c, err := pgx.Connect(ctx, r.dsn())
		if err == nil {
			err = c.QueryRow(ctx, "SELECT pg_is_in_recovery()").Scan(&standby)
			_ = c.Close(ctx)
		}
		if err == nil && standby {
			return
		}
		ended := false
		select {
		case <-r.ended:
			ended = true
		case <-time.After(50 * time.Millisecond):
		}
		if ended || ctx.Err() != nil || err == nil {
			log, _ := os.ReadFile(filepath.Join(r.folder, "replica.log"))
			r.t.Fatalf("no replica (%v):\n%s", err, log)
		}
	}
}
