package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"kartoteka/matching"
)

// What match evaluate --without leaves out besides the parts of a model: "scripts" (names in two
// scripts are never one), "vetoes", and "groups" (clusters are connected pairs). "groups=best",
// "groups=mean" and "groups=worst" join two groups by the best, the mean or the worst weight of
// their pairs. "link=N" is no omission but another threshold, in bits.
const (
	withoutScripts = "scripts"
	withoutVetoes  = "vetoes"
	withoutGroups  = "groups"
	otherLink      = "link="
)

// ablation is what evaluating leaves out, to measure what it is worth.
type ablation []string

func (a ablation) has(part string) bool { return slices.Contains(a, part) }

// apply changes a prepared evaluation.
func (a ablation) apply(e *evaluation) error {
	if len(a) == 0 {
		return nil
	}
	if e.standards == nil {
		return errors.New("ablation: the records are gone")
	}
	model, err := matching.ReadModel([]byte(e.rules.stored.Model))
	if err != nil {
		return err
	}
	conf := *e.conf
	for _, part := range a {
		switch {
		case part == withoutScripts, part == withoutVetoes, part == withoutGroups, linkages[part] != nil:
		case strings.HasPrefix(part, otherLink):
			link, err := strconv.ParseFloat(part[len(otherLink):], 64)
			if err != nil {
				return fmt.Errorf("%w: --without: %s", errUsage, part)
			}
			conf.Matching.LinkBits = &link
		default:
			if model, err = model.Without(conf.Portrait, part); err != nil {
				return fmt.Errorf("%w: --without: %w", errUsage, err)
			}
		}
	}
	extras := e.stored
	extras.Extras = nil
	if e.rules, err = compileRuleset(&conf, extras, model, 1); err != nil {
		return err
	}
	a.items(e)
	return nil
}

// items makes the items anew, for the changed ruleset.
func (a ablation) items(e *evaluation) {
	items := make([]*matching.Item, len(e.entries))
	for i := range e.entries {
		items[i] = e.rules.matcher.Item(&e.standards[i])
		if a.has(withoutScripts) {
			matching.ForgetScripts(items[i])
		}
		if a.has(withoutVetoes) {
			items[i].Firm = nil
		}
		e.entries[i].Item = items[i]
	}
	matching.CountGeneric(items)
}

// clusters are what the pairs make of it.
func (a ablation) clusters(e *evaluation, run matching.Result) []int32 {
	for _, part := range a {
		if part == withoutGroups {
			return run.Component
		}
		if join := linkages[part]; join != nil {
			return e.regroup(run, join)
		}
	}
	return run.Cluster
}

// linkage joins the weights of two pairs of groups of so many pairs each.
type linkage func(x, y float64, nx, ny int) float64

var linkages = map[string]linkage{
	"groups=best":  func(x, y float64, _, _ int) float64 { return max(x, y) },
	"groups=worst": func(x, y float64, _, _ int) float64 { return min(x, y) },
	"groups=mean": func(x, y float64, nx, ny int) float64 {
		return (x*float64(nx) + y*float64(ny)) / float64(nx+ny)
	},
}

// regroup clusters each component anew by the weights of pairs; those above the limit stay as they are.
func (e *evaluation) regroup(run matching.Result, join linkage) []int32 {
	members := map[int32][]int32{}
	for i, c := range run.Component {
		members[c] = append(members[c], int32(i))
	}
	out := slices.Clone(run.Cluster)
	var parts [][]int32
	for _, list := range members {
		if len(list) > 1 && len(list) <= e.rules.rules.Settings.ComponentLimit {
			parts = append(parts, list)
		}
	}
	work := make(chan []int32)
	done := make(chan struct{})
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for list := range work {
				(&agglomeration{evaluation: e, list: list, join: join}).run(out)
			}
			done <- struct{}{}
		}()
	}
	for _, list := range parts {
		work <- list
	}
	close(work)
	for range runtime.GOMAXPROCS(0) {
		<-done
	}
	return out
}

// agglomeration joins the two groups of the greatest weight until none reaches the threshold.
type agglomeration struct {
	*evaluation
	list   []int32
	join   linkage
	weight [][]float64
	home   [][]int // places of each living group
}

const never = -1e9

func (g *agglomeration) run(out []int32) {
	g.start()
	link := float64(g.rules.matcher.Link(g.entries[g.list[0]].Item.Kind))
	for {
		a, b, best := g.strongest()
		if best < link {
			break
		}
		for c := range g.home {
			if c == a || c == b || g.home[c] == nil {
				continue
			}
			w := g.join(g.weight[a][c], g.weight[b][c], len(g.home[a]), len(g.home[b]))
			if g.weight[a][c] == never || g.weight[b][c] == never {
				w = never
			}
			g.weight[a][c], g.weight[c][a] = w, w
		}
		g.home[a], g.home[b] = append(g.home[a], g.home[b]...), nil
	}
	for _, places := range g.home {
		for _, p := range places {
			out[g.list[p]] = g.list[slices.Min(places)]
		}
	}
}

// start weighs all pairs. A veto against a pair is one against its groups.
func (g *agglomeration) start() {
	n := len(g.list)
	g.weight, g.home = make([][]float64, n), make([][]int, n)
	var ev matching.Evidence
	for i := range n {
		g.weight[i], g.home[i] = make([]float64, n), []int{i}
		for j := range i {
			a, b := g.entries[g.list[i]].Item, g.entries[g.list[j]].Item
			g.rules.matcher.Compare(a, b, &ev)
			w := float64(g.rules.matcher.Total(a.Kind, &ev))
			if matching.Vetoed(a.Firm, b.Firm) {
				w = never
			}
			g.weight[i][j], g.weight[j][i] = w, w
		}
	}
}

func (g *agglomeration) strongest() (a, b int, best float64) {
	best = never
	for i := range g.home {
		for j := range i {
			if g.home[i] != nil && g.home[j] != nil && g.weight[i][j] > best {
				a, b, best = j, i, g.weight[i][j]
			}
		}
	}
	return a, b, best
}
