package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kartoteka/failpoint/raced"
)

const peopleHeader = "record_id,surname,name,dob,phone\n"

const threePeople = peopleHeader + "0,Ковалёв,Александр,1985-04-12,+79011234567\n1,Смирнова,Анна,1990-09-03,+79165556677\n2,Ковалев,Александр,1985-04-12,+79011234567\n"

const threeLabels = "record_id,entity_id\n0,a\n1,b\n2,a\n"

// labeled is match evaluate on a file that is not as it should be.
type labeledInput struct {
	name, records, truth string
	args                 []string
	exit                 int
	says                 string // in the error or in a remark
	counted, found, true int64  // records, pairs found, pairs true
}

func labeledInputs() []labeledInput {
	rows := func(n int, row string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, row+"\n", i)
		}
		return peopleHeader + b.String()
	}
	pairs := func(n int) string {
		var b strings.Builder
		b.WriteString("record_id,entity_id\n")
		for i := range n {
			fmt.Fprintf(&b, "%d,%d\n", i, i/2)
		}
		return b.String()
	}
	long := strings.Repeat("я", 1<<19) // 1 MB
	return []labeledInput{
		{name: "good", records: threePeople, truth: threeLabels, counted: 3, found: 1, true: 1},
		{name: "a constant column", records: strings.NewReplacer("phone\n", "phone,city\n", "67\n", "67,Москва\n", "77\n", "77,Москва\n").Replace(threePeople),
			truth: threeLabels, counted: 3, found: 1, true: 1},
		{name: "all values equal", records: rows(300, "%d,Иванов,Иван,1980-01-02,+79161234567"), truth: pairs(300), counted: 300, found: 300 * 299 / 2, true: 150},
		{name: "all null", records: rows(300, "%d,,,,"), truth: pairs(300), exit: exitInput, says: "no row says anything about a customer"},
		{name: "header only", records: peopleHeader, truth: threeLabels, exit: exitInput, says: "no row"},
		{name: "one record", records: rows(1, "%d,Иванов,Иван,1980-01-02,+79161234567"), truth: "record_id,entity_id\n0,a\n", counted: 1},
		{name: "values of 1 MB", records: threePeople + "3," + long + ",Олег,1971-05-06,+79031112233\n4,Орлов," + long + ",1972-05-06,+79031112234\n5," +
			strings.Repeat("Орлов ", 1<<16) + ",Олег,1973-05-06,+79031112235\n", truth: threeLabels, counted: 6, found: 1, true: 1},
		{name: "invalid UTF-8", records: threePeople + "3,\xff\xfe\xc3\x28,Олег,1971-05-06,+79031112233\n", truth: threeLabels, says: "1 rows were rejected", counted: 3, found: 1, true: 1},
		{name: "mixed scripts", records: peopleHeader + "0,Kовaлёв,Aлександр,1985-04-12,+79011234567\n1,王,小明,1990-09-03,+79165556677\n2,Ковалев,Александр,1985-04-12,+79011234567\n",
			truth: threeLabels, counted: 3, found: 1, true: 1},
		{name: "a key repeated", records: threePeople + "1,Орлов,Олег,1971-05-06,+79031112233\n", truth: threeLabels, says: "1 rows repeat the key", counted: 3, found: 1, true: 1},
		{name: "a key column repeated", records: strings.NewReplacer("record_id", "record_id,record_id", "\n0,", "\n0,7,", "\n1,", "\n1,7,", "\n2,", "\n2,7,").Replace(threePeople),
			truth: threeLabels, counted: 3, found: 1, true: 1},
		{name: "no such key", records: threePeople, truth: threeLabels, args: []string{"--id", "number"}, exit: exitInput, says: `no column "number"`},
		{name: "truth with unknown ids", records: threePeople, truth: threeLabels + "77,c\n78,c\n", says: "2 of the 5 record_ids", counted: 3, found: 1, true: 1},
		{name: "truth of another file", records: threePeople, truth: "record_id,entity_id\n77,c\n78,c\n", exit: exitInput, says: "none of its 2 record_ids is in the records"},
		{name: "truth that contradicts itself", records: threePeople, truth: threeLabels + "0,b\n", exit: exitInput, says: "line 5 gives a record a second entity"},
		{name: "truth that repeats itself", records: threePeople, truth: threeLabels + "0,a\n", counted: 3, found: 1, true: 1},
		{name: "truth without entities", records: threePeople, truth: "record_id,entity_id\n0,\n1,\n2,\n", exit: exitInput, says: "no record has an entity_id"},
		{name: "truth of some records", records: threePeople, truth: "record_id,entity_id\n0,a\n1,\n", counted: 3, found: 1},
		{name: "truth without the columns", records: threePeople, truth: "id,customer\n0,a\n", exit: exitInput, says: "no column record_id"},
		{name: "empty truth", records: threePeople, truth: "", exit: exitInput, says: "no header"},
	}
}

// plainDoor is for the verbs that need no database.
func plainDoor(t *testing.T) *door {
	t.Helper()
	return &door{T: t, dir: t.TempDir()}
}

