package provision

import "testing"

func TestMatches(t *testing.T) {
	tests := []struct {
		version, wanted string
		want            bool
	}{
		{"15.18", "15", true},
		{"15.18", "15.18", true},
		{"15.18", "", true},
		{"150.1", "15", false},
		{"15.18", "15.1", false},
		{"10.11.19", "10.11", true},
		{"10.11.19", "10.1", false},
		{"15", "15.18", false},
	}
	for _, test := range tests {
		if got := matches(test.version, test.wanted); got != test.want {
			t.Errorf("%s is of the kind %q: %v", test.version, test.wanted, got)
		}
	}
}

func TestVersionOfBinary(t *testing.T) {
	tests := map[string]string{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)":                            "15.18",
		"postgres (PostgreSQL) 18beta1":                                                   "18",
		"mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64":           "10.11.19",
		"/opt/mysql-8.0/bin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))":           "9.7.4",
		"mysqld  Ver 8.0.35-27 for Linux on x86_64 (Percona Server (GPL), Release 27)":    "8.0.35",
		"/usr/sbin/mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))": "5.7.44",
	}
	for text, want := range tests {
		if found := versionOfBinary.FindStringSubmatch(text); found == nil || found[1] != want {
			t.Errorf("%s: %v, want %s", text, found, want)
		}
	}
}

func TestCompareReleases(t *testing.T) {
	ordered := []string{"9.6.24", "10.23.0-beta.6", "15.5.0-beta.12", "15.5.1-beta.9", "15.5.1-beta.11", "17.9.0-beta.17", "17.10.0-alpha.20", "17.10.0-beta.2"}
	for i := range ordered {
		for j := range ordered {
			if got := compareReleases(ordered[i], ordered[j]); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%s to %s is %d", ordered[i], ordered[j], got)
			}
		}
	}
}
