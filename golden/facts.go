package golden

import (
	"cmp"
	"slices"

	"kartoteka/customer"
)

// facts gathers what hangs on the members: it belongs to them, so an unmerge returns it by itself.
func (b *builder) facts(g *customer.Golden, grants []customer.Grant) {
	var consents []statements
	for _, m := range b.members {
		g.Relations = append(g.Relations, m.Standard.Relations...)
		g.Products = append(g.Products, m.Standard.Products...)
		if said := statementsOf(m, b.valid(grants)); len(said.own)+len(said.granted) > 0 {
			consents = append(consents, said)
		}
	}
	if len(consents) > 0 {
		g.Consents = meet(consents)
	}
	slices.SortFunc(g.Products, compareProducts)
	g.Products = slices.Compact(g.Products)
	slices.SortFunc(g.Relations, compareRelations)
	g.Relations = b.latestRelations(g.Kind, slices.Compact(g.Relations))
}

// latestRelations keeps one relation of each attribute whose rule is KeepLatest: an open one
// before a closed one, then the one that began last.
func (b *builder) latestRelations(kind customer.Kind, relations []customer.Relation) []customer.Relation {
	best := map[string]int{}
	return slices.DeleteFunc(relations, func(r customer.Relation) bool {
		id, known := b.portrait.Lookup(kind, r.Attribute)
		if !known || b.portrait.Attribute(id).Keep != customer.KeepLatest {
			return false
		}
		if _, decided := best[r.Attribute]; !decided {
			best[r.Attribute] = latestOf(relations, r.Attribute)
		}
		best[r.Attribute]--
		return best[r.Attribute] != -1
	})
}

// latestOf is the place of the latest relation among those of one attribute.
func latestOf(relations []customer.Relation, attribute string) int {
	best, place, n := customer.Relation{}, 0, 0
	for _, r := range relations {
		if r.Attribute != attribute {
			continue
		}
		if n == 0 || laterRelation(r, best) {
			best, place = r, n
		}
		n++
	}
	return place
}

func laterRelation(a, b customer.Relation) bool {
	if a.To.IsZero() != b.To.IsZero() {
		return a.To.IsZero()
	}
	return cmp.Or(compareDates(a.From, b.From), compareDates(a.To, b.To)) > 0
}

func compareProducts(a, b customer.Product) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Status, b.Status),
		compareDates(a.Opened, b.Opened), compareDates(a.Closed, b.Closed))
}

func compareRelations(a, b customer.Relation) int {
	return cmp.Or(cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Role, b.Role),
		cmp.Compare(a.Target.Source, b.Target.Source), cmp.Compare(a.Target.Key, b.Target.Key),
		compareDates(a.From, b.From), compareDates(a.To, b.To))
}

func compareDates(a, b customer.Date) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Day, b.Day))
}
