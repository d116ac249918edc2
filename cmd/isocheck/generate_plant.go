package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
)

// parsePlants reads the values of --plant: anomalies by their names, or formal classes, each with how often, or once.
// Of a class that a planted anomaly has that one is planted, of a class that takes in several others all of those.
func parsePlants(values []string, kind memory.Kind) ([]memory.Plant, error) {
	var plants []memory.Plant
	for _, value := range values {
		name, count, counted := strings.Cut(strings.TrimSpace(value), "=")
		anomalies := plantsOf(name)
		if len(anomalies) == 0 {
			return nil, unknownAnomaly(name)
		}
		n := 1
		if counted {
			var err error
			if n, err = strconv.Atoi(count); err != nil || n < 1 {
				return nil, usagef("--plant %s: %q is not a number of anomalies, such as %s=3", value, count, name)
			}
		}
		for _, anomaly := range anomalies {
			if err := kind.CanHave(anomaly); err != nil {
				return nil, usagef("--plant %s: %v", value, err)
			}
			plants = append(plants, memory.Plant{Anomaly: anomaly, Count: n})
		}
	}
	return plants, nil
}

func plantsOf(name string) []memory.Anomaly {
	if anomaly, ok := memory.AnomalyOf(name); ok {
		return []memory.Anomaly{anomaly}
	}
	var of []memory.Anomaly
	for _, id := range checker.AnomaliesOf(name) {
		if anomaly, ok := memory.AnomalyOf(string(id)); ok {
			of = append(of, anomaly)
		}
	}
	return of
}

// plantsHelp lists what can be planted.
func plantsHelp() string {
	text := wrapped("\nAnomalies to plant: " + joined(texts(memory.Anomalies())) + ".")
	for _, k := range memory.Kinds() {
		var not []string
		for _, a := range memory.Anomalies() {
			if k.CanHave(a) != nil {
				not = append(not, string(a))
			}
		}
		if len(not) > 0 {
			text += wrapped(fmt.Sprintf("But in %s not: %s.", k, joined(not)))
		}
	}
	return strings.TrimSuffix(text, "\n")
}
