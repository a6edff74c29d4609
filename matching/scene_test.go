package matching

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// scene is a small world: its records are read first, then judged by what all of them say.
type scene struct {
	*scenario
	settings Settings
	records  map[string]*customer.Standard
	names    []string // of the records, in order
	crowd    []customer.Standard
	last     [2]*customer.Standard
	wants    []wanted

	items   map[*customer.Standard]*Item
	cluster map[string]int32
}

// wanted is a line that wants something of the records before it.
type wanted struct {
	line int
	text string
	a, b *customer.Standard
}

// scenePortrait is the Russian one with the numbers of the neighbors and the rare things that
// scenes need.
func scenePortrait(tb testing.TB) *customer.Portrait {
	id := func(kind customer.Kind, name string, t customer.TypeName) customer.Attribute {
		return customer.Attribute{Kind: kind, Name: name, Type: t, Holds: customer.One, SharedBy: 1}
	}
	return ruPortrait(tb, id(customer.Person, "rnokpp", customer.TypeRNOKPP), id(customer.Person, "iin", customer.TypeIIN),
		id(customer.Organization, "bin", customer.TypeIIN), id(customer.Organization, "unp", customer.TypeUNP),
		id(customer.Organization, "edrpou", customer.TypeEDRPOU))
}

func newScene(p *customer.Portrait) *scene {
	return &scene{scenario: &scenario{portrait: p, z: standardize.New(p, standardize.Settings{Country: "RU"})},
		settings: DefaultSettings(), records: map[string]*customer.Standard{}}
}

// line reads one line.
func (s *scene) line(n int, line string) error {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	rest = strings.TrimSpace(rest)
	switch name {
	case "", "scene":
		return nil
	case "country":
		s.z = standardize.New(s.portrait, standardize.Settings{Country: rest})
		return nil
	case "expect":
		n, err := strconv.ParseInt(rest, 10, 64)
		s.settings.Expect = n
		return err
	case "crowd":
		return s.strangers(rest)
	case "want", "groups":
		s.wants = append(s.wants, wanted{n, strings.TrimSpace(line), s.last[0], s.last[1]})
		return nil
	}
	if name[0] == '#' {
		return nil
	}
	return s.meet(name, rest)
}

// meet reads a record, or names one again.
func (s *scene) meet(name, rest string) error {
	if s.records[name] == nil || rest != "" {
		standard, err := s.standard(rest)
		if err != nil {
			return err
		}
		if s.records[name] == nil {
			s.names = append(s.names, name)
		}
		s.records[name] = &standard
	}
	s.last = [2]*customer.Standard{s.last[1], s.records[name]}
	return nil
}

// strangers makes people, or companies, of names that nobody shares.
func (s *scene) strangers(rest string) error {
	written, values, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(written)
	if err != nil {
		return fmt.Errorf("crowd: a number and values: %w", err)
	}
	for i := range n {
		name := strangerName(i)
		if strings.HasPrefix(strings.TrimSpace(values), "organization") {
			name = fmt.Sprintf("ООО %s", strangerWord(i))
		}
		standard, err := s.standard(fmt.Sprintf(`%s name "%s"`, values, name))
		if err != nil {
			return err
		}
		s.crowd = append(s.crowd, standard)
	}
	return nil
}

// strangerWord spells a number in syllables of different sound.
func strangerWord(i int) string {
	syllables := [...]string{"ба", "га", "да", "ла", "ма", "на", "ра", "са", "та", "ша"}
	return syllables[i/1000%10] + syllables[i/100%10] + syllables[i/10%10] + syllables[i%10]
}

func strangerName(i int) string {
	first := [...]string{"Антон", "Борис", "Виктор", "Глеб", "Денис", "Егор", "Захар", "Лев", "Максим"}
	return fmt.Sprintf("%sков %s %sович", strangerWord(i), first[i%9], first[(i/3)%2*4])
}

// finish judges the records by all that the scene holds and lists what it wants.
func (s *scene) finish(t *testing.T) []check {
	if len(s.wants) == 0 {
		return nil
	}
	rules, err := Compile(s.portrait, s.settings, Shipped(), "test")
	if err != nil {
		t.Fatal(err)
	}
	s.rules = rules
	s.settle()
	var out []check
	for _, w := range s.wants {
		out = append(out, check{w.line, func() (string, error) { return s.judge(w) }})
	}
	return out
}

