package reports

import "slices"

// commonFacts takes what is the same in all the lists out of them, so that it is
// said once. The lists keep what differs, in their own order.
func commonFacts(lists []*[]fact) []fact {
	if len(lists) < 2 {
		return nil
	}
	var common []fact
	for _, f := range *lists[0] {
		if !slices.ContainsFunc(lists[1:], func(list *[]fact) bool { return !slices.Contains(*list, f) }) {
			common = append(common, f)
		}
	}
	for _, list := range lists {
		*list = slices.DeleteFunc(*list, func(f fact) bool { return slices.Contains(common, f) })
	}
	return common
}

// takeCommon moves what all runs have in common from the runs to the page.
func (p *page) takeCommon() {
	var how, settings []*[]fact
	for i := range p.Runs {
		how, settings = append(how, &p.Runs[i].How), append(settings, &p.Runs[i].Settings)
	}
	p.How, p.Settings = commonFacts(how), commonFacts(settings)
}

// openFirst has the run show the first witness of its worst anomaly from the start. The
// others are one line each, until somebody wants them or a link leads to them.
func (v *runView) openFirst() {
	for i := range v.Found {
		if witnesses := v.Found[i].Witnesses; len(witnesses) > 0 {
			witnesses[0].Open = true
			return
		}
	}
}

// openWorst has the page show one run from the start: the first with a violation, else
// the first that showed anything, else the first.
func (p *page) openWorst() {
	for _, state := range []string{string(Violation), string(Observed), "none"} {
		if i := slices.IndexFunc(p.Runs, func(v runView) bool { return v.State == state }); i >= 0 {
			p.Runs[i].Open = true
			return
		}
	}
}
