package main

import (
	"strings"
	"testing"

	"kartoteka/access"
	"kartoteka/customer"
)

// TestWhoSeesSomeSourcesSeesTheirCustomersOnly asks about everybody in every way, as one who is limited to a source:
// customers with a record of it are there in each answer, and the others in none, also where codes were joined, parted
// and given to somebody else (R24, R26).
func TestWhoSeesSomeSourcesSeesTheirCustomersOnly(t *testing.T) {
	t.Parallel()
	c := messyDoor(t).openCounter()
	c.staff()
	everything, everybody := c.crosswalk(), c.who
	for _, source := range []string{"crm", "billing", "shop"} {
		own := map[string]bool{}
		for ref, code := range everything {
			if strings.HasPrefix(ref, source+"/") {
				own[code] = true
			}
		}
		if len(own) == 0 {
			t.Fatalf("%s knows nobody", source)
		}
		c.who = &access.Subject{ID: "local:" + source, Roles: access.Roles(), Sources: []customer.Source{customer.Source(source)}, Via: access.ViaSession}
		for ref, code := range everything {
			paths := []string{"/v1/crosswalk/" + ref, "/v1/why?a=" + ref + "&b=" + ref}
			for _, about := range []string{"", "/card?records=9", "/records", "/history", "/graph"} {
				paths = append(paths, "/v1/golden/"+code+about)
			}
			for _, path := range paths {
				if w := c.ask("GET", path, nil); w.Code >= 500 || w.Code == 404 == own[code] && !strings.HasPrefix(path, "/v1/why") {
					t.Errorf("%s of a customer whom %s knows: %t: %d %s", path, source, own[code], w.Code, w.Body)
				}
			}
		}
		for _, path := range []string{"/v1/snapshot", "/v1/changes?golden=true&limit=1000", "/v1/tasks?limit=200", "/v1/tasks?limit=200&state=done", "/v1/match?text=Титов+Глеб", "/v1/rejects", "/v1/proposals"} {
			w := c.ask("GET", path, nil)
			if w.Code != 200 {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
			for ref := range everything {
				whose, key, _ := strings.Cut(ref, "/")
				if own[everything[ref]] || path == "/v1/rejects" {
					continue
				}
				if strings.Contains(w.Body.String(), `"source":"`+whose+`","key":"`+key+`"`) {
					t.Errorf("%s shows %s the record %s", path, source, ref)
				}
			}
		}
		c.who = everybody
	}
}
