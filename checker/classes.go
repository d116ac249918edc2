package checker

import (
	"slices"
	"strings"
)

// Class is a name that the literature has for one or more kinds of anomaly: "G-single".
type Class struct {
	Name      string
	Anomalies []AnomalyID
}

// Classes returns the formal classes. G1 and G-single are as in Adya's thesis: G-single is every
// cycle with exactly one anti-dependency, whatever its objects; G2 are the cycles with more that follow each
// other, and G2-item those of them without a predicate. P0 to P4, A5A and A5B are those of Berenson et al.,
// in the broad reading in which P0 is G0 and P1 is G1a; OTV is that of Bailis et al., INT that of Cerone et al.
// Variants against session or real-time order have the class with the suffix: G2-item-session.
func Classes() []Class {
	classes := []Class{
		{"G0", []AnomalyID{DirtyWrite}},
		{"G1", []AnomalyID{DirtyRead, IntermediateRead, CircularFlow}},
		{"G1a", []AnomalyID{DirtyRead}},
		{"G1b", []AnomalyID{IntermediateRead}},
		{"G1c", []AnomalyID{CircularFlow}},
		{"OTV", []AnomalyID{FracturedRead}},
		{"INT", []AnomalyID{InternalRead}},
		{"G-cursor", []AnomalyID{CursorLostUpdate}},
		{"G-single", []AnomalyID{CursorLostUpdate, LostUpdate, NonRepeatableRead, Phantom, ReadSkew}},
		{"G-nonadjacent", []AnomalyID{LongFork}},
		{"G2-item", []AnomalyID{WriteSkew}},
		{"G2", []AnomalyID{WriteSkew, PredicateWriteSkew}},
		{"P0", []AnomalyID{DirtyWrite}},
		{"P1", []AnomalyID{DirtyRead}},
		{"P2", []AnomalyID{NonRepeatableRead}},
		{"P3", []AnomalyID{Phantom}},
		{"P4C", []AnomalyID{CursorLostUpdate}},
		{"P4", []AnomalyID{CursorLostUpdate, LostUpdate}},
		{"A5A", []AnomalyID{ReadSkew}},
		{"A5B", []AnomalyID{WriteSkew}},
	}
	for _, suffix := range []AnomalyID{sessionSuffix, realTimeSuffix} {
		for _, c := range classes[:slices.IndexFunc(classes, func(c Class) bool { return c.Name == "P0" })] {
			var ids []AnomalyID
			for _, id := range c.Anomalies {
				if slices.Contains(cyclic(), id) {
					ids = append(ids, id+suffix)
				}
			}
			if len(ids) > 0 {
				classes = append(classes, Class{c.Name + string(suffix), ids})
			}
		}
	}
	return classes
}

// AnomaliesOf returns the anomaly of that name, or all those of the formal class of that name; nil if there is
// none. It does not matter what is written in capitals.
func AnomaliesOf(name string) []AnomalyID {
	for _, id := range AnomalyIDs() {
		if strings.EqualFold(name, string(id)) {
			return []AnomalyID{id}
		}
	}
	for _, c := range Classes() {
		if strings.EqualFold(name, c.Name) {
			return c.Anomalies
		}
	}
	return nil
}
