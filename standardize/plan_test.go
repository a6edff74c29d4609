package standardize

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
)

// TestPlansAnswerAsTheLibrary compares the compiled numbering plans with the library on numbers
// that are given out, nearly given out, and not at all, written in the ways that people use.
func TestPlansAnswerAsTheLibrary(t *testing.T) {
	regions := []string{"RU", "UA", "BY", "KZ", "GB", "US", "AU", "DE", "FR", "PL", "IT", "CA"}
	random := rand.New(rand.NewPCG(1, 2))
	answered, all := 0, 0
	for _, region := range regions {
		for i := range 1700 {
			digits, plus := anyNumber(random, region, i)
			wantText, wantKind, wantOK := askLibrary(digits, plus, region)
			text, kind, ok := numberOf(digits, plus, region)
			if all++; !ok {
				continue
			}
			answered++
			if !wantOK || text != wantText || kind != wantKind {
				t.Fatalf("%s %q plus %t: %s %d, the library says %s %d %t", region, digits, plus, text, kind, wantText, wantKind, wantOK)
			}
		}
	}
	if answered*100 < all*85 {
		t.Errorf("the plans know %d of %d only", answered, all)
	}
}

// anyNumber spoils an example of the region, or makes digits up.
func anyNumber(random *rand.Rand, region string, i int) (digits string, plus bool) {
	kinds := []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE, phonenumbers.TOLL_FREE, phonenumbers.VOIP, phonenumbers.PERSONAL_NUMBER}
	national := ""
	if example := phonenumbers.GetExampleNumberForTypeInRegion(region, kinds[i%len(kinds)]); example != nil {
		national = phonenumbers.GetNationalSignificantNumber(example)
	}
	if national == "" || i%4 == 0 {
		national = fmt.Sprint(random.Uint64N(100_000_000_000))
	}
	b := []byte(national)
	for range random.IntN(len(b) + 1) { // the first digits stay more often than the last
		b[len(b)-1-random.IntN(random.IntN(len(b))+1)] = byte('0' + random.IntN(10))
	}
	switch random.IntN(12) {
	case 0:
		b = b[:len(b)-1]
	case 1:
		b = append(b, '7')
	}
	code := fmt.Sprint(phonenumbers.GetCountryCodeForRegion(region))
	prefix := map[string]string{"RU": "8", "KZ": "8", "BY": "80", "US": "1", "CA": "1", "PL": "", "IT": ""}
	trunk, known := prefix[region]
	if !known {
		trunk = "0"
	}
	switch i / 5 % 6 {
	case 0:
		return code + string(b), true
	case 1:
		return code + string(b), false
	case 2:
		return string(b), false
	case 3:
		return code + trunk + string(b), true
	case 4:
		return "00" + code + string(b), false
	}
	return trunk + string(b), false
}

func BenchmarkNumberOf(b *testing.B) {
	for b.Loop() {
		numberOf("07760201627", false, "GB")
		numberOf("12125550123", true, "GB")
	}
}

func BenchmarkPlanOfTheUnitedStates(b *testing.B) {
	collection, err := phonenumbers.MetadataCollection()
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range collection.GetMetadata() {
		if m.GetId() == "US" {
			for b.Loop() {
				newPlan(m)
			}
		}
	}
}
