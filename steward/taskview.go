package steward

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/steward/diff"
)

// taskBody is the page of one question.
type taskBody struct {
	*desk.Task
	Ask, Yes, No string // the question, and what the two answers mean
	One, Several choice
	Columns      []column
	Groups       []rowGroup
	Evidence     *evidence
	MayAnswer    bool
	MayComment   bool
	Guide        bool // the first steps are shown
	Mine         bool // the reader has claimed it
	Taken        bool // somebody else has
	Open         bool
	Left         int // seconds of the claim
	Request      string
	Said         *said
	Wrong        string
	About        string
	Stale        []desk.StaleCode
	Switches     []toggle
	Moved        bool     // the evidence weighs another than when the question was asked
	Opens        []string // questions that an approval opens
	Closes       int
	Shadowed     int
	Records      int
	Assignment   *assignment
}

// choice is one of the two answers.
type choice struct {
	Verdict  string
	Text     string
	Proposed bool // the evidence leans to it
}

type toggle struct {
	Name, Key, Label string
	On               bool
}

// column is one of the grid.
type column struct {
	Name   string // A, B, ...
	Kind   string // golden, record, preview
	Class  string
	Code   customer.Code
	Source customer.Source
	Key    string
	Note   string
	When   time.Time
	More   int // records that are not shown
}

type rowGroup struct {
	Key  string
	Rows []row
}

// row is an attribute.
type row struct {
	Attribute, Label string
	State            desk.RowState
	Masked, Pick     bool
	Cells            []cell
}

// cell is what one column says.
type cell struct {
	Column string // its name, for narrow screens
	Class  string
	Items  []item
}

// item is one value.
type item struct {
	Pieces  []diff.Piece
	Text    string // as it is shown
	Value   string // as it is picked; "" if it cannot be
	Lang    string
	Sort    string // kind of the value
	Raw     string
	More    string // where all of it is; "" if this is
	Latin   string
	By      []string // why it stands there
	Note    diff.Note
	Form    string // a given name that is another form of the one that it is compared with
	Said    string // what the standardizer noted about it
	Verdict string
	Tick    bool // chosen by the hub for the golden record
	Chosen  bool
	date    bool
}

// groupsOf gives the order of the groups of rows, and the types in each.
var groupsOf = []struct {
	key   string
	types []customer.TypeName
}{
	{"identity", []customer.TypeName{customer.TypePersonName, customer.TypeOrgName, customer.TypeDate, customer.TypeGender}},
	{"documents", nil}, // whatever begins with id.
	{"contacts", []customer.TypeName{customer.TypePhone, customer.TypeEmail}},
	{"addresses", []customer.TypeName{customer.TypeAddress}},
	{"other", nil},
}

func groupOf(t customer.TypeName) string {
	for _, g := range groupsOf {
		if slices.Contains(g.types, t) {
			return g.key
		}
	}
	if strings.HasPrefix(string(t), "id.") {
		return "documents"
	}
	return "other"
}

func (s *Site) taskBody(f *frame, t *desk.Task, o taskOptions) *taskBody {
	l := f.Lang
	b := &taskBody{Task: t, Ask: sentence(l, t.Question), Yes: sentence(l, t.Approve), No: sentence(l, t.Reject), Said: o.said, Wrong: o.wrong, About: o.about,
		Open: t.State == customer.TaskOpen, Request: requestID()}
	b.MayAnswer = b.Open && s.options.Policy.Can(f.Who, access.AnswerTask)
	b.MayAnswer = b.MayAnswer && t.Pending == ""
	b.MayComment = b.Open && s.options.Policy.Can(f.Who, access.AnswerTask)
	b.Guide = b.MayAnswer && !f.Prefs.Guided
	b.choices()
	if b.Blind { // nor does the hub lean to an answer
		b.One.Proposed, b.Several.Proposed = false, false
	}
	b.claimed(s.options.Now())
	if o.stale != nil {
		b.Stale = o.stale.Changed
	}
	for i := range t.Sides {
		b.Records += t.Sides[i].Count
	}
	v := &gridView{l: l, t: t, portrait: s.options.Desk.Portrait(), said: o.said}
	b.Columns, b.Groups = v.columns(), v.groups()
	if t.Why != nil && t.Why.Pair != nil {
		b.Evidence = newEvidence(l, v.portrait, t.Why)
		b.Moved = t.Bits != 0 && math.Abs(b.Evidence.Total-t.Bits) >= 0.05
	}
	for _, name := range switches {
		b.Switches = append(b.Switches, toggle{name, switchKeys[name], "steward.switch." + name, f.Prefs.on(name)})
	}
	b.effects(l)
	return b
}

var switchKeys = map[string]string{"only": "show.only", "raw": "show.raw", "latin": "show.latin", "blind": "show.score", "all": "show.all"}

func (b *taskBody) choices() {
	yesIsSame := approves(b.Kind, verdictSame)
	b.One = choice{Verdict: verdictSame, Text: b.Yes, Proposed: true}
	b.Several = choice{Verdict: verdictDifferent, Text: b.No}
	if !yesIsSame {
		b.One, b.Several = choice{Verdict: verdictSame, Text: b.No}, choice{Verdict: verdictDifferent, Text: b.Yes, Proposed: true}
	}
	if b.Kind == customer.TaskPossibleMatch || b.Kind == customer.TaskConflict || b.Kind == customer.TaskOverMerge || b.Kind == customer.TaskKeyReuse {
		b.One.Proposed, b.Several.Proposed = false, false // doubtful: the hub leans to neither
	}
}

func (b *taskBody) claimed(now time.Time) {
	if b.Claim == nil || !b.Claim.Until.After(now) {
		return
	}
	b.Mine, b.Taken = b.Claim.Mine, !b.Claim.Mine
	b.Left = int(b.Claim.Until.Sub(now).Seconds())
	b.MayAnswer = b.MayAnswer && b.Mine
}

// effects are what else an approval would do.
func (b *taskBody) effects(l phrases.Lang) {
	if b.Preview == nil {
		return
	}
	for i := range b.Preview.Opened {
		b.Opens = append(b.Opens, l.Sentence("steward.kind."+string(b.Preview.Opened[i].Kind)))
	}
	b.Closes, b.Shadowed = len(b.Preview.Closed), len(b.Preview.Shadowed)
}

// ShowClass are the classes of the switches that are on.
func (b *taskBody) ShowClass() string {
	var out []string
	for _, x := range b.Switches {
		if x.On {
			out = append(out, "show-"+x.Name)
		}
	}
	return strings.Join(out, " ")
}

// Was reports whether a value was chosen in an answer that is shown again.
func (b *taskBody) Was(verdict string) bool { return b.Said != nil && b.Said.Verdict == verdict }

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// dateText writes 1985-04-12 as 12.04.1985 where that is the custom.
func dateText(l phrases.Lang, text string) string {
	p := strings.Split(text, "-")
	if l != phrases.Ru && l != phrases.Uk || len(p) != 3 || len(p[0]) != 4 {
		return text
	}
	return fmt.Sprintf("%s.%s.%s", p[2], p[1], p[0])
}
