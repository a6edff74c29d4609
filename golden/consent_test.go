package golden

import (
	"testing"

	"kartoteka/customer"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func said(channel string, given bool, at int) customer.Consent {
	c := customer.Consent{Purpose: "marketing", Channel: channel, Given: given}
	if at > 0 {
		c.At = day(at)
	}
	return c
}

func own(records ...[]customer.Consent) []statements {
	out := make([]statements, len(records))
	for i := range records {
		out[i].own = records[i]
	}
	return out
}

func TestConsentIsAMeet(t *testing.T) {
	type records [][]customer.Consent
	for _, tt := range []struct {
		name    string
		records records
		want    []customer.Consent
	}{
		{"SilenceIsNoConsent", nil, nil},
		{"LatestOfOneRecordWins", records{{said("sms", false, 1), said("sms", true, 2)}}, []customer.Consent{said("sms", true, 2)}},
		{"WithdrawalWinsTies", records{{said("sms", true, 1), said("sms", false, 1)}}, []customer.Consent{said("sms", false, 1)}},
		{"UndatedRefusalStands", records{{said("sms", true, 2), said("sms", false, 0), said("sms", false, 1)}}, []customer.Consent{said("sms", false, 1)}},
		{"RefusalWinsAcrossRecords", records{{said("sms", false, 1)}, {said("sms", true, 3)}}, []customer.Consent{said("sms", false, 1)}},
		{"RefusalOfEveryChannelReachesOthers", records{{said("", false, 2)}, {said("sms", true, 3)}}, []customer.Consent{said("", false, 2), said("sms", false, 2)}},
		{"OwnLaterConsentToOneChannel", records{{said("", false, 1), said("sms", true, 3)}}, []customer.Consent{said("", false, 1), said("sms", true, 3)}},
		{"ConsentDoesNotSpread", records{{said("", true, 3)}, {said("sms", false, 1)}}, []customer.Consent{said("", true, 3), said("sms", false, 1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, meet(own(tt.records...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoJoinTurnsARefusalIntoAConsent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left := rapid.SliceOfN(someConsent, 0, 4).Draw(t, "left")
		right := rapid.SliceOfN(someConsent, 0, 4).Draw(t, "right")
		joined := meet(own(left, right))
		for _, part := range [][]customer.Consent{left, right} {
			for _, c := range meet(own(part)) {
				for _, j := range joined {
					if sameScope(c, j) && j.Given && !c.Given {
						t.Fatalf("refused alone, consented together: %+v", j)
					}
				}
			}
		}
		if diff := cmp.Diff(joined, meet(own(right, left))); diff != "" {
			t.Fatal(diff)
		}
		all := Consent(append(append([]customer.Consent{}, left...), right...))
		for i, c := range all {
			if c.Given && !joined[i].Given {
				t.Fatalf("alone statements are stricter than records: %+v", c)
			}
		}
	})
}