func (s *scene) settle() {
	s.items = map[*customer.Standard]*Item{}
	var entries []Entry
	add := func(key string, standard *customer.Standard) {
		it := s.rules.Item(standard)
		s.items[standard] = it
		source, key, _ := strings.Cut(key, "/")
		entries = append(entries, Entry{Ref: customer.Ref{Source: customer.Source(source), Key: key}, Item: it})
	}
	for _, name := range s.names {
		add(name, s.records[name])
	}
	for i := range s.crowd {
		add("crowd/"+strconv.Itoa(i), &s.crowd[i])
	}
	for _, w := range s.wants { // contents that were replaced by later ones of their key
		for _, standard := range [...]*customer.Standard{w.a, w.b} {
			if standard != nil && s.items[standard] == nil {
				s.items[standard] = s.rules.Item(standard)
			}
		}
	}
	items := make([]*Item, len(entries))
	for i := range entries {
		items[i] = entries[i].Item
	}
	CountGeneric(items)
	result := Partition(s.rules, entries, nil, Limits{Block: s.settings.BlockLimit, Component: s.settings.ComponentLimit}, 1)
	s.cluster = map[string]int32{}
	for i, name := range s.names {
		s.cluster[name] = result.Cluster[i]
	}
}

func (s *scene) judge(w wanted) (string, error) {
	word, rest, _ := strings.Cut(w.text, " ")
	if word == "groups" {
		return "", s.groups(rest)
	}
	verdict, details, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if w.b == nil {
		return "", fmt.Errorf("a record must stand before want")
	}
	if verdict == "empty" {
		return "", s.empty(w.b)
	}
	if w.a == nil {
		return "", fmt.Errorf("two records must stand before want")
	}
	switch verdict {
	case "same", "apart":
		return s.pair(w, verdict, details != "")
	case "another", "kept":
		if s.rules.Another(s.items[w.a], s.items[w.b]) != (verdict == "another") {
			return "", fmt.Errorf("want %s, got the opposite", verdict)
		}
		return "", nil
	}
	return "", fmt.Errorf("nothing known is wanted: %q", verdict)
}

func (s *scene) empty(standard *customer.Standard) error {
	for _, v := range standard.Values {
		if v.Verdict.Usable() {
			return fmt.Errorf("want empty, but %s counts", s.portrait.Attribute(v.Attribute).Name)
		}
	}
	return nil
}

// pair is what the weight of two records and the vetoes say.
func (s *scene) pair(w wanted, verdict string, detailed bool) (string, error) {
	a, b := s.items[w.a], s.items[w.b]
	got, why := "apart", Why{}
	if a.Kind == b.Kind {
		why = s.rules.Explain(a, b)
		if why.Total >= why.Link && len(why.Vetoes) == 0 {
			got = "same"
		}
	}
	if got != verdict {
		return "", fmt.Errorf("want %s, got %s at %d of %d: %s", verdict, got, why.Total, why.Link, describe(why))
	}
	if got == "same" && len(why.Rules) == 0 {
		return "", fmt.Errorf("no blocking rule brings them together")
	}
	if !detailed {
		return "", nil
	}
	return fmt.Sprintf("want     %-6s %s", got, describe(why)), nil
}

// groups checks which records the clustering put together.
func (s *scene) groups(want string) error {
	byCluster := map[int32][]string{}
	var got, lines []string
	for _, group := range strings.Split(want, "|") {
		names := strings.Fields(group)
		for _, name := range names {
			cluster, known := s.cluster[name]
			if !known {
				return fmt.Errorf("the scene has no record %s", name)
			}
			byCluster[cluster] = append(byCluster[cluster], name)
		}
		slices.Sort(names)
		lines = append(lines, strings.Join(names, " "))
	}
	for _, names := range byCluster {
		slices.Sort(names)
		got = append(got, strings.Join(names, " "))
	}
	slices.Sort(got)
	slices.Sort(lines)
	if !slices.Equal(got, lines) {
		return fmt.Errorf("want groups %s\n got groups %s", strings.Join(lines, " | "), strings.Join(got, " | "))
	}
	return nil
}
