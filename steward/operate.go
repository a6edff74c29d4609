package steward

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
	"kartoteka/steward/diff"
)

// operateBody shows what an operation would change, before anything is done.
type operateBody struct {
	Code    string
	Deed    desk.Deed
	Reason  string
	Request string
	Codes   []operated
	Opened  []string
	Closed  int
	// Revoked and Decided are the decisions that it takes back and makes.
	Revoked []int64
	Decided []string
	Pins    int
	Changes bool
	Expect  []string // CODE:VERSION of what is shown
	// Waits is the proposal that is shown, if it is one; MayApprove that the reader may settle it.
	Waits      *desk.Pending
	MayApprove bool
}

// operated is a code before and after.
type operated struct {
	Code    customer.Code
	What    string
	Active  bool
	Members int
	Rows    []operatedRow
}

type operatedRow struct {
	Label         string
	Before, After []diff.Piece
	Changed       bool
}

// deedOf reads what is to be done from a form.
func deedOf(r *http.Request, code string) (d desk.Deed, err error) {
	if err := r.ParseForm(); err != nil {
		return d, desk.ErrInvalid
	}
	form := r.PostForm
	d = desk.Deed{Action: form.Get("action"), Code: code, Records: form["record"], To: strings.TrimSpace(form.Get("to")), Attribute: form.Get("attribute"), Value: form.Get("value"), Not: form.Get("not") != "",
		Operation: number(form.Get("operation")), Survivor: strings.TrimSpace(form.Get("survivor")), Decision: form.Get("decision")}
	if d.Action == "choose" { // Enter in a field: what was typed tells
		if d.Action = "split"; d.To != "" {
			d.Action = "move"
		}
	}
	if d.Action == "unmerge" { // the operation says whose merge, or the code that was retired by it
		d.Code = form.Get("retired")
	}
	if other := strings.TrimSpace(form.Get("other")); other != "" {
		d.Customers = []string{code, other}
	}
	return d, nil
}

// operate shows what an operation would change, or carries it out when that was confirmed. What one can
// see at once, like a fixed value, needs no confirmation.
func (s *Site) operate(w http.ResponseWriter, r *http.Request) error {
	code, err := customer.ParseCode(r.PathValue("code"))
	if err != nil {
		return customer.ErrUnknown
	}
	deed, err := deedOf(r, code.String())
	if err != nil {
		return err
	}
	order := desk.Order{Deed: deed, Reason: r.PostForm.Get("reason"), Request: r.PostForm.Get("request"), Expect: expected(r.PostForm["expect"])}
	plain := slices.Contains([]string{"pin", "unpin", "confirm"}, deed.Action)
	if order.DryRun = !plain && r.PostForm.Get("confirm") == ""; order.DryRun {
		order.Request = ""
	}
	done, err := s.options.Desk.Operate(r.Context(), order)
	if errors.Is(err, resolve.ErrNothing) {
		return s.message(w, r, http.StatusOK, "steward.error.nothing")
	}
	if err != nil {
		return err
	}
	if !order.DryRun {
		where := "?done=" + text(doneNumber(done))
		if done.Pending != nil {
			where = "?waits=" + text(done.Pending.ID)
		}
		http.Redirect(w, r, "/customers/"+code.String()+where, http.StatusSeeOther)
		return nil
	}
	f := s.frame(r, "customers", "steward.operate.title")
	f.Path = "/customers/" + code.String()
	return s.show(w, r, http.StatusOK, "operate", f, newOperate(f.Lang, s.options.Desk.Portrait(), code, &order, done))
}

// expected reads CODE:VERSION.
func expected(list []string) map[customer.Code]int64 {
	out := map[customer.Code]int64{}
	for _, x := range list {
		left, right, _ := strings.Cut(x, ":")
		if code, err := customer.ParseCode(left); err == nil && number(right) > 0 {
			out[code] = number(right)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func newOperate(l phrases.Lang, p *customer.Portrait, code customer.Code, o *desk.Order, done *desk.Operated) *operateBody {
	b := &operateBody{Code: code.String(), Deed: o.Deed, Reason: o.Reason, Request: requestID()}
	if done.Preview == nil {
		return b
	}
	for i := range done.Preview.Codes {
		c := &done.Preview.Codes[i]
		b.Codes = append(b.Codes, operatedOf(l, p, c))
		if c.Before != nil {
			b.Expect = append(b.Expect, c.Code.String()+":"+text(c.Before.Version))
		}
	}
	for i := range done.Preview.Opened {
		b.Opened = append(b.Opened, l.Sentence("steward.kind."+string(done.Preview.Opened[i].Kind)))
	}
	b.Revoked = done.Preview.Revoked
	for i := range done.Preview.Decided {
		b.Decided = append(b.Decided, l.Sentence("why.decision."+string(done.Preview.Decided[i].Kind)))
	}
	b.Closed, b.Pins, b.Changes = len(done.Preview.Closed), len(done.Preview.Shadowed), len(b.Codes) > 0
	return b
}

func operatedOf(l phrases.Lang, p *customer.Portrait, c *resolve.CodePreview) operated {
	out := operated{Code: c.Code, What: l.Sentence("change." + string(c.Kind)), Active: c.After.State == customer.CodeActive, Members: c.After.MemberCount}
	if !out.Active {
		return out
	}
	for _, a := range p.Of(c.After.Kind) {
		before, after := "", joined(l, &a, c.After.Attributes[a.Name])
		if c.Before != nil {
			before = joined(l, &a, c.Before.Attributes[a.Name])
		}
		if before == "" && after == "" {
			continue
		}
		row := operatedRow{Label: capital(l.AttributeOf(string(c.After.Kind), a.Name)), Changed: before != after && c.Before != nil}
		row.Before, row.After = diff.Marked(before, diff.Same), diff.Marked(after, diff.Same)
		if row.Changed && before != "" {
			row.After = diff.Against(before, after)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func joined(l phrases.Lang, a *customer.Attribute, values []customer.DocumentValue) string {
	var out []string
	for i := range values {
		if i == maxItems {
			out = append(out, "…")
			break
		}
		text := short(values[i].Value)
		if a.Type == customer.TypeDate {
			text = dateText(l, text)
		}
		out = append(out, text)
	}
	return strings.Join(out, " · ")
}

// doneNumber is the operation that was carried out; 1 when it is not known.
func doneNumber(done *desk.Operated) int64 {
	if done.Done == nil || done.Operation == 0 {
		return 1
	}
	return done.Operation
}
