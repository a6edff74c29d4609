package steward

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
)

// searchBody is the page on which customers are found.
type searchBody struct {
	Asked             string
	Found             []desk.Found
	Limit             int
	Wrong             string
	ByName            bool   // sorted so
	ScoreURL, NameURL string // of the two orders
}

// maxFound is how many customers a search shows.
const maxFound = 30

// search finds customers by anything that is known of them; a code leads to its card.
func (s *Site) search(w http.ResponseWriter, r *http.Request) error {
	asked := strings.TrimSpace(r.URL.Query().Get("q"))
	if code, err := customer.ParseCode(asked); err == nil {
		http.Redirect(w, r, "/customers/"+code.String(), http.StatusFound)
		return nil
	}
	f, b := s.frame(r, "customers", "steward.nav.customers"), searchBody{Asked: asked, Limit: maxFound}
	f.Scope = scopeList
	if asked != "" {
		ask := desk.Question{Text: asked, Limit: maxFound, Lang: string(f.Lang)}
		b.ScoreURL, b.NameURL = with(r.URL.Query(), "sort", ""), with(r.URL.Query(), "sort", desk.ByName)
		if b.ByName = r.URL.Query().Get("sort") == desk.ByName; b.ByName {
			ask.Sort = desk.ByName
		}
		var err error
		if b.Found, err = s.options.Desk.Search(r.Context(), ask); err != nil {
			status, key := failure(err)
			if status != http.StatusBadRequest {
				return err
			}
			b.Wrong = key
		}
	}
	return s.show(w, r, http.StatusOK, "customers", f, b)
}

// cardBody is the card of a customer, with the tab that is shown.
type cardBody struct {
	*desk.Customer
	Tab     string
	Tabs    []string
	Values  []cardValue
	Next    string // of the records
	History *history
	Feed    *feedTab
	Cluster *cluster
	May     map[string]bool
	At      string
	Day     string // of At, for the field
	Wrong   string
	Done    bool
	Waits   int64 // a proposal that was made just now
	Shown   *desk.Revealed
	Request string
	Empty   []string // attributes of the portrait that the customer has no value of
}

// cardValue is an attribute of a golden record.
type cardValue struct {
	Attribute, Label string
	Group            string // first of its group
	Masked           bool
	Items            []cardItem
	Pins             []desk.Pin
}

type cardItem struct {
	Text, Value, Sort, Verdict string
	By                         []string
	Source                     customer.Source
	Not                        []customer.RunnerUp
	Pinned                     bool
	Long                       bool // only the beginning is shown
}

var tabs = []string{"golden", "records", "history", "feed", "cluster"}

// cardOf reads what every tab of a card needs.
func (s *Site) cardOf(r *http.Request, tab string, records int) (*cardBody, error) {
	code, err := customer.ParseCode(r.PathValue("code"))
	if err != nil {
		return nil, customer.ErrUnknown
	}
	b := &cardBody{Tab: tab, Tabs: tabs, May: map[string]bool{}, Done: r.URL.Query().Get("done") != "", Waits: number(r.URL.Query().Get("waits")), Request: requestID()}
	o := desk.CustomerOptions{Records: records}
	if b.At = r.URL.Query().Get("at"); b.At != "" {
		if o.AsOf, err = asOf(b.At); err != nil {
			b.Wrong = "steward.card.wrong_date"
		} else {
			b.Day = o.AsOf.Format(time.DateOnly)
		}
	}
	if b.Customer, err = s.options.Desk.Customer(r.Context(), resolve.Who{Code: code}, o); err != nil {
		return nil, err
	}
	who := access.From(r.Context())
	for _, act := range []access.Act{access.Pin, access.Split, access.Merge, access.Unmerge, access.Judge, access.Reveal, access.ReadHistory} {
		b.May[string(act)] = s.options.Policy.Can(who, act) && b.At == ""
	}
	return b, nil
}

// asOf reads a moment, or a day, of which it is the end.
func asOf(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at.UTC(), nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, err
	}
	return day.Add(24*time.Hour - time.Microsecond), nil
}

func (s *Site) cardFrame(r *http.Request, b *cardBody) frame {
	f := s.frame(r, "customers", "steward.nav.customers")
	f.Title = b.Code.String()
	if b.Golden != nil {
		if names := b.Golden.Attributes["name"]; len(names) > 0 {
			f.Title = clip(short(names[0].Value), 60)
		}
	}
	return f
}

func (s *Site) card(w http.ResponseWriter, r *http.Request) error {
	b, err := s.cardOf(r, "golden", 0)
	if err != nil {
		return err
	}
	f := s.cardFrame(r, b)
	b.values(&f, s.options.Desk.Portrait())
	return s.show(w, r, http.StatusOK, "card", f, b)
}

