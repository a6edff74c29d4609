package golden

import (
	"fmt"
	"slices"
	"testing"

	"kartoteka/customer"

	"github.com/google/go-cmp/cmp"
)

// marketing gives the golden consents of members that say these things, with grants.
func marketing(p *customer.Portrait, said map[customer.RecordID][]customer.Consent, revision int, grants ...customer.Grant) []customer.Consent {
	var members []customer.Member
	for id, consents := range said {
		members = append(members, customer.Member{ID: id, Ref: customer.Ref{Source: "s", Key: fmt.Sprint(id)}, Revision: revision,
			Standard: &customer.Standard{Kind: customer.Person, Consents: consents}})
	}
	return Build(p, Rules{}, members, &Decided{Grants: grants}).Consents
}

func granted(at int, records ...customer.RecordID) customer.Grant {
	return customer.Grant{Consent: said("sms", true, at), Records: records, Revisions: slices.Repeat([]int{1}, len(records))}
}

func TestGrants(t *testing.T) {
	type consents = []customer.Consent
	p, err := customer.NewPortrait(nil)
	if err != nil {
		t.Fatal(err)
	}
	yes, no := said("sms", true, 5), said("sms", false, 1)
	for _, tt := range []struct {
		name     string
		said     map[customer.RecordID]consents
		revision int
		grant    customer.Grant
		want     consents
	}{
		{"OverrulesAnEarlierRefusal", map[customer.RecordID]consents{1: {no}, 2: nil}, 1, granted(5, 1, 2), consents{yes}},
		{"OverrulesAnUndatedRefusalOfThen", map[customer.RecordID]consents{1: {said("sms", false, 0)}, 2: nil}, 1, granted(5, 1, 2), consents{yes}},
		{"NotAnUndatedRefusalOfALaterRevision", map[customer.RecordID]consents{1: {said("sms", false, 0)}, 2: nil}, 2, granted(5, 1, 2), consents{said("sms", false, 0)}},
		{"NotALaterRefusal", map[customer.RecordID]consents{1: {said("sms", false, 6)}, 2: nil}, 1, granted(5, 1, 2), consents{said("sms", false, 6)}},
		{"NotTheRefusalOfARecordThatCameLater", map[customer.RecordID]consents{1: nil, 2: nil, 3: {no}}, 1, granted(5, 1, 2), consents{no}},
		{"NothingOnceTheRecordsAreParted", map[customer.RecordID]consents{1: {no}}, 1, granted(5, 1, 2), consents{no}},
		{"NothingForTheOtherPart", map[customer.RecordID]consents{2: nil}, 1, granted(5, 1, 2), nil},
		{"OverrulesForItsChannelOnly", map[customer.RecordID]consents{1: {said("", false, 0)}}, 1, granted(5, 1), consents{said("", false, 0), yes}},
		{"GivesWhereNobodySaidAnything", map[customer.RecordID]consents{1: nil}, 1, granted(5, 1), consents{yes}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, marketing(p, tt.said, tt.revision, tt.grant)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestConsentOverAllTriples holds I14 for each three statements: joined, granted, parted.
func TestConsentOverAllTriples(t *testing.T) {
	p, err := customer.NewPortrait(nil)
	if err != nil {
		t.Fatal(err)
	}
	all := [][]customer.Consent{nil}
	for _, channel := range []string{"", "sms"} {
		for _, at := range []int{0, 1, 6} {
			all = append(all, []customer.Consent{said(channel, false, at)}, []customer.Consent{said(channel, true, at)})
		}
	}
	refused := func(list []customer.Consent) bool {
		return slices.ContainsFunc(list, func(c customer.Consent) bool {
			return !c.Given && covers(&c, &customer.Consent{Purpose: "marketing", Channel: "sms"})
		})
	}
	given := func(list []customer.Consent) bool {
		return slices.ContainsFunc(list, func(c customer.Consent) bool { return c.Given && c.Channel == "sms" })
	}
	for _, a := range all {
		for _, b := range all {
			for _, c := range all {
				records := map[customer.RecordID][]customer.Consent{1: a, 2: b, 3: c}
				if joined := marketing(p, records, 1); (refused(a) || refused(b) || refused(c)) && given(joined) {
					t.Fatalf("%v: a refusal became a consent by joining: %v", records, joined)
				}
				with := marketing(p, records, 1, granted(5, 1, 2))
				if late := slices.ContainsFunc(slices.Concat(a, b), func(s customer.Consent) bool { return !s.Given && s.At.After(day(5)) }); (late || refused(c)) && given(with) {
					t.Fatalf("%v: the grant outlives a later refusal, or one that was not there: %v", records, with)
				} else if !late && !refused(c) && !given(with) {
					t.Fatalf("%v: the grant is lost: %v", records, with)
				}
				for id, own := range records { // parted, each has their own statements back
					if diff := cmp.Diff(marketing(p, map[customer.RecordID][]customer.Consent{id: own}, 1), marketing(p, map[customer.RecordID][]customer.Consent{id: own}, 1, granted(5, 1, 2))); diff != "" {
						t.Fatal(diff)
					}
				}
			}
		}
	}
}
