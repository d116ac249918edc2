package provision_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

// image returns an image of the database that the engine has, which the
// project's script makes, so that no test pulls one.
func image(t *testing.T, database string) (image, version string) {
	t.Helper()
	out, err := exec.Command("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", database+":*-debian").CombinedOutput()
	if err != nil {
		provisiontest.Missing(t, "docker: %v: %s", err, out)
	}
	image, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	if image == "" {
		provisiontest.Missing(t, "the Docker engine has no image %s:*-debian", database)
	}
	return image, strings.TrimSuffix(strings.TrimPrefix(image, database+":"), "-debian")
}

// containers returns the containers that were started for the folder.
func containers(t *testing.T, folder string) string {
	t.Helper()
	out, err := exec.Command("docker", "ps", "--all", "--quiet", "--filter", "label=isocheck.folder="+folder).CombinedOutput()
	if err != nil {
		t.Fatalf("docker ps: %v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestDocker(t *testing.T) {
	for _, database := range []string{"postgres", "mariadb", "mysql"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			_, version := image(t, database)
			// NAME:VERSION is the image that the official ones are called.
			s := start(t, provision.Options{Database: database, Version: version, Via: provision.Docker})
			if s.Via != provision.Docker || !strings.HasPrefix(s.Version, version) {
				t.Errorf("server is %s via %s", s.Version, s.Via)
			}
			statement := "SELECT @@max_connections"
			if database == "postgres" {
				statement = "SHOW max_connections"
			}
			if got, err := query(t.Context(), s, statement); got != "300" || err != nil {
				t.Errorf("%s: %s, %v", statement, got, err)
			}
			if text, err := os.ReadFile(s.LogPath); err != nil || len(text) == 0 {
				t.Errorf("the server's log has %d bytes, %v", len(text), err)
			}
			folder := filepath.Dir(s.LogPath)
			if containers(t, folder) == "" {
				t.Error("no container carries the folder's label")
			}
			if err := s.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			silent(t, s)
			if id := containers(t, folder); id != "" {
				t.Errorf("container %s is left", id)
			}
			gone(t, folder)
		})
	}
}

func TestDockerImageAndLog(t *testing.T) {
	name, _ := image(t, "postgres")
	log := filepath.Join(t.TempDir(), "server.log")
	s := start(t, provision.Options{Database: "postgres", Via: provision.Docker, Image: name, LogPath: log})
	if err := s.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	silent(t, s)
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(text), "ready to accept connections") {
		t.Errorf("the log is %q, %v", text, err)
	}
}

func TestDockerImageOfAnotherVersion(t *testing.T) {
	name, _ := image(t, "postgres")
	_, err := provision.Start(t.Context(), provision.Options{Database: "postgres", Version: "9", Via: provision.Docker, Image: name, Run: "other"})
	if err == nil || !strings.Contains(err.Error(), "is not the server asked for: it is PostgreSQL") {
		t.Errorf("error is %v", err)
	}
	out, _ := exec.Command("docker", "ps", "--all", "--quiet", "--filter", "label=isocheck.run=other").Output()
	if len(out) > 0 {
		t.Errorf("container %s is left", out)
	}
}

func TestDockerImageThatIsNotThere(t *testing.T) {
	image(t, "postgres") // there must be an engine
	// Port 1 of this machine answers no engine that asks it for an image.
	_, err := provision.Start(t.Context(), provision.Options{Database: "postgres", Via: provision.Docker, Image: "127.0.0.1:1/none:1"})
	for _, part := range []string{"the image 127.0.0.1:1/none:1 is not here and cannot be pulled", "docker pull 127.0.0.1:1/none:1"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error is %v, without %q", err, part)
		}
	}
}

func TestNoContainerIsLeftBehindByTheDead(t *testing.T) {
	name, _ := image(t, "postgres")
	c := startChild(t, "kill -9", "postgres", provision.Docker, name)
	if containers(t, c.folder) == "" {
		t.Fatal("there is no container")
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	gone(t, c.folder)
	if id := containers(t, c.folder); id != "" {
		t.Errorf("container %s is left", id)
	}
}

// TestNextStartRemovesContainers is about a machine without the docker command,
// where the guard can only remove the folder.
func TestNextStartRemovesContainers(t *testing.T) {
	name, _ := image(t, "postgres")
	folder := filepath.Join(t.TempDir(), "gone")
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("docker", "run", "--detach", "--env", "POSTGRES_PASSWORD=x", "--label", "isocheck.host="+host,
		"--label", "isocheck.folder="+folder, name).CombinedOutput()
	if err != nil {
		t.Fatalf("docker run: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "--force", "--volumes", strings.TrimSpace(string(out))).Run() })
	start(t, provision.Options{Database: "postgres", Via: provision.Docker, Image: name})
	for deadline := time.Now().Add(20 * time.Second); containers(t, folder) != ""; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the container that a dead run left is still there")
		}
	}
}

// Where Docker was tried first, a line says why it was not Docker, also when the
// registry is there and silent.
func TestSaysWhyNotDocker(t *testing.T) {
	image(t, "postgres") // there must be an engine
	for name, c := range map[string]struct{ registry, want string }{
		"no registry":     {"127.0.0.1:1", "connection refused"},
		"silent registry": {silentRegistry(t), "the registry does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			var said []string
			start(t, provision.Options{Database: "postgres", Image: c.registry + "/none:1", Progress: func(line string) { said = append(said, line) }})
			reason := "Docker did not work: the image " + c.registry + "/none:1 is not here and cannot be pulled: "
			if len(said) < 3 || !strings.HasPrefix(said[1], reason) || !strings.HasSuffix(said[1], c.want) || !strings.Contains(said[2], "Starting PostgreSQL") {
				t.Errorf("it said:\n%s", strings.Join(said, "\n"))
			}
		})
	}
}

// silentRegistry returns the address of one that takes connections and says nothing.
func silentRegistry(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}
