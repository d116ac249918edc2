package provision

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/isocheck/isocheck/databases"
)

// binary is a server's binary.
type binary struct {
	path    string
	version string
}

// findBinary looks for a binary of the product and version: in the folder
// that was given, else along the PATH, else where distributions put it. Of
// several it takes the first of the PATH, then the newest.
func findBinary(ctx context.Context, o *Options, p *product) (binary, error) {
	folders := searchFolders(p)
	if o.BinDir != "" {
		dir, err := filepath.Abs(o.BinDir)
		if err != nil {
			return binary{}, err
		}
		folders = []string{dir}
	}
	var others []string
	seen := map[string]bool{}
	for _, name := range p.binaries {
		for _, folder := range folders {
			path := filepath.Join(folder, name)
			real, err := filepath.EvalSymlinks(path)
			if err != nil || seen[real] || !executable(real) {
				continue
			}
			seen[real] = true
			text, id, err := askVersion(ctx, real)
			switch {
			case err != nil:
				others = append(others, fmt.Sprintf("%s does not run: %v", path, err))
			case id.Product != p.name:
				others = append(others, fmt.Sprintf("%s is of another product: %s", path, strings.TrimSpace(strings.TrimPrefix(text, real))))
			case !matches(id.Version, o.Version):
				others = append(others, fmt.Sprintf("%s has version %s", path, id.Version))
			default:
				return binary{real, id.Version}, nil
			}
		}
	}
	return binary{}, p.missing(o, others)
}

// missing is the error for a machine without the binary.
func (p *product) missing(o *Options, others []string) error {
	e := &unable{help: p.packages, absent: true}
	where := "on the PATH or in the usual places"
	if o.BinDir != "" {
		where, e.help = "in "+o.BinDir, ""
	}
	e.reason = fmt.Sprintf("no binary of %s %s", p.titled(o.Version), where)
	if len(others) > 0 {
		e.reason += ":\n" + strings.Join(others, "\n")
	}
	if o.Version != "" && o.BinDir == "" {
		e.help = "isocheck --bin-dir … names the folder of other binaries"
	}
	return e
}

// searchFolders returns the folders of the PATH and the usual ones, those of
// higher versions first.
func searchFolders(p *product) []string {
	folders := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range p.folders {
		found, _ := filepath.Glob(pattern)
		slices.SortFunc(found, func(a, b string) int {
			return compareReleases(versionInPath.FindString(b), versionInPath.FindString(a))
		})
		folders = append(folders, found...)
	}
	return folders
}

// versionInPath finds the version in /usr/lib/postgresql/15/bin.
var versionInPath = regexp.MustCompile(`\d+(\.\d+)*`)

// executable reports whether there is a program at the path.
func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// askVersion runs a server's binary to hear which product and version it is.
func askVersion(ctx context.Context, path string) (string, databases.Server, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").CombinedOutput()
	if err != nil {
		if line := firstLine(string(out)); line != "" {
			err = fmt.Errorf("%w: %s", err, line)
		}
		return "", databases.Server{}, err
	}
	text := firstLine(string(out))
	found := versionOfBinary.FindStringSubmatch(text)
	if found == nil {
		return "", databases.Server{}, fmt.Errorf("it says %q, which is no version", text)
	}
	id := databases.Server{Product: "mysql", Version: found[1]}
	switch {
	case strings.Contains(text, "PostgreSQL"):
		id.Product = "postgres"
	case strings.Contains(text, "MariaDB"):
		id.Product = "mariadb"
	}
	return text, id, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
