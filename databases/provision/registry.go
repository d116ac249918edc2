package provision

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// release is one version of a package in the registry.
type release struct {
	version   string // 17.10.0-beta.17, of which the package's makers chose all after 17.10
	tarball   string
	integrity string // sha512-…
}

// server returns the version of the server in the package.
func (r release) server() string {
	numbers, _, _ := strings.Cut(r.version, "-")
	parts := strings.Split(numbers, ".")
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// platform is this machine as the packages name it: linux-x64.
func platform() string {
	names := map[string]string{"amd64": "x64", "386": "ia32"}
	return runtime.GOOS + "-" + cmp.Or(names[runtime.GOARCH], runtime.GOARCH)
}

// releases asks the registry for all versions of the package.
func (r registry) releases(ctx context.Context, name string) ([]release, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	body, err := r.get(ctx, r.url+"/"+strings.Replace(name, "/", "%2f", 1), "application/vnd.npm.install-v1+json, application/json;q=0.8")
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var document struct {
		Versions map[string]struct {
			Dist struct{ Tarball, Integrity string }
		}
	}
	if err := json.NewDecoder(io.LimitReader(body, 64<<20)).Decode(&document); err != nil {
		return nil, fmt.Errorf("reading what the registry has of %s: %w", name, err)
	}
	var all []release
	for version, v := range document.Versions {
		all = append(all, release{version, r.ours(v.Dist.Tarball), v.Dist.Integrity})
	}
	return all, nil
}

// get asks the registry for something. The caller closes the body.
func (r registry) get(ctx context.Context, address, accept string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("asking the npm registry: %w", err)
	}
	request.Header.Set("Accept", accept)
	if r.token != "" && strings.HasPrefix(address, r.url+"/") {
		request.Header.Set("Authorization", "Bearer "+r.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the npm registry: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("the npm registry answers %q to %s", response.Status, request.URL.Redacted())
	}
	return response.Body, nil
}

// ours returns a tarball's address at this registry where it names the public
// one, as npm does, because mirrors pass on what they have heard.
func (r registry) ours(tarball string) string {
	rest, found := strings.CutPrefix(tarball, publicRegistry+"/")
	if !found {
		return tarball
	}
	return r.url + "/" + rest
}

// host names the registry for people.
func (r registry) host() string {
	u, err := url.Parse(r.url)
	if err != nil {
		return "npm"
	}
	return u.Host
}

// newest returns the newest release of a server version, and the newest of each
// major version as what there is instead.
func newest(all []release, wanted string) (release, []string, bool) {
	slices.SortFunc(all, func(a, b release) int { return compareReleases(b.version, a.version) })
	var majors []string
	for _, r := range all {
		if matches(r.server(), wanted) {
			return r, nil, true
		}
		if major, _, _ := strings.Cut(r.version, "."); !slices.Contains(majors, major) {
			majors = append(majors, major)
		}
	}
	return release{}, majors, false
}

// compareReleases orders 17.9.0-beta.17 before 17.10.0-beta.16, and alpha before beta.
func compareReleases(a, b string) int {
	split := func(r rune) bool { return r == '.' || r == '-' }
	as, bs := strings.FieldsFunc(a, split), strings.FieldsFunc(b, split)
	return slices.CompareFunc(as, bs, func(x, y string) int {
		m, errX := strconv.Atoi(x)
		n, errY := strconv.Atoi(y)
		if errX != nil || errY != nil {
			return strings.Compare(x, y)
		}
		return cmp.Compare(m, n)
	})
}
