package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLongValuesAreCut(t *testing.T) {
	for text, want := range map[string]int{"": 0, "Ковалёв": 7, strings.Repeat("ё", 120): 120, strings.Repeat("ё", 1<<20): 121} {
		if got := shortened(text); utf8.RuneCountInString(got) != want || !utf8.ValidString(got) {
			t.Errorf("%d letters became %d, want %d", utf8.RuneCountInString(text), utf8.RuneCountInString(got), want)
		}
	}
}
