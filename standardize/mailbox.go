package standardize

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed dict/maildomains.txt
var mailDomainsText string

// mailDomain is what is known of a domain.
type mailDomain struct {
	main         string // the domain that stands for all of the mailbox
	dots, dashes bool   // a.b = ab; a.b = a-b
}

// mailBook is the dictionary of mail domains.
type mailBook struct {
	domains map[string]mailDomain
	slips   map[string]string // a wrong domain → the right one
	endings map[string]string // a wrong top-level domain → the right one
	long    []string          // domains whose slips can be told from other people's domains
}

var mailBookOf = sync.OnceValue(func() *mailBook {
	b := &mailBook{map[string]mailDomain{}, map[string]string{}, map[string]string{}, nil}
	for line := range lines(mailDomainsText) {
		sign, rest, _ := strings.Cut(line, " ")
		switch sign {
		case "?":
			for domain := range strings.FieldsSeq(rest) {
				b.domains[domain] = mailDomain{main: domain}
			}
		case "=":
			addSlips(b.slips, rest)
		case ".":
			addSlips(b.endings, rest)
		default:
			b.addProvider(line)
		}
	}
	return b
})

func addSlips(to map[string]string, line string) {
	right, wrong, _ := strings.Cut(line, ":")
	for w := range strings.FieldsSeq(wrong) {
		to[w] = right
	}
}

func (b *mailBook) addProvider(line string) {
	names, habits, _ := strings.Cut(line, "|")
	list := strings.Fields(names)
	for _, domain := range list {
		b.domains[domain] = mailDomain{list[0], strings.Contains(habits, "dots"), strings.Contains(habits, "dashes")}
	}
	if len(list[0]) >= len("gmail.com") {
		b.long = append(b.long, list[0])
	}
}

// Mailbox gives the mailbox that an address in standard form leads to: what the provider does not
// tell apart (dots of Gmail, ya.ru and yandex.ru, googlemail.com) is written in one way, and a tag
// behind + is gone. It is made to be compared, not to be written to.
func Mailbox(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return address
	}
	known := mailBookOf().domains[domain]
	tag := strings.IndexByte(local, '+')
	dotted := (known.dots || known.dashes) && strings.Contains(local, ".")
	if tag < 1 && !dotted && (known.main == "" || known.main == domain) {
		return address
	}
	if tag > 0 {
		local = local[:tag]
	}
	switch {
	case known.dots:
		local = strings.ReplaceAll(local, ".", "")
	case known.dashes:
		local = strings.ReplaceAll(local, ".", "-")
	}
	if known.main != "" {
		domain = known.main
	}
	return local + "@" + domain
}

// mendDomain gives the domain that was meant; "" when nothing is wrong with it, as far as one can tell.
func mendDomain(domain string) string {
	b := mailBookOf()
	if b.domains[domain].main != "" {
		return ""
	}
	if right := b.slips[domain]; right != "" {
		return right
	}
	if dot := strings.LastIndexByte(domain, '.'); dot > 0 {
		if ending := b.endings[domain[dot+1:]]; ending != "" {
			mended := domain[:dot+1] + ending
			if right := mendDomain(mended); right != "" {
				return right
			}
			return mended
		}
	}
	for _, right := range b.long {
		if oneSlip(domain, right) {
			return right
		}
	}
	return ""
}

// oneSlip reports whether a text is another one with one letter too many, missing, wrong or exchanged with
// its neighbor; the first letter is seldom wrong.
func oneSlip(s, right string) bool {
	if s == "" || s[0] != right[0] || len(s) < len(right)-1 || len(s) > len(right)+1 {
		return false
	}
	i := 0
	for i < len(s) && i < len(right) && s[i] == right[i] {
		i++
	}
	a, b := s[i:], right[i:]
	switch {
	case len(a) > len(b):
		return a[1:] == b
	case len(a) < len(b):
		return a == b[1:]
	case len(a) > 1 && a[0] == b[1] && a[1] == b[0]:
		return a[2:] == b[2:]
	}
	return len(a) > 0 && a[1:] == b[1:]
}
