package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

// definitionView is one entry of the page's list of definitions.
type definitionView struct {
	ID           string // in links: def-rw
	Name, Formal string // read, then overwritten; rw, anti-dependency
	Text         string
	Source       string
	Link         string
}

// sources are the places where the literature that definitions name can be read.
func sources() map[string]string {
	return map[string]string{
		"Adya, ":                       "https://pmg.csail.mit.edu/papers/adya-phd.pdf",
		"Berenson et al.":              "https://arxiv.org/abs/cs/0701157",
		"Bailis et al.":                "https://arxiv.org/abs/1302.0309",
		"Cerone and Gotsman":           "https://doi.org/10.1145/2933057.2933096",
		"Cerone, Bernardi and Gotsman": "https://doi.org/10.4230/LIPIcs.CONCUR.2015.58",
		"Kingsbury and Alvaro":         "https://arxiv.org/abs/2003.10554",
	}
}

// sourceLink is the address of a source, "" where none is known.
func sourceLink(source string) string {
	if strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://") {
		return source
	}
	for start, address := range sources() {
		if strings.HasPrefix(source, start) {
			return address
		}
	}
	return ""
}

// edgeKinds are the kinds of dependencies, as the list of definitions has them.
func edgeKinds() []checker.EdgeKind {
	return []checker.EdgeKind{checker.WW, checker.WR, checker.RW, checker.PredicateWR, checker.PredicateRW, checker.Session, checker.RealTime}
}

// edgeCommonName says a dependency from one transaction to another in words that need no textbook.
func edgeCommonName(k checker.EdgeKind) string {
	switch k {
	case checker.WW:
		return "written, then overwritten"
	case checker.WR:
		return "written, then read"
	case checker.RW:
		return "read, then overwritten"
	case checker.PredicateWR:
		return "matching rows changed, then read"
	case checker.PredicateRW:
		return "matching rows read, then changed"
	case checker.Session:
		return "earlier in the same client"
	case checker.RealTime:
		return "over before the other began"
	}
	return ""
}

func edgeDefinition(k checker.EdgeKind) string {
	switch k {
	case checker.WW:
		return "The second transaction replaced a version that the first had written: it comes after the first."
	case checker.WR:
		return "The second transaction read a version that the first had written: it comes after the first."
	case checker.RW:
		return "The second transaction replaced a version that the first had read: the first, which did not see the change, comes before."
	case checker.PredicateWR:
		return "The first transaction changed which rows match a predicate, and the second read by it and saw the change."
	case checker.PredicateRW:
		return "The second transaction changed which rows match a predicate by which the first had read, and the first did not see the change."
	case checker.Session:
		return "One client ran the first transaction before the second."
	case checker.RealTime:
		return "The first transaction had its answer before the second began."
	}
	return ""
}

// dependencySource is where the kinds of dependencies are defined.
const dependencySource = "Adya, Weak Consistency (1999), chapter 3"

// definitionViews lists the dependencies and the anomalies of the runs, each once.
func definitionViews(runs []Run) []definitionView {
	if len(runs) == 0 {
		return nil
	}
	var all []definitionView
	for _, k := range edgeKinds() {
		d := definitionView{ID: "def-" + string(k), Name: edgeCommonName(k), Formal: edgeFormalName(k), Text: edgeDefinition(k)}
		if k != checker.Session && k != checker.RealTime {
			d.Source, d.Link = dependencySource, sourceLink(dependencySource)
		}
		all = append(all, d)
	}
	for _, run := range runs {
		for _, a := range run.Findings.Anomalies {
			id := definitionID(a.ID)
			if a.ID != baseID(a.ID) || slices.ContainsFunc(all, func(d definitionView) bool { return d.ID == id }) {
				continue
			}
			all = append(all, definitionView{
				ID: id, Name: a.Name, Formal: formalClass(&a), Text: a.Definition, Source: a.Source, Link: sourceLink(a.Source),
			})
		}
	}
	return all
}

// definitionID is the id of an anomaly's definition in the page.
func definitionID(id checker.AnomalyID) string { return "def-" + string(baseID(id)) }

// edgeFormalName is a kind of dependency as the literature writes it: rw, anti-dependency.
func edgeFormalName(k checker.EdgeKind) string {
	if name := edgeKindName(k); name != string(k) {
		return string(k) + ", " + name
	}
	return string(k)
}

// formalClass is an anomaly's formal class, "" where it has none.
func formalClass(a *checker.Anomaly) string {
	if a.Class == "—" {
		return ""
	}
	return a.Class
}
