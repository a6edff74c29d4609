package customer

import (
	"errors"
	"fmt"
	"strings"
)

// Code is a personal code: eleven digits and a check digit, as a number below 10^12.
// The zero Code is no code.
type Code int64

// ErrCode says that a text is no personal code; the caller asks for it again.
var ErrCode = errors.New("a personal code is 12 digits whose last one is a check digit, like 4815-1623-4208")

// String gives the one written form, 4-4-4: grouped so that no spreadsheet takes it for a number.
func (c Code) String() string {
	s := fmt.Sprintf("%012d", int64(c))
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

// MarshalText implements encoding.TextMarshaler.
func (c Code) MarshalText() ([]byte, error) {
	if c == 0 {
		return nil, nil
	}
	return []byte(c.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler; an empty text is the zero Code.
func (c *Code) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = 0
		return nil
	}
	parsed, err := ParseCode(string(b))
	*c = parsed
	return err
}

// ParseCode reads a code with or without its hyphens and blanks and checks its last
// digit; the error wraps [ErrCode].
func ParseCode(s string) (Code, error) {
	var n int64
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			n = n*10 + int64(r-'0')
			digits++
		case strings.ContainsRune("- \u00a0\u2010\u2011\u2013", r):
		default:
			return 0, ErrCode
		}
		if digits > 12 {
			return 0, ErrCode
		}
	}
	if digits != 12 || n < 10 || CheckDigit(n/10) != int(n%10) {
		return 0, ErrCode
	}
	return Code(n), nil
}

// WithCheckDigit makes a code of its first eleven digits.
func WithCheckDigit(eleven int64) Code { return Code(eleven*10 + int64(CheckDigit(eleven))) }

// damm is the quasigroup of order 10 of H. M. Damm's doctoral thesis (Marburg, 2004): it
// catches every single wrong digit and every swap of neighbors.
var damm = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

// CheckDigit gives the Damm check digit of an eleven-digit number (leading zeros do not change it).
func CheckDigit(n int64) int {
	var digits [20]byte
	i := len(digits)
	for ; n > 0; n /= 10 {
		i--
		digits[i] = byte(n % 10)
	}
	interim := byte(0)
	for ; i < len(digits); i++ {
		interim = damm[interim][digits[i]]
	}
	return int(interim)
}
