package steward

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
	"kartoteka/steward/stewardtest"
)

// latin is a text that is no word of Russian or Ukrainian: three Latin words in a row.
var latin = regexp.MustCompile(`[A-Za-z]{2,}[ ,;:]+[A-Za-z]{2,}[ ,;:]+[A-Za-z]{2,}`)

// onlyAsked are refusals that no page brings about: only programs and the command line ask so.
var onlyAsked = regexp.MustCompile(`^(limit is|cursor is|sort is|kind is|the limit is|a time is|a question is|a proposal is|a claim holds|there are no questions|the action is|a decision is|say what is known|the portrait has none|the version of|write --set|send from|7? ?X1 names no|X1 names no|X1 has no attribute of this name; it has|no source)`)

// refusalsOf reads from the program itself what it says where it refuses or explains.
func refusalsOf(t *testing.T, glob string, from func(call *ast.CallExpr, name string) []ast.Expr) (out []string) {
	t.Helper()
	list, err := filepath.Glob(glob)
	if err != nil || len(list) == 0 {
		t.Fatalf("%s: %v", glob, err)
	}
	for _, path := range list {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, is := n.(*ast.CallExpr); is {
				name := ""
				switch f := call.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.Sel.Name
				}
				for _, x := range from(call, name) {
					if s := literal(x); strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") {
						out = append(out, s)
					}
				}
			}
			return true
		})
	}
	return out
}

// verb is what a format leaves open.
var verb = regexp.MustCompile(`%[-+.0-9]*[a-z]`)

// literal is a text as the program would say it, X1 standing for what it does not know beforehand.
func literal(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(x.Value)
		return verb.ReplaceAllString(strings.TrimPrefix(s, "%w: "), "X1")
	case *ast.BinaryExpr:
		return literal(x.X) + literal(x.Y)
	}
	return "X1"
}

// TestEveryRefusalHasWords finds each text that the program refuses or explains with, and says it in every
// language of the pages.
func TestEveryRefusalHasWords(t *testing.T) {
	invalid := func(call *ast.CallExpr, name string) []ast.Expr {
		if name == "invalid" {
			return call.Args[:1]
		}
		if name == "Errorf" && len(call.Args) > 1 {
			for _, a := range call.Args[1:] {
				if s, is := a.(*ast.SelectorExpr); is && s.Sel.Name == "ErrUndecidable" || fmt.Sprint(a) == "ErrUndecidable" || fmt.Sprint(a) == "ErrInput" || fmt.Sprint(a) == "ErrTask" {
					return call.Args[:1]
				}
			}
		}
		return nil
	}
	fault := func(call *ast.CallExpr, name string) []ast.Expr {
		if name == "fault" && len(call.Args) == 4 {
			return call.Args[2:]
		}
		if name == "fault" && len(call.Args) == 3 {
			return call.Args[1:]
		}
		return nil
	}
	reason := func(call *ast.CallExpr, name string) []ast.Expr {
		if name == "joinReasons" || name == "raw" || name == "left" {
			return call.Args[1:]
		}
		return nil
	}
	texts := append(refusalsOf(t, "../desk/*.go", invalid), refusalsOf(t, "../resolve/*.go", invalid)...)
	texts = append(texts, refusalsOf(t, "../signin/people.go", invalid)...)
	texts = append(texts, refusalsOf(t, "../signin/token.go", invalid)...)
	for _, name := range []string{"reader", "parse", "matching", "overlay"} {
		texts = append(texts, refusalsOf(t, "../config/"+name+".go", fault)...)
	}
	texts = append(texts, refusalsOf(t, "../pipelines/mapping/*.go", reason)...)
	if len(texts) < 100 {
		t.Fatalf("found %d texts only", len(texts))
	}
	for _, text := range texts {
		if onlyAsked.MatchString(text) {
			continue
		}
		for _, l := range []phrases.Lang{phrases.Ru, phrases.Uk} {
			if out := told(l, fmt.Errorf("%w: %s", resolve.ErrUndecidable, text)); out == "" || latin.MatchString(out) {
				t.Errorf("%s has no words for %q: %q; add it to phrases/said.*.yaml", l, text, out)
			}
		}
	}
}

// refusing are people whose every wish is refused.
type refusing struct {
	stewardtest.People
	err error
}

func (p refusing) Invite(context.Context, customer.Account) (string, time.Time, error) {
	return "", time.Time{}, p.err
}

func (p refusing) AddToken(context.Context, customer.Token, time.Duration) (string, customer.Token, error) {
	return "", customer.Token{}, p.err
}

// TestRefusalsAreInTheLanguageOfThePage sends forms that are refused and looks for English sentences.
func TestRefusalsAreInTheLanguageOfThePage(t *testing.T) {
	hidden := regexp.MustCompile(`(?s)<span class="lat".*?</span>|<(script|style|svg|code|kbd|textarea|dialog|template)\b.*?</(script|style|svg|code|kbd|textarea|dialog|template)>|<[^>]*>`)
	card := "/customers/" + stewardtest.Anna.String()
	v := visit(t)
	for _, v.lang = range []string{"ru", "uk"} {
		for _, err := range []error{fmt.Errorf("%w: a login is 2 to 100 letters, digits and . _ @ + -", desk.ErrInvalid), fmt.Errorf("%w: something new that nobody has translated", desk.ErrInvalid),
			fmt.Errorf("%w: question 17 is claimed by local:oleg until 10:15:00; take another one with kartoteka tasks next --claim", desk.ErrTask), customer.ErrTaken, customer.ErrUnknown, desk.ErrLimit, desk.ErrRuleset,
			resolve.ErrContradiction, fmt.Errorf("%w: code 0458-4437-7832 is retired: all its records were deleted at their sources", resolve.ErrUndecidable), errors.New("no such host, or nobody listens there"),
			fmt.Errorf("%w: settings:2: matching.costs.false_merge: is no number; write a number, like 5\nsettings:3: no thing known before", desk.ErrInvalid)} {
			v.desk.Err, v.desk.AnswerIs, v.site.options.People = nil, err, refusing{err: err}
			look := func(method, path string, form url.Values) {
				_, body := v.do(method, path, form)
				if _, main, is := strings.Cut(body, "<main"); is {
					body = main
				}
				if bad := latin.FindString(hidden.ReplaceAllString(body, " | ")); bad != "" {
					t.Errorf("%s %s in %s says %q for %q", method, path, v.lang, bad, err)
				}
			}
			look("POST", "/settings/users", url.Values{"act": {"add"}, "login": {"x"}})
			look("POST", "/settings/tokens", url.Values{"name": {"x"}})
			look("POST", "/tasks/17/answer", url.Values{"verdict": {"same"}, "kind": {"possible_match"}})
			v.desk.Err = err
			for _, path := range []string{"/tasks", card, "/rejects/4", "/quality"} {
				look("GET", path, nil)
			}
			look("POST", "/settings/plans", url.Values{"what": {"text"}, "text": {"x"}})
			look("POST", "/rejects/4/replay", url.Values{"column": {"x"}, "text": {"x"}})
			look("POST", card+"/operate", url.Values{"action": {"split"}})
		}
	}
}
