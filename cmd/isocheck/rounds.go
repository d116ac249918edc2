package main

// mostRounds bounds --rounds: the rank tests need a few, and each is a history.
const mostRounds = 1000

// tasks returns all runs of the plan in order: round by round, so that what
// changes slowly on the machine changes for all alike.
func (p *plan) tasks() []task {
	rounds := max(p.rounds, 1)
	total := rounds * len(p.levels) * len(p.workloads)
	var tasks []task
	for round := 1; round <= rounds; round++ {
		for _, level := range p.levels {
			for _, w := range p.workloads {
				tasks = append(tasks, task{guarded: w, level: level, number: len(tasks) + 1, total: total, round: round, part: p.shard.part()})
			}
		}
	}
	return tasks
}
