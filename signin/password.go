package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// MinPassword is how many characters a password has at least.
const MinPassword = 12

// maxPassword bounds the work of a hash, in bytes.
const maxPassword = 1024

// cost is that of argon2id as OWASP recommends it: 19 MiB, two passes, one lane.
type cost struct {
	memory, time uint32
	threads      uint8
}

var present = cost{memory: 19 * 1024, time: 2, threads: 1}

// hashing bounds how many hashes are computed at once, and so their memory.
var hashing = make(chan struct{}, 4)

// HashPassword hashes a password with argon2id, in the form of PHC.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	key, err := present.key(ctx, password, salt, 32)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, present.memory, present.time, present.threads,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

func (c cost) key(ctx context.Context, password string, salt []byte, size uint32) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.time, c.memory, c.threads, size), nil
}

var errHash = errors.New("the stored hash of a password cannot be read; reset the account")

// CheckPassword reports whether a password is the one that was hashed. It takes as long for an empty
// hash, which nobody's password has, as for another.
func CheckPassword(ctx context.Context, hash, password string) (bool, error) {
	if len(password) > maxPassword {
		return false, nil
	}
	if hash == "" {
		_, err := present.key(ctx, password, []byte("nobody's salt..."), 32)
		return false, err
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, errHash
	}
	var c cost
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil || c.time == 0 || c.threads == 0 {
		return false, errHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	want, wrong := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || wrong != nil || len(want) == 0 {
		return false, errHash
	}
	key, err := c.key(ctx, password, salt, uint32(len(want)))
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1, err
}

//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.Fields(commonText) {
		out[word] = true
	}
	return out
})

// rows are what a finger slides along.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]asdfghjkl;'zxcvbnm,./", "йцукенгшщзхъфывапролджэячсмитьбю", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "1234567890", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "1q2w3e4r5t6y7u8i9o0p"}

// refuse tells, as the key of a phrase, why a password must not be chosen; "" if it may. There are no
// rules of composition: what counts is length, and that it is not among the first that anybody tries.
func refuse(login, password string) string {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return "signin.password_short"
	case len(password) > maxPassword:
		return "signin.password_long"
	case guessable(login, password):
		return "signin.password_common"
	}
	return ""
}

// guessable reports whether a password is a common one, the login, a row of keys, or one of these
// repeated or with digits and signs around it.
func guessable(login, password string) bool {
	whole := strings.ToLower(norm.NFKC.String(password))
	core := strings.TrimFunc(whole, func(r rune) bool { return !unicode.IsLetter(r) })
	if unit := repeated(whole); slides(unit) || utf8.RuneCountInString(unit) < 4 {
		return true
	}
	for _, s := range []string{whole, core} {
		unit := repeated(s)
		if common()[unit] || login != "" && unit == strings.ToLower(login) || utf8.RuneCountInString(unit) >= 6 && slides(unit) {
			return true
		}
	}
	return false
}

// repeated gives the shortest part whose repetition the text is.
func repeated(s string) string {
	runes := []rune(s)
	for n := 1; n <= len(runes)/2; n++ {
		if len(runes)%n == 0 && strings.Repeat(string(runes[:n]), len(runes)/n) == s {
			return string(runes[:n])
		}
	}
	return s
}

// slides reports whether a text is part of a row of keys, in one direction or the other.
func slides(s string) bool {
	for _, row := range rows {
		if strings.Contains(row+row, s) || strings.Contains(backward(row+row), s) {
			return true
		}
	}
	return false
}

func backward(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}
