package demo

import (
	"strconv"
	"time"
)

// spread is a bijection of [0, 10^8): numbers of people that follow each other do not look it.
func spread(seed uint64, index int, salt uint64) int {
	const size = 100_000_000
	shift := mix(seed^mix(salt)) % size
	factor := mix(salt+seed)%(size/10)*10 + 7 // ends in 7, so it has no common factor with 10^8
	return int((uint64(index)%size*factor + shift) % size)
}

// pad writes a number with leading zeros.
func pad(n, width int) string {
	s := strconv.Itoa(n)
	if len(s) >= width {
		return s
	}
	return "000000000000"[:width-len(s)] + s
}

// inn12 makes a person's ИНН with right check digits. Tax regions 00, 96 and 98 exist nowhere.
func inn12(n int) string {
	return inn12In([]string{"00", "96", "98"}[n%3], n)
}

func inn12In(region string, n int) string {
	s := region + pad(n%100_000_000, 8)
	s += checkDigit(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	return s + checkDigit(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

// inn10 makes an organization's ИНН.
func inn10(n int) string {
	s := []string{"00", "96", "98"}[n%3] + pad(n%10_000_000, 7)
	return s + checkDigit(s, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

func checkDigit(s string, weights ...int) string {
	return strconv.Itoa(weigh(s, weights) % 11 % 10)
}

func weigh(s string, weights []int) int {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return sum
}

// ogrn makes a registration number of the year; region 00 exists nowhere.
func ogrn(year, n int) string {
	s := "1" + pad(year%100, 2) + "00" + pad(n%10_000_000, 7)
	value, _ := strconv.ParseInt(s, 10, 64) // twelve digits by construction
	return s + strconv.FormatInt(value%11%10, 10)
}

// snils makes an insurance number in the range from 900 on, which is given to nobody.
func snils(n int) string { return snilsIn("9", n) }

func snilsIn(hundred string, n int) string {
	s := hundred + pad(n%100_000_000, 8)
	check := weigh(s, []int{9, 8, 7, 6, 5, 4, 3, 2, 1}) % 101 % 100
	return s + pad(check, 2)
}

// rnokpp makes a Ukrainian tax number, which tells birth date and sex; serials under 100 a day.
func rnokpp(birth time.Time, female bool, n int) string {
	days := int(birth.Sub(time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	serial := n % 50 * 2
	if !female {
		serial++
	}
	s := pad(days, 5) + pad(serial, 4)
	sum := weigh(s, []int{-1, 5, 7, 9, 4, 6, 10, 5, 7})
	return s + strconv.Itoa(((sum%11)+11)%11%10)
}

// passport is a Russian internal passport; the first two digits of the series name no region.
type passport struct {
	series, number string
	issued         time.Time
}

var passportRegions = []string{"02", "06", "13", "16", "21", "23", "31", "39", "43", "48", "51", "59", "62", "72"}

func newPassport(issued time.Time, n int) passport {
	return passport{passportRegions[n%len(passportRegions)] + pad(issued.Year()%100, 2), pad(n/14%1_000_000, 6), issued}
}

var mobileCodes = []string{"943", "944", "945", "946", "947", "948", "972", "974", "975", "976"}

// mobile makes ten digits with a mobile code that no operator has.
func mobile(n int) string {
	return mobileCodes[n/10_000_000%10] + pad(n%10_000_000, 7)
}

// ukMobile makes nine digits with the code of an operator that has closed.
func ukMobile(n int) string { return "92" + pad(n%10_000_000, 7) }

// fixed makes ten digits: area code and a local number beginning with zero, which none has.
func fixed(area string, n int) string {
	local := 10 - len(area)
	digits := pad(n%100_000_000, 9)
	return area + "0" + digits[len(digits)-(local-1):]
}
