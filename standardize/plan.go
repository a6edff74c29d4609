package standardize

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers/v2"
)

// plan is the numbering plan of a region, compiled from the library's metadata: the library
// itself runs a dozen regular expressions on each number.
type plan struct {
	region  string
	code    string // calling code
	types   *automaton
	lengths [len(planTypes) + 1]uint32 // by pattern: a bit for each possible length; 0 for any
	local   uint32                     // lengths of numbers that are dialed within an area only
	leading *automaton                 // how numbers of this region begin, if it shares its code; nil if validity tells
	prefix  *automaton                 // national prefix; nil if there is none
	idd     *automaton                 // international prefix
	rewrite bool                       // the national prefix is not only taken off
	opaque  bool                       // the national prefix is beyond an automaton
	alike   bool                       // fixed and mobile numbers cannot be told apart
	once    sync.Once
	shared  []*plan // see sharing
}

// planTypes are the kinds of numbers in the order in which the library looks for them; its
// general pattern has bit 0, they have the bits above.
var planTypes = [...]struct {
	of   func(*phonenumbers.PhoneMetadata) *phonenumbers.PhoneNumberDesc
	kind phonenumbers.PhoneNumberType
}{
	{(*phonenumbers.PhoneMetadata).GetPremiumRate, phonenumbers.PREMIUM_RATE},
	{(*phonenumbers.PhoneMetadata).GetTollFree, phonenumbers.TOLL_FREE},
	{(*phonenumbers.PhoneMetadata).GetSharedCost, phonenumbers.SHARED_COST},
	{(*phonenumbers.PhoneMetadata).GetVoip, phonenumbers.VOIP},
	{(*phonenumbers.PhoneMetadata).GetPersonalNumber, phonenumbers.PERSONAL_NUMBER},
	{(*phonenumbers.PhoneMetadata).GetPager, phonenumbers.PAGER},
	{(*phonenumbers.PhoneMetadata).GetUan, phonenumbers.UAN},
	{(*phonenumbers.PhoneMetadata).GetVoicemail, phonenumbers.VOICEMAIL},
	{(*phonenumbers.PhoneMetadata).GetFixedLine, phonenumbers.FIXED_LINE},
	{(*phonenumbers.PhoneMetadata).GetMobile, phonenumbers.MOBILE},
}

// The places of the last two in planTypes, as bits.
const (
	fixedBit  = 1 << (len(planTypes) - 1)
	mobileBit = 1 << len(planTypes)
)

// plans compiles the plan of a region when it is first asked for; nil if there is none.
var plans = sync.OnceValue(func() map[string]func() *plan {
	all := map[string]func() *plan{}
	collection, err := phonenumbers.MetadataCollection()
	if err != nil {
		return all
	}
	for _, m := range collection.GetMetadata() {
		all[m.GetId()] = sync.OnceValue(func() *plan { return newPlan(m) })
	}
	return all
})

func planOf(region string) *plan {
	if p := plans()[region]; p != nil {
		return p()
	}
	return nil
}

func newPlan(m *phonenumbers.PhoneMetadata) *plan {
	p := &plan{region: m.GetId(), code: strconv.Itoa(int(m.GetCountryCode())), rewrite: m.GetNationalPrefixTransformRule() != "", alike: m.GetSameMobileAndFixedLinePattern()}
	general := m.GetGeneralDesc()
	patterns := []string{general.GetNationalNumberPattern()}
	p.lengths[0], p.local = lengthBits(general.GetPossibleLength()), lengthBits(general.GetPossibleLengthLocalOnly())
	for i, t := range planTypes {
		patterns = append(patterns, t.of(m).GetNationalNumberPattern())
		p.lengths[i+1] = lengthBits(t.of(m).GetPossibleLength())
	}
	p.types = newAutomaton(patterns)
	ok := p.types != nil && p.lengths[0] != 0
	compile := func(pattern string) *automaton {
		if pattern == "" {
			return nil
		}
		a := newAutomaton([]string{pattern})
		ok = ok && a != nil
		return a
	}
	p.leading, p.idd = compile(m.GetLeadingDigits()), compile(m.GetInternationalPrefix())
	if !ok {
		return nil
	}
	if p.prefix = compile(m.GetNationalPrefixForParsing()); !ok {
		p.opaque = true
	}
	return p
}

// lengthBits sets a bit for each length; -1 means that no number fits, which bit 31 stands for.
func lengthBits(lengths []int32) (bits uint32) {
	for _, n := range lengths {
		bits |= 1 << (n & 31)
	}
	return bits
}

// fits gives a bit for each pattern that a national number fits, lengths included.
func (p *plan) fits(national string) uint32 {
	found := p.types.fits(national)
	for i, possible := range p.lengths {
		if possible != 0 && possible&(1<<len(national)) == 0 {
			found &^= 1 << i
		}
	}
	return found
}

