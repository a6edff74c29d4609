package standardize

import (
	"testing"

	"pgregory.net/rapid"
)

func TestMailbox(t *testing.T) {
	for in, want := range map[string]string{
		"ivan.petrov+shop@gmail.com":  "ivanpetrov@gmail.com",
		"ivanpetrov@googlemail.com":   "ivanpetrov@gmail.com",
		"ivan.petrov@ya.ru":           "ivan-petrov@yandex.ru",
		"ivan-petrov@yandex.com":      "ivan-petrov@yandex.ru",
		"ivan.petrov@mail.ru":         "ivan.petrov@mail.ru",
		"ivan@bk.ru":                  "ivan@bk.ru",
		"ivan+news@firma.ru":          "ivan@firma.ru",
		"+ivan@firma.ru":              "+ivan@firma.ru",
		"ivan@protonmail.com":         "ivan@proton.me",
		"no address":                  "no address",
		"i.v.a.n@gmail.com":           "ivan@gmail.com",
		"ivan.petrov+a.b@yandex.kz":   "ivan-petrov@yandex.ru",
		"почта@домен.рф":              "почта@домен.рф",
		"ivan.petrov@not-gmail.com":   "ivan.petrov@not-gmail.com",
		"ivan.petrov@mail.gmail.com":  "ivan.petrov@mail.gmail.com",
		"ivan.petrov@googlemail.com ": "ivan.petrov@googlemail.com ",
	} {
		if got := Mailbox(in); got != want {
			t.Errorf("%s gives %s, want %s", in, got, want)
		}
	}
}

// Every single slip of a long provider's domain leads back to it, unless the slip is somebody's.
func TestOneSlipOfAProviderIsMended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		right := rapid.SampledFrom(mailBookOf().long).Draw(t, "domain")
		i := rapid.IntRange(1, len(right)-1).Draw(t, "place")
		slip := rapid.SampledFrom([]string{right[:i] + right[i+1:], right[:i] + "q" + right[i:], right[:i] + "q" + right[i+1:]}).Draw(t, "slip")
		if b := mailBookOf(); slip == right || b.domains[slip].main != "" || b.slips[slip] != "" {
			return
		}
		if got := mendDomain(slip); got != right && mailBookOf().domains[got].main == "" {
			t.Errorf("%s leads to %q, want %s", slip, got, right)
		}
	})
}
