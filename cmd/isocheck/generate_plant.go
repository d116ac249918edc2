package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/databases/memory"
)

// parsePlants reads the values of --plant: anomalies by their names, or formal classes, each with how often, or once.
func parsePlants(values []string, kind memory.Kind) ([]memory.Plant, error) {
	var plants []memory.Plant
	for _, value := range values {
		name, count, counted := strings.Cut(strings.TrimSpace(value), "=")
		anomaly, ok := memory.AnomalyOf(name)
		if !ok {
			return nil, unknown("anomaly", name, texts(memory.Anomalies()))
		}
		n := 1
		if counted {
			var err error
			if n, err = strconv.Atoi(count); err != nil || n < 1 {
				return nil, usagef("--plant %s: %q is not a number of anomalies, such as %s=3", value, count, anomaly)
			}
		}
		if err := kind.CanHave(anomaly); err != nil {
			return nil, usagef("--plant %s: %v", value, err)
		}
		plants = append(plants, memory.Plant{Anomaly: anomaly, Count: n})
	}
	return plants, nil
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
