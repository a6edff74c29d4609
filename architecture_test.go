package kartoteka_test

//go:generate scripts/readme

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "kartoteka"

// rooms lists which rooms each room may import. A room is a top-level folder;
// its own sub-packages are always allowed, except where connectors say otherwise.
var rooms = map[string][]string{
	"customer":    {},
	"standardize": {"customer"},
	"access":      {"customer"},
	"golden":      {"customer"},
	"demo":        {"customer"},
	"store":       {"customer", "failpoint"},
	"connectors":  {"customer"},
	"phrases":     {},
	"docs":        {},
	"failpoint":   {},
	"matching":    {"customer", "standardize"},
	"config":      {"customer", "standardize", "matching", "golden", "access"},
	"resolve":     {"customer", "matching", "golden"},
	"pipelines":   {"customer", "connectors", "failpoint", "standardize", "resolve"},
	"feed":        {"customer", "access", "failpoint"},
	"signin":      {"customer", "access", "phrases"},
	"desk":        {"customer", "access", "failpoint", "standardize", "matching", "golden", "resolve", "phrases", "store"},
	"api":         {"customer", "access", "standardize", "resolve", "desk"},
	"steward":     {"customer", "access", "phrases", "matching", "resolve", "desk"},
	"chaos":       {"customer", "failpoint", "feed", "store"},
	"cmd":         {"*"},
}

// shared are the packages of connectors that every system may use.
var shared = []string{"connectors", "connectors/sniff", "connectors/table"}

// pure rooms compute: nothing in them reads, writes, asks the time, logs or throws dice.
var pure = []string{"customer", "standardize", "matching", "golden", "access"}

var impure = []string{
	"os", "os/exec", "os/signal", "os/user", "net", "net/http", "log", "log/slog", "syscall",
	"io/ioutil", "math/rand", "math/rand/v2", "crypto/rand", "database/sql", "path/filepath",
}

// clock are the functions of package time that ask for the present moment.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc"}

// clockless rooms take the time as an argument.
var clockless = append([]string{"resolve", "config", "demo", "phrases"}, pure...)

// alone are dependencies behind one small interface: at most one file imports each.
var alone = map[string]string{"github.com/antzucaro/matchr": "matching"}

type listed struct {
	ImportPath, Dir  string
	Standard         bool
	GoFiles, Imports []string
}

func (p listed) ours() bool {
	return p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/")
}

// name is the path inside the module, the folder.
func (p listed) name() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

func (p listed) room() string { return roomOf(p.name()) }

func roomOf(name string) string {
	room, _, _ := strings.Cut(name, "/")
	return room
}

// packages asks for everything the module's packages depend on, without tests.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Dir,Standard,GoFiles,Imports", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

func TestImportsPointInward(t *testing.T) {
	all := packages(t)
	for _, p := range sorted(all) {
		if !p.ours() || len(p.GoFiles) == 0 {
			continue
		}
		if _, known := rooms[p.room()]; !known {
			t.Errorf("%s: no such room; the list is in docs/architecture.md and architecture_test.go", p.name())
			continue
		}
		for _, imported := range p.Imports {
			if reason := forbidden(p, all[imported], imported); reason != "" {
				t.Errorf("%s imports %s: %s", p.name(), imported, reason)
			}
		}
	}
}

func sorted(all map[string]listed) []listed {
	var list []listed
	for _, key := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[key])
	}
	return list
}

// forbidden gives the reason why p must not import q, or "".
func forbidden(p, q listed, imported string) string {
	switch {
	case slices.Contains(pure, p.room()) && slices.Contains(impure, imported):
		return p.room() + " is pure"
	case q.ours():
		return arrow(p.name(), q.name())
	case p.room() == "customer" && !q.Standard:
		return "customer uses the standard library only"
	case alone[imported] != "" && alone[imported] != p.room():
		return "only " + alone[imported] + " may, behind an interface"
	}
	return ""
}

func arrow(from, to string) string {
	room, target := roomOf(from), roomOf(to)
	switch {
	case target == "cmd":
		return "cmd is imported by nobody"
	case room == "connectors" && target == "connectors":
		if isShared(from) && slices.Contains(shared, to) || !isShared(from) && (isShared(to) || strings.HasPrefix(to, from+"/")) {
			return ""
		}
		return "connectors never import each other"
	case room == "pipelines" && target == "connectors" && to != "connectors":
		return "pipelines know the contract, not the systems"
	case room == target, slices.Contains(rooms[room], target), slices.Contains(rooms[room], "*"):
		return ""
	}
	return room + " may import " + strings.Join(rooms[room], ", ")
}

func isShared(name string) bool { return slices.Contains(shared, name) }

