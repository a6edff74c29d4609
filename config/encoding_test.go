package config_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"kartoteka/config"
	"kartoteka/customer"
)

// TestFilesOfOtherEditorsLoad reads what Windows editors write.
func TestFilesOfOtherEditorsLoad(t *testing.T) {
	text := "portrait:\n  person:\n    номер_карты: text\n"
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for name, file := range map[string][]byte{
		"as it is":        []byte(text),
		"byte order mark": []byte("\ufeff" + text),
		"carriage return": []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"UTF-16":          wide,
		"no last newline": []byte(strings.TrimSpace(text)),
	} {
		c, err := config.Parse("k.yaml", file, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := names(c, customer.Person); got != defaultPerson+" номер_карты" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestHugeFilesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"long":   strings.Repeat("# nothing\n", 500_000),
		"deep":   strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"laughs": "a: &a [1,2,3,4,5,6,7,8,9]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e]\n",
	} {
		if _, err := config.Parse("k.yaml", []byte(text), nil); len(config.AllFaults(err)) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