// viable reports whether a number fits the general pattern.
func (p *plan) viable(national string) bool { return p.types.fits(national)&1 != 0 }

// kindOf is the kind of a national number, UNKNOWN if it is not valid.
func (p *plan) kindOf(national string) phonenumbers.PhoneNumberType {
	found := p.fits(national)
	if found&1 == 0 {
		return phonenumbers.UNKNOWN
	}
	for i := range planTypes[:len(planTypes)-2] {
		if found&(2<<i) != 0 {
			return planTypes[i].kind
		}
	}
	switch fixed, mobile := found&fixedBit != 0, found&mobileBit != 0; {
	case fixed && (mobile || p.alike):
		return phonenumbers.FIXED_LINE_OR_MOBILE
	case fixed:
		return phonenumbers.FIXED_LINE
	case mobile && !p.alike:
		return phonenumbers.MOBILE
	}
	return phonenumbers.UNKNOWN
}

// strip takes the national prefix off; ok is false where only the library knows.
func (p *plan) strip(number string) (national string, ok bool) {
	switch {
	case p.opaque:
		return "", false
	case p.prefix == nil || number == "":
		return number, true
	}
	switch ways, length := p.prefix.begins(number); {
	case ways == 0:
		return number, true
	case ways > 1 || p.rewrite:
		return "", false
	case p.viable(number) && !p.viable(number[length:]):
		return number, true
	default:
		return number[length:], true
	}
}

// tooLong and possible judge a length as the library does.
func (p *plan) tooLong(n int) bool { return p.local&(1<<n) == 0 && p.lengths[0]>>n == 0 }

func (p *plan) possible(n int) bool { return p.local&(1<<n) == 0 && p.lengths[0]&(1<<n) != 0 }

// numberOf reads digits as the library does, for a number in the international way or one of a
// region: in E.164, with its kind, UNKNOWN if no such number is given out. It is not ok where
// only the library knows.
func numberOf(digits string, plus bool, region string) (e164 string, kind phonenumbers.PhoneNumberType, ok bool) {
	if len(digits) < 7 || len(digits) > 16 {
		return "", 0, false
	}
	p, national := planOf(region), digits
	if plus {
		p, national = abroad(digits)
	}
	if p == nil {
		return "", 0, false
	}
	if !plus {
		if national, ok = p.domestic(digits); !ok {
			return "", 0, false
		}
	}
	stripped, ok := p.strip(national)
	if !ok || len(national) < 3 {
		return "", 0, false
	}
	if p.possible(len(stripped)) || p.tooLong(len(stripped)) {
		national = stripped
	}
	if len(national) < 3 {
		return "", 0, false
	}
	if kind, ok = kindWithin(p, national); !ok {
		return "", 0, false
	}
	if plus && len(national)+len(p.code) == len(digits) {
		return "+" + digits, kind, true
	}
	return "+" + p.code + national, kind, true
}

// abroad finds the plan by the calling code.
func abroad(digits string) (p *plan, national string) {
	if digits[0] == '0' {
		return nil, ""
	}
	for n := 1; n <= 3; n++ {
		if regions := regionsOf(digits[:n]); len(regions) > 0 {
			return planOf(regions[0]), digits[n:]
		}
	}
	return nil, ""
}

func regionsOf(code string) []string {
	return phonenumbers.GetRegionCodesForCountryCode(number2(code))
}

// domestic takes off the region's own calling code, where the library would.
func (p *plan) domestic(digits string) (national string, ok bool) {
	if p.idd != nil {
		if ways, _ := p.idd.begins(digits); ways > 0 {
			return "", false
		}
	}
	rest, has := strings.CutPrefix(digits, p.code)
	if !has {
		return digits, true
	}
	stripped, ok := p.strip(rest)
	if ok && (!p.viable(digits) && p.viable(stripped) || p.tooLong(len(digits))) {
		return stripped, len(stripped) > 0
	}
	return digits, ok
}

// sharing lists the plans of the same calling code; nil stands for one that only the library knows.
func (p *plan) sharing() []*plan {
	p.once.Do(func() {
		for _, region := range regionsOf(p.code) {
			p.shared = append(p.shared, planOf(region))
		}
	})
	return p.shared
}

// kindWithin finds the kind of a number among the regions that share a calling code.
func kindWithin(p *plan, national string) (kind phonenumbers.PhoneNumberType, ok bool) {
	sharing := p.sharing()
	if len(sharing) == 1 {
		return p.kindOf(national), true
	}
	for _, q := range sharing {
		if q == nil {
			return 0, false
		}
		if q.leading != nil {
			if ways, _ := q.leading.begins(national); ways > 0 {
				return q.kindOf(national), true
			}
		} else if kind := q.kindOf(national); kind != phonenumbers.UNKNOWN {
			return kind, true
		}
	}
	return phonenumbers.UNKNOWN, true
}
