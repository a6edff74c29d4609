package matching

import "kartoteka/customer"

// mostRules is how many blocking rules a kind may have.
const mostRules = 255

// catalog lists the blocking rules that training chooses from.
func catalog(kind customer.Kind, attributes []customer.Attribute) [][]string {
	c := chooser{kind: kind}
	for i := range attributes {
		c.meet(&attributes[i])
	}
	if kind == customer.Organization {
		c.organization()
		return c.out
	}
	c.person()
	c.lavish()
	return c.out[:min(mostRules, len(c.out))]
}

// lavish adds what finds people whose names or dates were written otherwise, or of whom two
// records say little that is common: each part by itself, and two of different kinds together.
func (c *chooser) lavish() {
	c.names()
	c.halves()
	who := []string{c.part(c.name, ".last.sound"), c.part(c.name, ".first"), c.part(c.name, ".last.head"), c.part(c.name, ".first.head"), c.part(c.name, ".word")}
	when := []string{c.part(c.birth, ".year"), c.part(c.birth, ".month"), c.part(c.birth, ".day"), c.part(c.birth, ".year.day")}
	where := []string{c.part(c.place, ".city"), c.part(c.place, ".postcode"), c.part(c.place, ".street"), c.part(c.place, ".house"),
		c.part(c.place, ".area"), c.part(c.place, ".city.head")}
	for _, place := range where {
		c.rule(place)
	}
	c.rule(c.part(c.place, ".flat"))
	c.each(who, when)
	for _, place := range append(where, c.texts...) {
		c.rule(place)
		c.each(who, []string{place})
		c.each(append([]string{c.birth}, when...), []string{place})
		c.rule(c.part(c.name, ".first"), c.part(c.birth, ".year"), place)
	}
}

// names adds names and dates by themselves.
func (c *chooser) names() {
	for _, form := range []string{".sounds", ".heads", ".last.sound", ".first", ".word", ".last.head", ".first.head", ".word.head"} {
		c.rule(c.part(c.name, form))
	}
	c.rule(c.part(c.name, ".heads"), c.part(c.birth, ".year"))
	c.rule(c.birth)
	c.rule(c.part(c.birth, ".month"))
}

// halves adds parts of numbers and addresses, for when the whole has a slip of the pen.
func (c *chooser) halves() {
	for _, phone := range c.phones {
		c.rule(phone + ".last7")
		c.rule(phone + ".tail")
	}
	for _, number := range c.numbers {
		c.rule(number + ".head")
		c.rule(number + ".tail")
	}
	for _, email := range c.emails {
		c.rule(email + ".head")
		c.rule(email + ".tail")
		c.rule(email + ".host")
	}
}

// each adds every one of some parts with every one of others.
func (c *chooser) each(some, others []string) {
	for _, one := range some {
		for _, other := range others {
			c.rule(one, other)
		}
	}
}

// part is a form of an attribute; "" if there is no such attribute.
func (c *chooser) part(attribute, form string) string {
	if attribute == "" {
		return ""
	}
	return attribute + form
}
