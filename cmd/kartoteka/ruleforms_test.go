package main

import (
	"regexp"
	"strings"
	"testing"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/phrases"
)

// TestFormsOfBlockingRulesAreSpoken asks for a form that no attribute has: the error lists those it has.
func TestFormsOfBlockingRulesAreSpoken(t *testing.T) {
	conf := config.Default()
	listed := regexp.MustCompile(`it has (.*)$`)
	seen := 0
	for _, kind := range customer.Kinds() {
		for _, a := range conf.Portrait.Of(kind) {
			s := conf.Matching
			s.Kinds = map[customer.Kind]matching.KindSettings{kind: {Candidates: [][]string{{a.Name + ".none"}}}}
			_, err := matching.Compile(conf.Portrait, s, matching.Shipped(), "")
			if err == nil {
				continue
			}
			found := listed.FindStringSubmatch(err.Error())
			if found == nil {
				continue
			}
			for form := range strings.SplitSeq(found[1], ", ") {
				_, derived, is := strings.Cut(form, ".")
				if !is {
					continue
				}
				seen++
				for _, l := range []phrases.Lang{phrases.En, phrases.Ru, phrases.Uk} {
					if !l.Has("rule.form." + derived) {
						t.Errorf("%s: no words for blocking by %s of %s", l, derived, a.Name)
					}
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d forms found", seen)
	}
}