func TestBadInputOfEvaluate(t *testing.T) {
	t.Parallel()
	for _, c := range labeledInputs() {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

func (c *labeledInput) check(t *testing.T) {
	d := plainDoor(t)
	var got struct {
		Records    int64
		PairsFound int64 `json:"pairs_found"`
		PairsTrue  int64 `json:"pairs_true"`
	}
	args := append([]string{"match", "evaluate", d.file("people.csv", c.records), "--truth", d.file("truth.csv", c.truth)}, c.args...)
	code, out, errs := d.run(args...)
	if said := out + errs; code != c.exit || !strings.Contains(said, c.says) || strings.Contains(said, "panic") {
		t.Fatalf("exit %d, want %d and %q:\n%s", code, c.exit, c.says, said)
	}
	if c.exit != exitOK {
		if strings.Contains(errs, "Ковал") {
			t.Errorf("tells a name: %s", errs)
		}
		return
	}
	d.json(exitOK, nil, &got, args...)
	if got.Records != c.counted || got.PairsFound != c.found || got.PairsTrue != c.true {
		t.Errorf("%d records, %d pairs found, %d true; want %d, %d, %d", got.Records, got.PairsFound, got.PairsTrue, c.counted, c.found, c.true)
	}
}

// TestSameNameAndNothingElse: a hundred thousand records that say the same and too little to be
// one customer are settled in time and memory that grow with their number only.
func TestSameNameAndNothingElse(t *testing.T) {
	raced.Skip(t)
	t.Parallel()
	d := plainDoor(t)
	n := 100_000
	if testing.Short() {
		n = 10_000
	}
	var people, truth strings.Builder
	people.WriteString("record_id,surname,name\n")
	truth.WriteString("record_id,entity_id\n")
	for i := range n {
		fmt.Fprintf(&people, "%d,Иванов,Иван\n", i)
		fmt.Fprintf(&truth, "%d,%d\n", i, i)
	}
	begin := time.Now()
	var got struct {
		Records     int
		PairsFound  int64 `json:"pairs_found"`
		PairsScored int64 `json:"pairs_scored"`
	}
	d.json(exitOK, nil, &got, "match", "evaluate", d.file("people.csv", people.String()), "--truth", d.file("truth.csv", truth.String()))
	if got.Records != n || got.PairsFound != 0 || got.PairsScored > int64(200*n) {
		t.Errorf("%+v", got)
	}
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func TestBadInputOfTrainAndExplain(t *testing.T) {
	t.Parallel()
	d := plainDoor(t)
	people, blank := d.file("people.csv", threePeople), d.file("blank.csv", peopleHeader+"0,,,,\n1,,,,\n")
	model := filepath.Join(d.dir, "model.json")
	for _, c := range []struct {
		says string
		args []string
	}{
		{"nothing to learn", []string{"match", "train", blank, "--out", model}},
		{"nothing to learn", []string{"match", "train", d.file("header.csv", peopleHeader), "--out", model}},
		{"no row says anything about a customer", []string{"match", "explain", blank, "0", "1", "--id", "record_id"}},
		{"no row has this key (argument 3)", []string{"match", "explain", people, "0", "99", "--id", "record_id"}},
		{"no such file", []string{"match", "explain", people, "0", "1", "--id", "record_id", "--model", model}},
	} {
		if e := d.json(exitInput, nil, nil, c.args...); e == nil || !strings.Contains(e.Message, c.says) {
			t.Errorf("%v: %+v, want %s", c.args[:2], e, c.says)
		}
		if _, err := os.Stat(model); err == nil {
			t.Fatalf("%v wrote a model", c.args[:2])
		}
	}
}

// TestEditedModel names the fault of a model file at each verb that reads one.
func TestEditedModel(t *testing.T) {
	t.Parallel()
	d := plainDoor(t)
	people, truth, good := d.file("people.csv", threePeople), d.file("truth.csv", threeLabels), filepath.Join(d.dir, "good.json")
	d.ok("match", "train", people, "--out", good, "-q")
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) string {
		if !strings.Contains(string(text), old) {
			t.Fatalf("the model has no %s", old)
		}
		return strings.Replace(string(text), old, new, 1)
	}
	for name, c := range map[string]struct{ text, says string }{
		"another version": {edit(`"version": 1`, `"version": 7`), "this program reads version 1"},
		"m above one":     {edit(`"m": 0`, `"m": 1`), "m and u must lie above 0 and not above 1"},
		"negative":        {edit(`"u": 0`, `"u": -0`), "m and u must lie above 0 and not above 1"},
		"no number":       {edit(`"m": 0`, `"m": NaN, "u": 0`), "invalid character"},
		"no organization": {edit(`"organization": {`, `"company": {`), "no such kind"},
		"unknown level":   {edit(`"last7": {`, `"last8": {`), "no such level"},
		"truncated":       {string(text[:len(text)/3]), "EOF"},
		"two of them":     {string(text) + string(text), "behind the model"},
		"no model":        {"record_id,entity_id\n", "invalid character"},
	} {
		bad := d.file("bad.json", c.text)
		for _, args := range [][]string{{"match", "evaluate", people, "--truth", truth}, {"match", "explain", people, "0", "2", "--id", "record_id"}} {
			if e := d.json(exitInput, nil, nil, append(args, "--model", bad)...); e == nil || !strings.Contains(e.Message, c.says) {
				t.Errorf("%s: %s: %+v, want %s", name, args[1], e, c.says)
			}
		}
	}
	d.ok("match", "evaluate", people, "--truth", truth, "--model", good, "-q")
}
