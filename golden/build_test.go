package golden

import (
	"fmt"
	"slices"
	"testing"

	"kartoteka/customer"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var rules = Rules{Trust: []customer.Source{"a", "b"}}

func TestOrderAndNumbersOfRecordsDecideNothing(t *testing.T) {
	p := portrait(t)
	rapid.Check(t, func(t *rapid.T) {
		members, pins := someMembers(t, p), somePins(t, p)
		want := Build(p, rules, members, &Decided{Pins: pins})
		shuffled := rapid.Permutation(members).Draw(t, "order")
		got := Build(p, rules, shuffled, &Decided{Pins: rapid.Permutation(pins).Draw(t, "pin order")})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		for i := range shuffled { // other record numbers: the same values, other lineage only
			shuffled[i].ID = 100 - shuffled[i].ID
		}
		var a, b customer.Document
		Describe(p, want, &a)
		Describe(p, Build(p, rules, shuffled, &Decided{Pins: pins}), &b)
		if changed := Changed(p, &a, &b); changed != nil {
			t.Fatal(changed)
		}
	})
}

// Every rule keeps these promises, whatever the data are.
func TestEveryRuleIsASurvivorshipRule(t *testing.T) {
	p := portrait(t)
	rapid.Check(t, func(t *rapid.T) {
		members := someMembers(t, p)
		g := Build(p, rules, members, nil)
		for _, a := range p.Of(customer.Person) {
			if a.Type.IsFact() {
				continue
			}
			in, out := usable(members, a.ID), valuesOf(g, a.ID)
			if (len(in) > 0) != (len(out) > 0) {
				t.Fatalf("%s: %d usable values gave %d golden ones", a.Name, len(in), len(out))
			}
			if a.Keep != customer.KeepAll && a.By == "" && len(out) > 1 || a.AtMost > 0 && len(out) > a.AtMost {
				t.Fatalf("%s: %d values survive", a.Name, len(out))
			}
			for _, v := range out {
				checkLineage(t, &a, members, &v)
			}
		}
	})
}

func usable(members []customer.Member, id customer.AttributeID) []customer.Value {
	var out []customer.Value
	for _, m := range members {
		for _, v := range m.Standard.Of(id) {
			if v.Verdict.Usable() {
				out = append(out, v)
			}
		}
	}
	return out
}

func checkLineage(t *rapid.T, a *customer.Attribute, members []customer.Member, v *customer.GoldenValue) {
	m := members[v.Provenance.Record-1]
	if m.Ref.Source != v.Provenance.Source || v.Provenance.Rule != string(a.Keep) {
		t.Fatalf("%s: lineage %+v", a.Name, v.Provenance)
	}
	if !slices.ContainsFunc(m.Standard.Of(a.ID), func(o customer.Value) bool { return o.Standard == v.Standard && o.Verdict == v.Verdict }) {
		t.Fatalf("%s: %q is not what its record says", a.Name, v.Standard)
	}
	if n := v.Provenance.Agreement; n < 1 || n > len(members) || len(v.RunnersUp) > Runners {
		t.Fatalf("%s: agreement %d of %d, %d runners-up", a.Name, n, len(members), len(v.RunnersUp))
	}
}

func TestAPinWinsOverEveryRule(t *testing.T) {
	p := portrait(t)
	for _, keep := range Keeps() {
		name := "text_" + string(keep)
		pin := customer.Pin{Attribute: name, Operation: 7, Value: customer.Value{Verdict: customer.Plausible, Standard: "pinned value"}}
		g := Build(p, rules, []customer.Member{text(t, p, "a", name, "other"), text(t, p, "b", name, "other")}, &Decided{Pins: []customer.Pin{pin}})
		first := g.Values[0]
		if first.Standard != "pinned value" || first.Provenance.Rule != RulePinned || first.Provenance.Agreement != 0 {
			t.Errorf("%s: %+v", keep, first)
		}
		if survivors := len(g.Values); keep == customer.KeepAll && survivors != 2 || keep != customer.KeepAll && survivors != 1 {
			t.Errorf("%s: %d values", keep, survivors)
		}
	}
}

func TestAPinWithoutValueSuppresses(t *testing.T) {
	p := portrait(t)
	members := []customer.Member{text(t, p, "a", "text_all", "x"), text(t, p, "b", "text_all", "y")}
	none := customer.Pin{Attribute: "text_all", Operation: 2, Value: customer.Value{Verdict: customer.Empty}}
	if g := Build(p, rules, members, &Decided{Pins: []customer.Pin{none}}); len(g.Values) != 0 {
		t.Error(g.Values)
	}
	none.Value.Standard = "x"
	if g := Build(p, rules, members, &Decided{Pins: []customer.Pin{none}}); len(g.Values) != 1 || g.Values[0].Standard != "y" {
		t.Error(g.Values)
	}
	back := customer.Pin{Attribute: "text_all", Operation: 3, Value: customer.Value{Verdict: customer.Valid, Standard: "x"}}
	if g := Build(p, rules, members, &Decided{Pins: []customer.Pin{none, back}}); len(g.Values) != 2 || g.Values[0].Standard != "x" {
		t.Error(g.Values)
	}
}

func text(t testing.TB, p *customer.Portrait, source customer.Source, attribute, standard string) customer.Member {
	v := customer.Value{Attribute: id(t, p, attribute), Verdict: customer.Valid, Standard: standard}
	return customer.Member{ID: 1, Revision: 1, Ref: customer.Ref{Source: source, Key: standard}, Standard: &customer.Standard{Kind: customer.Person, Values: []customer.Value{v}}}
}

// claim is a value of one record in a table test.
type claim struct {
	source   customer.Source
	standard string
	parts    []string
	verdict  customer.Verdict // 0: plausible
	kind     string
	day      int // 0: the source does not say
}

func TestSurvivors(t *testing.T) {
	p := portrait(t)
	for _, tt := range []struct {
		name, attribute string
		claims          []claim
		want            string // value/agreement, best first
	}{
		{"TrustedSourceWins", "text_trusted", []claim{{source: "b", standard: "x"}, {source: "c", standard: "y"}, {source: "a", standard: "z"}}, "z/1"},
		{"UnknownSourcesRankLast", "text_trusted", []claim{{source: "c", standard: "x"}, {source: "d", standard: "x"}, {source: "b", standard: "y"}}, "y/1"},
		{"EmptyOfTheMostTrustedDoesNotWipe", "text_trusted", []claim{{source: "a", verdict: customer.Empty}, {source: "b", standard: "y"}}, "y/1"},
		{"InvalidNeverSurvives", "text_trusted", []claim{{source: "a", standard: "x", verdict: customer.Invalid}}, ""},
		{"ValidBeforePlausibleInOneRank", "text_trusted", []claim{{source: "a", standard: "x"}, {source: "a", standard: "y", verdict: customer.Valid}}, "y/1"},
		{"LatestWins", "text_latest", []claim{{source: "a", standard: "x", day: 1}, {source: "c", standard: "y", day: 2}, {source: "a", standard: "z"}}, "y/1"},
		{"MostAgreedWins", "text_most_agreed", []claim{{source: "a", standard: "x"}, {source: "b", standard: "y"}, {source: "c", standard: "y"}}, "y/2"},
		{"SpellingsAgree", "text_most_agreed", []claim{{source: "a", standard: "Орёл"}, {source: "b", standard: "орел"}, {source: "c", standard: "y"}}, "Орёл/2"},
		{"ConfirmedReadingOfADate", "birth_date", []claim{{source: "a", standard: "1985-04-12", verdict: customer.Ambiguous}, {source: "c", standard: "1985-12-04", verdict: customer.Valid}}, "1985-12-04/1"},
		{"AYearYieldsToItsDay", "birth_date", []claim{{source: "a", standard: "1985", day: 2}, {source: "b", standard: "1985", day: 2}, {source: "c", standard: "1985-03-12", day: 1}}, "1985-03-12/1"},
		{"AYearSpeaksForItsDay", "birth_date", []claim{{source: "a", standard: "1990-01-01"}, {source: "b", standard: "1985-03"}, {source: "c", standard: "1985-03-12"}}, "1985-03-12/1"},
		{"AYearBeforeAStrangersDay", "birth_date", []claim{{source: "a", standard: "1985"}, {source: "b", standard: "1985"}, {source: "c", standard: "1990-03-12"}}, "1985/2"},
		{"LongestWins", "text_longest", []claim{{source: "a", standard: "Ян"}, {source: "c", standard: "Анна"}}, "Анна/1"},
		{"TieEndsAtTheText", "text_trusted", []claim{{source: "c", standard: "б"}, {source: "c", standard: "а"}}, "а/1"},
		{"FullNameOverTrustedInitials", "name_trusted", []claim{
			{source: "a", standard: "Ковалёв А. П.", parts: []string{"Ковалёв", "А.", "П."}},
			{source: "c", standard: "Ковалёв Александр", parts: []string{"Ковалёв", "Александр"}}}, "Ковалёв Александр/1"},
		{"CyrillicBeforeItsTransliteration", "name_trusted", []claim{
			{source: "c", standard: "Kovalev Aleksandr", parts: []string{"Kovalev", "Aleksandr"}},
			{source: "d", standard: "Ковалев Александр", parts: []string{"Ковалев", "Александр"}}}, "Ковалев Александр/1"},
		{"MarriedNameIsTheLatest", "name_latest", []claim{
			{source: "a", standard: "Иванова Анна", parts: []string{"Иванова", "Анна"}, day: 1},
			{source: "c", standard: "Смирнова А", parts: []string{"Смирнова", "А"}, day: 2}}, "Смирнова А/1"},
		{"YoIsKept", "name_most_agreed", []claim{
			{source: "c", standard: "Ковалев Петр", parts: []string{"Ковалев", "Петр"}},
			{source: "c", standard: "Ковалёв Пётр", parts: []string{"Ковалёв", "Пётр"}}}, "Ковалёв Пётр/2"},
		{"AtMostTwoPhonesLatestFirst", "phone", []claim{{source: "a", standard: "+71", day: 1}, {source: "a", standard: "+72", day: 2}, {source: "b", standard: "+73", day: 3}}, "+73/1 +72/1"},
		{"OneAddressPerKind", "address", []claim{{source: "a", standard: "old", kind: "living", day: 1}, {source: "b", standard: "new", kind: "living", day: 2},
			{source: "c", standard: "old", kind: "registration", day: 1}}, "new/1 old/1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for i, v := range Build(p, rules, membersOf(t, p, tt.attribute, tt.claims), nil).Values {
				if i > 0 {
					got += " "
				}
				got += fmt.Sprintf("%s/%d", v.Standard, v.Provenance.Agreement)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func membersOf(t testing.TB, p *customer.Portrait, attribute string, claims []claim) []customer.Member {
	var out []customer.Member
	for i, c := range claims {
		m := text(t, p, c.source, attribute, c.standard)
		v := &m.Standard.Values[0]
		v.Parts, v.Kind, v.Verdict = c.parts, c.kind, c.verdict
		if v.Verdict == 0 {
			v.Verdict = customer.Plausible
		}
		if c.day > 0 {
			m.Standard.Observed = day(c.day)
		}
		m.ID, m.Ref.Key = customer.RecordID(i+1), string(rune('0'+i))
		out = append(out, m)
	}
	return out
}

func TestRunnersUpStandBestFirst(t *testing.T) {
	p := portrait(t)
	members := membersOf(t, p, "text_trusted", []claim{{source: "b", standard: "y"}, {source: "c", standard: "y"}, {source: "c", standard: "z"}, {source: "a", standard: "x"}})
	want := []customer.RunnerUp{{Record: 1, Source: "b", Revision: 1, Standard: "y"}, {Record: 3, Source: "c", Revision: 1, Standard: "z"}}
	if diff := cmp.Diff(want, Build(p, rules, members, nil).Values[0].RunnersUp); diff != "" {
		t.Error(diff)
	}
}

func TestAnAttributeMayTrustOtherwise(t *testing.T) {
	p, err := customer.NewPortrait([]customer.Attribute{{Kind: customer.Person, Name: "inn", Type: customer.TypeINN, Keep: customer.KeepTrusted, Trust: []customer.Source{"c"}}})
	if err != nil {
		t.Fatal(err)
	}
	g := Build(p, rules, membersOf(t, p, "inn", []claim{{source: "a", standard: "1"}, {source: "c", standard: "2"}}), nil)
	if g.Values[0].Standard != "2" {
		t.Error(g.Values)
	}
}

func TestTypesAreComplete(t *testing.T) {
	for _, name := range customer.Types() {
		if kind, ok := Types()[name]; !ok || !slices.Contains(Keeps(), kind.Keep) {
			t.Errorf("%s has no rule of survivorship", name)
		}
	}
	if len(Types()) != len(customer.Types()) {
		t.Error("a type is in golden that customer does not know")
	}
}

func TestNobodyIsNoCustomer(t *testing.T) {
	if diff := cmp.Diff(&customer.Golden{}, Build(portrait(t), rules, nil, nil)); diff != "" {
		t.Error(diff)
	}
}
