package demo

import (
	"fmt"
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

// inn12 makes a person's ИНН with right check digits. Tax regions 00, 96 and 98 exist nowhere.
func inn12(n int) string {
	return inn12In([]string{"00", "96", "98"}[n%3], n)
}

func inn12In(region string, n int) string {
	s := region + fmt.Sprintf("%08d", n%100_000_000)
	s += checkDigit(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	return s + checkDigit(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

// inn10 makes an organization's ИНН.
func inn10(n int) string {
	s := []string{"00", "96", "98"}[n%3] + fmt.Sprintf("%07d", n%10_000_000)
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
	s := fmt.Sprintf("1%02d00%07d", year%100, n%10_000_000)
	value, _ := strconv.ParseInt(s, 10, 64) // twelve digits by construction
	return s + strconv.FormatInt(value%11%10, 10)
}

// snils makes an insurance number in the range from 900 on, which is given to nobody.
func snils(n int) string { return snilsIn("9", n) }

func snilsIn(hundred string, n int) string {
	s := hundred + fmt.Sprintf("%08d", n%100_000_000)
	check := weigh(s, []int{9, 8, 7, 6, 5, 4, 3, 2, 1}) % 101 % 100
	return fmt.Sprintf("%s%02d", s, check)
}

// rnokpp makes a Ukrainian tax number, which tells birth date and sex; serials under 100 a day.
func rnokpp(birth time.Time, female bool, n int) string {
	days := int(birth.Sub(time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	serial := n % 50 * 2
	if !female {
		serial++
	}
	s := fmt.Sprintf("%05d%04d", days, serial)
	sum := weigh(s, []int{-1, 5, 7, 9, 4, 6, 10, 5, 7})
	return s + strconv.Itoa(((sum%11)+11)%11%10)
}

// passport is a Russian internal passport; the first two digits of the series name no region.
type passport struct {
	series, number string
	issued         time.Time
}

func newPassport(issued time.Time, n int) passport {
	regions := []string{"02", "06", "13", "16", "21", "23", "31", "39", "43", "48", "51", "59", "62", "72"}
	return passport{fmt.Sprintf("%s%02d", regions[n%len(regions)], issued.Year()%100), fmt.Sprintf("%06d", n/14%1_000_000), issued}
}

// mobile makes ten digits with a mobile code that no operator has.
func mobile(n int) string {
	codes := []string{"943", "944", "945", "946", "947", "948", "972", "974", "975", "976"}
	return codes[n/10_000_000%10] + fmt.Sprintf("%07d", n%10_000_000)
}

// ukMobile makes nine digits with the code of an operator that has closed.
func ukMobile(n int) string { return fmt.Sprintf("92%07d", n%10_000_000) }

// fixed makes ten digits: area code and a local number beginning with zero, which none has.
func fixed(area string, n int) string {
	local := 10 - len(area)
	digits := fmt.Sprintf("%09d", n%100_000_000)
	return area + "0" + digits[len(digits)-(local-1):]
}
