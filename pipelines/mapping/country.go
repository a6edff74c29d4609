package mapping

import (
	"strings"
	"unicode"
)

// lettersOf tells a country from letters that only its language has.
var lettersOf = map[rune]string{'і': "UA", 'ї': "UA", 'є': "UA", 'ґ': "UA", 'ў': "BY", 'ә': "KZ", 'ғ': "KZ", 'қ': "KZ", 'ң': "KZ", 'ө': "KZ", 'ұ': "KZ", 'ү': "KZ"}

// prefixesOf tells a country from international telephone numbers.
var prefixesOf = []struct{ prefix, country string }{{"+380", "UA"}, {"+375", "BY"}, {"+77", "KZ"}, {"+7", "RU"}, {"+61", "AU"}, {"+44", "GB"}, {"+49", "DE"}, {"+256", "UG"}}

// statesOf tells a country from its states.
var statesOf = map[string]string{"nsw": "AU", "vic": "AU", "qld": "AU", "tas": "AU", "act": "AU",
	"ca": "US", "ny": "US", "tx": "US", "fl": "US", "il": "US", "wa": "US", "oh": "US", "ga": "US", "nc": "US", "mi": "US", "nj": "US", "va": "US", "az": "US", "ma": "US", "pa": "US"}

// country takes the country that most of what the values say speaks for.
func (f *inference) country() string {
	votes := map[string]int{}
	for i, c := range f.columns {
		vote(votes, f.guesses[i].concept, c)
	}
	best := ""
	for country, n := range votes {
		if n > votes[best] || n == votes[best] && country < best {
			best = country
		}
	}
	return best
}

func vote(votes map[string]int, k concept, c *column) {
	switch k.attribute {
	case "rnokpp", "edrpou":
		votes["UA"] += c.filled
	case "unp", "personal_no":
		votes["BY"] += c.filled
	case "iin":
		votes["KZ"] += c.filled
	case "inn", "snils", "-inn+kpp":
		votes["RU"] += c.filled
	}
	for _, v := range c.values {
		switch {
		case k.part == "region":
			if country := statesOf[strings.ToLower(v)]; country != "" {
				votes[country]++
			}
		case k.attribute == "phone":
			votePhone(votes, v)
		case k.attribute == "name" || k.attribute == "full" || k.attribute == "person" || k.attribute == "org" || k.attribute == "address":
			voteLetters(votes, v)
		}
	}
}

func votePhone(votes map[string]int, v string) {
	for _, p := range prefixesOf {
		if strings.HasPrefix(v, p.prefix) {
			votes[p.country]++
			return
		}
	}
}

// voteLetters: letters of one language count double against plain Cyrillic, which most of them share.
func voteLetters(votes map[string]int, v string) {
	cyrillic := false
	for _, r := range v {
		r = unicode.ToLower(r)
		if country := lettersOf[r]; country != "" {
			votes[country] += 2
			return
		}
		cyrillic = cyrillic || r >= 'а' && r <= 'я'
	}
	if cyrillic {
		votes["RU"]++
	}
}
