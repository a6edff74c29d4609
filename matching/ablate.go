package matching

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kartoteka/customer"
	"kartoteka/matching/naming"
)

// ModelParts are the parts of a trained model that [Model.Without] takes out, so that what each
// is worth can be measured.
var ModelParts = []string{"frequency", "patronymic", "spelling", "household", "learned-m", "learned-levels", "learned-prior", "chosen-rules"}

// Without gives a trained model in which one part says nothing; everything else stays as it was learned.
func (m *Model) Without(p *customer.Portrait, part string) (*Model, error) {
	if !slices.Contains(ModelParts, part) {
		return nil, fmt.Errorf("%q is no part of a model; it has %s", part, strings.Join(ModelParts, ", "))
	}
	out := *m
	out.Kinds = map[customer.Kind]*KindModel{}
	for kind, held := range m.Kinds {
		k := *held
		k.Types, k.Attributes, k.Frequencies = maps.Clone(held.Types), maps.Clone(held.Attributes), maps.Clone(held.Frequencies)
		k.leaveOut(p, kind, part)
		out.Kinds[kind] = &k
	}
	return &out, nil
}

func (k *KindModel) leaveOut(p *customer.Portrait, kind customer.Kind, part string) {
	switch part {
	case "frequency": // each value is as frequent as the average one
		for name, f := range k.Frequencies {
			k.Frequencies[name] = &Frequencies{Count: f.Count, Average: f.Average, Rare: f.Average}
		}
	case "patronymic":
		k.change(func(name string) bool { return strings.HasSuffix(name, ".patronymic") }, silence)
	case "spelling": // what is not equal differs
		k.change(func(name string) bool {
			return slices.Contains([]string{"last", "first", "patronymic"}, lastPartOf(name))
		}, asDifferent)
	case "household": // the rival explanation never is the better one
		k.Kinship, k.KinCaution = 1e-9, 0
	case "learned-m":
		for name, levels := range k.Attributes {
			k.Attributes[name] = withM(levels, shippedFor(p, kind, name))
		}
	case "learned-levels":
		k.Attributes = nil
	case "learned-prior":
		k.Duplicates = 0
	case "chosen-rules":
		k.Rules = nil
	}
}

func lastPartOf(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// change replaces the levels of all names that fit.
func (k *KindModel) change(fits func(string) bool, to func(Levels) Levels) {
	for _, group := range []map[string]Levels{k.Types, k.Attributes} {
		for name, levels := range group {
			if fits(name) {
				group[name] = to(levels)
			}
		}
	}
}

// silence makes levels that weigh nothing, whatever they compare with.
func silence(levels Levels) Levels {
	out := Levels{}
	for key, l := range levels {
		out[key] = Level{M: l.U, U: l.U}
	}
	return out
}

// nearLevels are reached by values that are not equal but may be one.
var nearLevels = []string{"gendered", "part", "form", "close", "similar"}

func asDifferent(levels Levels) Levels {
	out := maps.Clone(levels)
	for _, key := range nearLevels {
		if _, ok := out[key]; ok {
			out[key] = out["differs"]
		}
	}
	return out
}

// shippedFor finds the shipped levels that an attribute's learned ones came from.
func shippedFor(p *customer.Portrait, kind customer.Kind, name string) Levels {
	a, part := (&Trainer{portrait: p}).attributeOf(kind, name)
	if a == nil {
		return nil
	}
	names := levelNames(a)
	if part != "" {
		names = []string{string(a.Type) + part}
	}
	return Shipped().Kinds[kind].levels(names...)
}

func withM(levels, shipped Levels) Levels {
	out := maps.Clone(levels)
	for key, l := range out {
		if s, ok := shipped[key]; ok {
			l.M = s.M
			out[key] = l
		}
	}
	return out
}

// ForgetScripts makes the names of an item that are written in Cyrillic incomparable with those
// in Latin letters: what a matcher sees that does not transliterate. Names of one script compare
// as before, and blocking still brings both together.
func ForgetScripts(it *Item) {
	for i := range it.nameList() {
		n := &it.nameList()[i]
		if naming.IsCyrillic(n.lastName.written) || naming.IsCyrillic(n.givenName.written) {
			n.turn()
		}
	}
}

// turn maps the skeletons of a name to other letters, so that what was equal or near stays so.
func (n *personName) turn() {
	last, given, patronymic, maiden := *n.lastName, *n.givenName, *n.patronymicName, *n.maiden
	last.last, last.stem, last.written = turned(last.last), turned(last.stem), none
	last.halves = [2]word{turned(last.halves[0]), turned(last.halves[1])}
	given.first, given.written = turned(given.first), none
	for i := range given.forms {
		given.forms[i] = turned(given.forms[i])
	}
	patronymic.patronymic, maiden.stem = turned(patronymic.patronymic), turned(maiden.stem)
	n.lastName, n.givenName, n.patronymicName, n.maiden = &last, &given, &patronymic, &maiden
}

func turned(s word) word {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return 'a' + (r-'a'+13)%26
		}
		return r
	}, s)
}
