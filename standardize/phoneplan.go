package standardize

import (
	"strings"
	"sync"

	_ "embed"
)

//go:embed dict/areacodes.txt
var areaCodesText string

// area is a city's place in a numbering plan.
type area struct{ country, code string }

// areaCodes leads from a folded city to its area.
var areaCodes = sync.OnceValue(func() map[string]area {
	m := map[string]area{}
	for line := range lines(areaCodesText) {
		country, rest, _ := strings.Cut(line, ":")
		cities, code, _ := strings.Cut(rest, "=")
		for city := range strings.SplitSeq(cities, ",") {
			m[Fold(city)] = area{country, strings.TrimSpace(code)}
		}
	}
	return m
})

// lineOf tells the sort of line of a number of the four countries, whether the plan has
// such numbers, and whether nobody has this one.
func lineOf(e164 string) (line string, known, filler bool) {
	switch {
	case strings.HasPrefix(e164, "+380"):
		national := e164[4:]
		line, known = "fixed", national[0] >= '3' && national[0] <= '6'
		if ukrainianMobile(national[:2]) {
			line, known = "mobile", true
		}
		if national[:2] == "80" {
			line, known = "toll_free", true
		}
		return line, known && len(national) == 9, isFillerPhone(national)
	case strings.HasPrefix(e164, "+375"):
		national := e164[4:]
		line, known = "fixed", national[0] == '1' || national[0] == '2'
		if belarusianMobile(national[:2]) {
			line, known = "mobile", true
		}
		return line, known && len(national) == 9, isFillerPhone(national)
	}
	national := strings.TrimPrefix(e164, "+7")
	return lineOfSeven(national), knownSeven(national), isFillerPhone(national)
}

// lineOfSeven is for Russia and Kazakhstan.
func lineOfSeven(n string) string {
	switch {
	case n[0] == '9', n[:2] == "70", n[:2] == "77", n[:3] == "747":
		return "mobile"
	case n[:3] == "800":
		return "toll_free"
	case n[:3] == "804" || n[:3] == "803" || n[:3] == "801":
		return "toll_free"
	}
	return "fixed"
}

// russianAreas are the first three digits of Russia's geographic numbers.
var russianAreas = foldedSet(`301 302 341 342 343 344 345 346 347 349 351 352 353 365 381 382 383 384 385 388 390 391 394 395
	401 411 413 415 416 421 423 424 426 427 471 472 473 474 475 481 482 483 484 485 486 487 491 492 493 494 495 496 498 499
	811 812 813 814 815 816 817 818 820 821 831 833 834 835 836 840 841 842 843 844 845 846 847 848 851 855 856 861 862 863 865 866 867 869 871 872 873 877 878 879`)

func knownSeven(n string) bool {
	if len(n) != 10 {
		return false
	}
	switch n[0] {
	case '9':
		return true
	case '7':
		return n[1] == '0' || n[1] == '1' || n[1] == '2' || n[1] == '4' || n[1] == '5' || n[1] == '6' || n[1] == '7'
	case '8':
		if n[:3] == "800" || n[:2] == "80" {
			return true
		}
	}
	return russianAreas[n[:3]]
}