// values lists the golden values in the order of the portrait.
func (b *cardBody) values(f *frame, p *customer.Portrait) {
	if b.Golden == nil {
		return
	}
	last := ""
	kind := b.Golden.Kind
	for _, a := range p.Of(kind) {
		values := b.Golden.Attributes[a.Name]
		label := capital(f.Lang.AttributeOf(string(kind), a.Name))
		if len(values) == 0 {
			if !a.Type.IsFact() {
				b.Empty = append(b.Empty, label)
			}
			continue
		}
		v := cardValue{Attribute: a.Name, Label: label, Masked: contains(b.Masked, a.Name)}
		if g := groupOf(a.Type); g != last {
			v.Group, last = g, g
		}
		for _, pin := range b.Pins {
			if pin.Attribute == a.Name {
				v.Pins = append(v.Pins, pin)
			}
		}
		for i := range values {
			v.Items = append(v.Items, cardItemOf(f, &a, &values[i]))
		}
		b.Values = append(b.Values, v)
	}
}

func contains(list []string, x string) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

func cardItemOf(f *frame, a *customer.Attribute, x *customer.DocumentValue) cardItem {
	it := cardItem{Text: short(x.Value), Sort: x.Kind, Source: x.Source, Not: x.RunnersUp, Pinned: x.Rule == "pinned"}
	switch {
	case a.Type == customer.TypeDate:
		it.Text = dateText(f.Lang, x.Value)
	case a.Type == customer.TypeGender && f.Lang.Has("gender."+x.Value):
		it.Text = f.say("gender." + x.Value)
	}
	if len(x.Value) <= longestShown {
		it.Value = x.Value
	} else {
		it.Long = true
	}
	if x.Verdict != 0 && x.Verdict < customer.Plausible {
		it.Verdict = x.Verdict.String()
	}
	if x.Rule != "" && x.Rule != string(customer.KeepAll) {
		it.By = append(it.By, f.Lang.First([]string{"keep." + x.Rule}))
	}
	if x.Agreement > 1 {
		it.By = append(it.By, f.say("keep.agreement", x.Agreement))
	}
	if !x.Observed.IsZero() {
		it.By = append(it.By, unbroken(day(f.Lang, x.Observed)))
	}
	return it
}

// cardRecords shows the source records with what their sources delivered.
func (s *Site) cardRecords(w http.ResponseWriter, r *http.Request) error {
	b, err := s.cardOf(r, "records", 20)
	if err != nil {
		return err
	}
	if after := number(r.URL.Query().Get("after")); after > 0 {
		var next int64
		if b.Records, next, err = s.options.Desk.Records(r.Context(), b.Present(), customer.RecordID(after), 20); err != nil {
			return err
		}
		b.Customer.Next = next
	}
	if b.Customer.Next > 0 {
		b.Next = with(r.URL.Query(), "after", text(b.Customer.Next))
	}
	return s.show(w, r, http.StatusOK, "card", s.cardFrame(r, b), b)
}

// cell sends a delivered column that is too long for a page. It is kept, not shown: a browser would work on a line
// of megabytes for seconds.
func (s *Site) cell(w http.ResponseWriter, r *http.Request) error {
	code, err := customer.ParseCode(r.PathValue("code"))
	giver, is := s.options.Desk.(Whole)
	place, wrong := strconv.Atoi(r.PathValue("place"))
	if err != nil || wrong != nil || !is {
		return customer.ErrUnknown
	}
	record := number(r.PathValue("record"))
	c, err := giver.Cell(r.Context(), code, customer.RecordID(record), place)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", "attachment; filename=record-"+text(record)+"-"+itoa(place)+".txt")
	_, err = io.WriteString(w, c.Text)
	return err
}

// reveal shows a masked value once, for a reason.
func (s *Site) reveal(w http.ResponseWriter, r *http.Request) error {
	b, err := s.cardOf(r, "golden", 0)
	if err != nil {
		return err
	}
	shower, is := s.options.Desk.(Revealer)
	if !is {
		return access.ErrForbidden
	}
	if b.Shown, err = shower.Reveal(r.Context(), resolve.Who{Code: b.Code}, r.FormValue("attribute"), r.FormValue("reason")); err != nil {
		return err
	}
	f := s.cardFrame(r, b)
	f.Path = "/customers/" + b.Code.String()
	b.values(&f, s.options.Desk.Portrait())
	return s.show(w, r, http.StatusOK, "card", f, b)
}
