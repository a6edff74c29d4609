package steward

import (
	"errors"
	"math"
	"net/http"
	"slices"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
)

// planBody is the page of a change of the rules.
type planBody struct {
	*desk.ShownPlan
	Curve    *lineChart
	Working  bool    // the page looks again by itself
	Share    float64 // of the work that is done
	MayApply bool
	MayDrop  bool
	Brake    int64 // what it needs, in percent
	Fault    string
	Counts   []planCount
}

// planCount is one number of what a plan would do, and of what it did.
type planCount struct {
	Key        string
	Would, Did int
}

func (s *Site) plan(w http.ResponseWriter, r *http.Request) error {
	k, id, err := s.planOf(r)
	if err != nil {
		return err
	}
	p, err := k.Plan(r.Context(), id)
	if err != nil {
		return err
	}
	return s.showPlan(w, r, http.StatusOK, p, "")
}

func (s *Site) planOf(r *http.Request) (Rulekeeper, int64, error) {
	k, err := s.rulekeeper()
	if err != nil {
		return nil, 0, err
	}
	id, err := taskID(r)
	return k, id, err
}

func (s *Site) showPlan(w http.ResponseWriter, r *http.Request, status int, p *desk.ShownPlan, fault string) error {
	f := s.frame(r, "settings", "steward.nav.settings")
	f.Path = "/settings/plans/" + text(p.ID)
	f.Title = f.say("steward.plan.title", p.ID)
	b := planBody{ShownPlan: p, Fault: fault, Working: p.State == customer.PlanAsked || p.State == customer.PlanApproved,
		MayApply: p.State == customer.PlanReady && s.options.Policy.Can(f.Who, access.Apply),
		MayDrop:  slices.Contains([]customer.PlanState{customer.PlanAsked, customer.PlanReady, customer.PlanFailed}, p.State) && s.options.Policy.Can(f.Who, access.Plan)}
	if p.Total > 0 {
		b.Share = float64(p.Done) / float64(p.Total)
	}
	if p.Would != nil {
		b.Curve, b.Counts = curveOf(f.Lang, p.Would.Curve, p.Would.Links), countsOf(p)
		b.Brake = min(100, int64(math.Ceil(100*p.Churn))+1)
	}
	return s.show(w, r, status, "plan", f, b)
}

// countsOf are the numbers of a plan.
func countsOf(p *desk.ShownPlan) []planCount {
	var did customer.Tally
	if p.Did != nil {
		did = p.Did.Changes
	}
	t := &p.Would.Tally
	return []planCount{{"joined", t.Joined, did.Joined}, {"split", t.Split, did.Split}, {"created", t.Created, did.Created}, {"restored", t.Restored, did.Restored},
		{"removed", t.Removed, did.Removed}, {"values", t.Values, did.Values}, {"moved", t.Moved, did.Moved}, {"events", t.Events, did.Events}}
}

// settlePlan applies a plan or gives it up.
func (s *Site) settlePlan(w http.ResponseWriter, r *http.Request) error {
	k, id, err := s.planOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	switch r.PostForm.Get("act") {
	case "drop":
		_, err = k.DropPlan(r.Context(), id)
	default:
		_, err = k.ApprovePlan(r.Context(), id, desk.PlanConsent{Reason: r.PostForm.Get("reason"), Brake: float64(number(r.PostForm.Get("brake")))})
	}
	var no *desk.Refusal
	if errors.As(err, &no) {
		p, err := k.Plan(r.Context(), id)
		if err != nil {
			return err
		}
		return s.showPlan(w, r, http.StatusConflict, p, no.Fault)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/plans/"+text(id), http.StatusSeeOther)
	return nil
}

// lineChart is expected precision and recall over thresholds, in pixels.
type lineChart struct {
	Width, Height, Left, Base int
	Precision, Recall         string // points of the lines
	Ticks, Thresholds         []chartTick
	Marks                     []chartTick // the thresholds in force, by kind
	Label                     string      // for those who do not see it
	Rows                      []curveRow
}

type curveRow struct {
	desk.CurvePoint
	Own bool // the threshold in force, rounded
}

// curveOf draws a curve; nil if there is none.
func curveOf(l phrases.Lang, points []desk.CurvePoint, links []desk.LinkAt) *lineChart {
	if len(points) < 2 {
		return nil
	}
	c := &lineChart{Width: 620, Height: 260, Left: 46, Base: 226}
	low, high := points[0].Threshold, points[len(points)-1].Threshold
	for _, k := range links {
		low, high = math.Min(low, k.Bits), math.Max(high, k.Bits)
	}
	x := func(bits float64) float64 {
		return round1(float64(c.Left) + (bits-low)/(high-low)*float64(c.Width-c.Left-14))
	}
	least := 1.0
	for _, p := range points {
		least = math.Min(least, math.Min(p.Precision, p.Recall))
	}
	least = math.Floor(least*10) / 10
	if least >= 1 {
		least = 0.9
	}
	y := func(share float64) float64 {
		return round1(float64(c.Base) - (share-least)/(1-least)*float64(c.Base-14))
	}
	for _, p := range points {
		c.Precision += decimal(x(p.Threshold)) + "," + decimal(y(p.Precision)) + " "
		c.Recall += decimal(x(p.Threshold)) + "," + decimal(y(p.Recall)) + " "
		c.Rows = append(c.Rows, curveRow{p, slices.ContainsFunc(links, func(k desk.LinkAt) bool { return math.Round(k.Bits) == p.Threshold })})
	}
	for i := range 5 {
		share := least + (1-least)*float64(i)/4
		c.Ticks = append(c.Ticks, chartTick{y(share), l.Text(phrases.Share(share))})
	}
	step := math.Max(1, math.Ceil((high-low)/10))
	for bits := math.Ceil(low); bits <= high; bits += step {
		c.Thresholds = append(c.Thresholds, chartTick{x(bits), l.Number(bits)})
	}
	for i, k := range links {
		if i == 0 || k.Bits != links[0].Bits {
			c.Marks = append(c.Marks, chartTick{x(k.Bits), signed(l, k.Bits)})
		}
	}
	c.Label = l.Sentence("steward.rules.curve.label", l.Number(low), l.Number(high), signed(l, links[0].Bits))
	return c
}