func TestArrowsRefuse(t *testing.T) {
	for _, tc := range []struct {
		from, to string
		allowed  bool
	}{
		{"golden", "customer", true},
		{"golden", "matching", false},
		{"resolve", "store", false},
		{"cmd/kartoteka", "store", true},
		{"store/storetest", "store/embedded", true},
		{"connectors/text", "connectors/sniff", true},
		{"connectors/text", "connectors/excel", false},
		{"connectors/onec", "connectors/onec/commerceml", true},
		{"connectors/sniff", "connectors/text", false},
		{"connectors", "connectors/text", false},
		{"pipelines", "connectors", true},
		{"pipelines", "connectors/text", false},
		{"api", "feed", false},
		{"customer", "cmd/kartoteka", false},
	} {
		if got := arrow(tc.from, tc.to); (got == "") != tc.allowed {
			t.Errorf("%s → %s: %q, want allowed %v", tc.from, tc.to, got, tc.allowed)
		}
	}
}

func TestTimeIsAnArgument(t *testing.T) {
	for _, file := range sources(t, clockless) {
		for _, use := range timeCalls(t, file) {
			t.Errorf("%s: the time is an argument here", use)
		}
	}
}

func TestLoneDependenciesStayInOneFile(t *testing.T) {
	for dependency, room := range alone {
		var found []string
		for _, file := range sources(t, []string{room}) {
			if importsPath(t, file, dependency) {
				found = append(found, file)
			}
		}
		if len(found) > 1 {
			t.Errorf("%s is imported by %v: keep it behind one small interface in one file", dependency, found)
		}
	}
}

// A dependency is a decision: what go.mod requires directly has its line on the page of decisions, and nothing else has.
func TestEachDependencyHasItsReason(t *testing.T) {
	if diff := cmp.Diff(required(t), explained(t)); diff != "" {
		t.Errorf("go.mod (-) and docs/decisions/0002-dependencies.md (+):\n%s", diff)
	}
}

// required lists the modules that go.mod requires directly.
func required(t *testing.T) (modules []string) {
	t.Helper()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range regexp.MustCompile(`(?m)^(?:require |\t)(\S+) v\S+$`).FindAllStringSubmatch(string(text), -1) {
		modules = append(modules, strings.TrimPrefix(line[1], "github.com/"))
	}
	slices.Sort(modules)
	return modules
}

// explained lists the modules in the first cells of the table.
func explained(t *testing.T) (modules []string) {
	t.Helper()
	text, err := os.ReadFile("docs/decisions/0002-dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\| [^|]").FindAllStringSubmatch(string(text), -1) {
		for name := range strings.SplitSeq(cell[1], ", ") {
			modules = append(modules, strings.Trim(name, "`"))
		}
	}
	slices.Sort(modules)
	return modules
}

// sources lists the files of rooms, tests excluded.
func sources(t *testing.T, of []string) []string {
	t.Helper()
	var files []string
	for _, room := range of {
		err := filepath.WalkDir(room, func(name string, d os.DirEntry, err error) error {
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			if err == nil && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !d.IsDir() {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// timeCalls returns the places where a file asks for the present moment.
func timeCalls(t *testing.T, file string) []string {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, sel.Sel.Name) {
				found = append(found, set.Position(n.Pos()).String()+": time."+sel.Sel.Name)
			}
		}
		return true
	})
	return found
}

func importsPath(t *testing.T, file, want string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return strings.Trim(i.Path.Value, `"`) == want })
}

// callers are the files that may ask other servers over HTTP: the guarded client of signin, and the
// demo, which asks the hub that it has just started.
var callers = []string{"signin/caller.go", "cmd/kartoteka/demofeed.go"}

func TestOneWayOut(t *testing.T) {
	for _, file := range sources(t, slices.Sorted(maps.Keys(rooms))) {
		if slices.Contains(callers, file) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range []string{"http.Client{", "http.Transport{", "http.DefaultClient", "http.DefaultTransport", "http.Get(", "http.Head(", "http.Post(", "http.PostForm("} {
			if bytes.Contains(text, []byte(way)) {
				t.Errorf("%s: %s asks other servers past the guard of signin/caller.go", file, way)
			}
		}
	}
}

func TestNoHiddenRegistration(t *testing.T) {
	for _, file := range sources(t, slices.Sorted(maps.Keys(rooms))) {
		for _, line := range hidden(t, file) {
			t.Errorf("%s: say it in one explicit list instead", line)
		}
	}
}

// hidden returns the init functions and blank imports of a file (embed needs one).
func hidden(t *testing.T, file string) []string {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, i := range f.Imports {
		if i.Name != nil && i.Name.Name == "_" && i.Path.Value != `"embed"` {
			found = append(found, set.Position(i.Pos()).String()+": blank import "+i.Path.Value)
		}
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			found = append(found, set.Position(d.Pos()).String()+": func init")
		}
	}
	return found
}
