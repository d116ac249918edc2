package checker_test

// simpleCycles returns every cycle that goes through each transaction at most
// once, as the transactions that it goes through, the lowest first.
func simpleCycles(edges [][]kinds) [][]int {
	var cycles [][]int
	var path []int
	on := make([]bool, len(edges))
	var walk func(start, v int)
	walk = func(start, v int) {
		path = append(path, v)
		on[v] = true
		for w := start; w < len(edges); w++ {
			switch {
			case edges[v][w] == 0:
			case w == start:
				cycles = append(cycles, append([]int(nil), path...))
			case !on[w]:
				walk(start, w)
			}
		}
		on[v] = false
		path = path[:len(path)-1]
	}
	for start := range edges {
		walk(start, start)
	}
	return cycles
}

// asDependency stands, in the kinds of a cycle's step, for session and real-time order where the model has them:
// such a step may be taken in any cycle.
const asDependency = kinds(1 << 15)

// kindsOf returns the kinds of edges at each step of a cycle.
func (g *dsg) kindsOf(nodes []int, orders kinds) []kinds {
	steps := make([]kinds, len(nodes))
	for i, v := range nodes {
		steps[i] = g.matrix[v][nodes[(i+1)%len(nodes)]]
		if steps[i]&orders != 0 {
			steps[i] |= asDependency
		}
	}
	return steps
}

// allOf: every step can be made by an edge of these kinds.
func allOf(k kinds) func([]kinds) bool {
	return func(cycle []kinds) bool {
		for _, step := range cycle {
			if step&(k|asDependency) == 0 {
				return false
			}
		}
		return true
	}
}

// single: one step is made by an anti-dependency, and all others by dependencies (G-single).
func single(cycle []kinds) bool {
	for i, step := range cycle {
		if step&kAnti != 0 && othersDepend(cycle, i) {
			return true
		}
	}
	return false
}

// plainSingle: that anti-dependency, and the dependency by which the cycle comes back to the same
// transaction, are of plain reads before its first write.
func plainSingle(cycle []kinds) bool {
	for i, step := range cycle {
		before := cycle[(i+len(cycle)-1)%len(cycle)]
		if step&kPlainOut != 0 && before&kPlainIn != 0 && othersDepend(cycle, i) {
			return true
		}
	}
	return false
}

func othersDepend(cycle []kinds, i int) bool {
	for j, step := range cycle {
		if j != i && step&(kDependency|asDependency) == 0 {
			return false
		}
	}
	return true
}

// nonadjacent: the steps can be made such that no two anti-dependencies follow each other (what
// snapshot isolation rules out: Cerone and Gotsman, theorem 10; G-nonadjacent, G-single and G1).
func nonadjacent(cycle []kinds) bool {
	if !allOf(kDependency | kAnti)(cycle) {
		return false
	}
	for i, step := range cycle {
		next := cycle[(i+1)%len(cycle)]
		if step&(kDependency|asDependency) == 0 && next&(kDependency|asDependency) == 0 {
			return false
		}
	}
	return true
}
