package matching

// Levels of the name core of an organization.
const (
	coreExact = iota
	coreMost
	coreAcronym
	coreClose
	coreDiffers
)

var (
	coreKeys = []string{"exact", "most", "acronym", "close", "differs"}
	formKeys = []string{"exact", "differs"}
)

// orgComparison compares names of organizations as sets of words, each worth its rarity.
type orgComparison struct {
	core, form []level
}

func newOrgComparison(k *KindModel, attribute string) (c *orgComparison, err error) {
	c = new(orgComparison)
	if c.core, err = k.table(coreKeys, attribute+".core", "organization_name.core"); err != nil {
		return nil, err
	}
	c.form, err = k.table(formKeys, attribute+".form", "organization_name.form")
	return c, err
}

func (c *orgComparison) compare(a, b *Item, t *trace) finding {
	var found finding
	var bestX, bestY *orgName
	for i := range a.features.orgs {
		for j := range b.features.orgs {
			x, y := &a.features.orgs[i], &b.features.orgs[j]
			if f := c.pair(x, y, nil); f.better(found) {
				found, bestX, bestY = f, x, y
			}
		}
	}
	if t != nil && found.seen {
		c.pair(bestX, bestY, t)
	}
	return found
}

func (c *orgComparison) pair(x, y *orgName, t *trace) finding {
	if x.sorted == none || y.sorted == none {
		return finding{}
	}
	at, rarity := c.coreLevel(x, y)
	sum := t.note("core", &c.core[at], rarity, rarity, x.joined, y.joined)
	if x.form == none || y.form == none || at == coreDiffers {
		return sum
	}
	if x.form == y.form {
		return sum.add(t.note("form", &c.form[0], 0, 0, x.form, y.form))
	}
	return sum.add(t.note("form", &c.form[1], 0, 0, x.form, y.form))
}

// coreLevel finds the level and how rare what is shared is.
func (c *orgComparison) coreLevel(x, y *orgName) (int, int16) {
	if x.sorted == y.sorted || x.joined == y.joined {
		return coreExact, min(x.worth(), y.worth())
	}
	common, all := shared(x.tokens, y.tokens)
	if common > 0 && 10*common >= 6*all {
		return coreMost, clampRarity(common - orgBase)
	}
	if x.acronym != none && x.acronym == y.joined || y.acronym != none && y.acronym == x.joined {
		return coreAcronym, 0
	}
	s, o := ordered(x.joined, y.joined)
	if n := nearness(s, o); n == 2 || n == 1 && common > 0 {
		return coreClose, min(x.worth(), y.worth())
	}
	return coreDiffers, 0
}

// orgBase is the worth of the words of an average name, in hundredths of a bit; the table's u stands for it.
const orgBase = 1200

func clampRarity(w Weight) int16 { return int16(max(-maxRarity, min(maxRarity, w))) }

// worth is how much rarer than average the words of a name are together.
func (n *orgName) worth() int16 {
	var sum Weight
	for i := range n.tokens {
		sum += Weight(n.tokens[i].rarity)
	}
	return clampRarity(sum - orgBase)
}

// shared weighs the words that two names have in common against all words of either. Words
// written nearly alike count by three quarters.
func shared(x, y []orgToken) (common, all Weight) {
	var sumX, sumY Weight
	for i := range x {
		sumX += Weight(x[i].rarity)
		common += commonWeight(&x[i], y)
	}
	for i := range y {
		sumY += Weight(y[i].rarity)
	}
	var back Weight // the other way round: two words may be near the same one
	for i := range y {
		back += commonWeight(&y[i], x)
	}
	common = min(common, back)
	return common, sumX + sumY - common
}

func commonWeight(t *orgToken, list []orgToken) Weight {
	best := Weight(0)
	for i := range list {
		o := &list[i]
		switch {
		case o.hash == t.hash:
			return Weight(t.rarity)
		case nearness(ordered(t.text, o.text)) == 2:
			best = max(best, Weight(min(t.rarity, o.rarity))*3/4)
		}
	}
	return best
}
