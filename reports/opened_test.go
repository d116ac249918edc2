package reports

import (
	"slices"
	"testing"
)

func TestCommonFacts(t *testing.T) {
	a := []fact{{Name: "Clients", Value: "8"}, {Name: "Level", Value: "serializable"}, {Name: "Seed", Value: "1"}}
	b := []fact{{Name: "Seed", Value: "1"}, {Name: "Clients", Value: "8"}, {Name: "Level", Value: "read committed"}}
	if got, want := commonFacts([]*[]fact{&a, &b}), []fact{{Name: "Clients", Value: "8"}, {Name: "Seed", Value: "1"}}; !slices.Equal(got, want) {
		t.Errorf("in common are %v, want %v", got, want)
	}
	if len(a) != 1 || a[0].Value != "serializable" || len(b) != 1 || b[0].Value != "read committed" {
		t.Errorf("left are %v and %v, want what differs", a, b)
	}
	alone := []fact{{Name: "Clients", Value: "8"}}
	if got := commonFacts([]*[]fact{&alone}); got != nil || len(alone) != 1 {
		t.Errorf("of one list %v is common, and %v is left", got, alone)
	}
}

// What is open when the page opens is where there is most to see.
func TestOpenWorst(t *testing.T) {
	cases := map[string]struct {
		states []string
		want   int
	}{
		"a violation":      {[]string{"none", "observed", "violation", "violation"}, 2},
		"observed":         {[]string{"none", "none", "observed"}, 2},
		"nothing was seen": {[]string{"none", "none"}, 0},
		"no runs":          {nil, -1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := &page{}
			for _, state := range c.states {
				p.Runs = append(p.Runs, runView{State: state})
			}
			p.openWorst()
			if got := slices.IndexFunc(p.Runs, func(v runView) bool { return v.Open }); got != c.want {
				t.Errorf("run %d is open, want %d", got, c.want)
			}
		})
	}
}
