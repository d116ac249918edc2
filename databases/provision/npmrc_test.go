package provision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// npmFiles gives a test npm files of its own, and no settings from outside.
func npmFiles(t *testing.T, user, global string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(strings.ToLower(name), "npm_config_") {
			t.Setenv(name, "")
		}
	}
	for name, text := range map[string]string{"userconfig": user, "globalconfig": global} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("NPM_CONFIG_"+strings.ToUpper(name), path)
	}
}

func TestFindRegistry(t *testing.T) {
	tests := map[string]struct {
		user, global string
		variable     string
		url, token   string
	}{
		"the user's file":         {user: "registry=https://a.example/npm/\n", url: "https://a.example/npm"},
		"the machine's file":      {global: "registry = https://b.example", url: "https://b.example"},
		"the user's goes first":   {user: "registry=https://a.example", global: "registry=https://b.example", url: "https://a.example"},
		"the environment's first": {user: "registry=https://a.example", variable: "https://c.example/", url: "https://c.example"},
		"the scope's own":         {user: "registry=https://a.example\n@embedded-postgres:registry=https://d.example", url: "https://d.example"},
		"comments and quotes":     {user: "; registry=x\n# registry=y\nregistry=\"https://a.example\"\n", url: "https://a.example"},
		"a token": {
			user: "registry=https://a.example/npm/\n//b.example/:_authToken=wrong\n//a.example/npm/:_authToken=${TEST_NPM_TOKEN}\n",
			url:  "https://a.example/npm", token: "geheim",
		},
		"the token of a folder above": {user: "registry=https://a.example/npm\n//a.example/:_authToken=geheim", url: "https://a.example/npm", token: "geheim"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			npmFiles(t, test.user, test.global)
			t.Setenv("TEST_NPM_TOKEN", "geheim")
			if test.variable != "" {
				t.Setenv("npm_config_registry", test.variable)
			}
			if r := findRegistry(t.Context()); r.url != test.url || r.token != test.token {
				t.Errorf("registry is %q with token %q", r.url, r.token)
			}
		})
	}
}

func TestTokensStayAtTheirRegistry(t *testing.T) {
	other := newFake(t, map[string][]byte{"17.1.0": good(t)})
	other.token = "geheim"
	r := registry{url: "http://registry.example", token: "geheim"}
	if _, err := r.get(t.Context(), other.URL+"/x", "*/*"); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("the other registry should not have heard the token: %v", err)
	}
}

func FuzzReadNpmrc(f *testing.F) {
	f.Add("registry=https://a.example\n//a.example/:_authToken=${X}\n")
	f.Fuzz(func(t *testing.T, text string) {
		settings := map[string]string{}
		readNpmrc(settings, text)
		registry{url: strings.TrimRight(settings["registry"], "/")}.findToken(settings)
	})
}
