package steward

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// settingsBody is the page of the rules that the hub works by.
type settingsBody struct {
	Settings *desk.Settings
	Curve    *lineChart
	MayPlan  bool
	May      []roleRights
	Wish     wish
	// Plain tells that nothing but costs was laid over the configuration, so that they are asked for as numbers.
	Plain bool
	// Wrong are the faults of what was typed; WrongCosts that a cost is no number.
	Wrong      []string
	WrongCosts bool
}

// wish is what somebody typed into the form of a change.
type wish struct{ FalseMerge, MissedMerge, Text, Reason, Request string }

type roleRights struct {
	Role access.Role
	May  []access.Act
}

func (s *Site) rulekeeper() (Rulekeeper, error) {
	if k, is := s.options.Desk.(Rulekeeper); is {
		return k, nil
	}
	return nil, customer.ErrUnknown
}

func (s *Site) settings(w http.ResponseWriter, r *http.Request) error {
	return s.showSettings(w, r, http.StatusOK, settingsBody{})
}

// justCosts is what a change of the costs lays over the configuration.
var justCosts = regexp.MustCompile(`^(costs: \{false_merge: [0-9.]+, missed_merge: [0-9.]+\}\n)?$`)

func (s *Site) showSettings(w http.ResponseWriter, r *http.Request, status int, b settingsBody) error {
	f := s.frame(r, "settings", "steward.nav.settings")
	f.Path = "/settings"
	if err := s.options.Policy.May(f.Who, access.ReadSettings); err != nil {
		return err
	}
	b.MayPlan = s.options.Policy.Can(f.Who, access.Plan)
	if k, err := s.rulekeeper(); err == nil {
		if b.Settings, err = k.Settings(r.Context()); err != nil {
			return err
		}
		b.Curve = curveOf(f.Lang, b.Settings.Curve, b.Settings.Links)
		b.Plain = justCosts.MatchString(b.Settings.Laid) && b.Settings.Pinned == nil
		b.Wish.fill(b.Settings)
	}
	for _, role := range access.Roles() {
		b.May = append(b.May, roleRights{role, s.options.Policy.Rights(role).May})
	}
	return s.show(w, r, status, "settings", f, b)
}

// fill writes what is in force where nothing was typed.
func (x *wish) fill(s *desk.Settings) {
	if x.FalseMerge == "" && x.MissedMerge == "" {
		x.FalseMerge, x.MissedMerge = decimal(s.FalseMerge), decimal(s.MissedMerge)
	}
	x.Text, x.Request = cmp.Or(x.Text, s.Laid), requestID()
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// askPlan has a change of the rules worked out.
func (s *Site) askPlan(w http.ResponseWriter, r *http.Request) error {
	k, err := s.rulekeeper()
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	form := r.PostForm
	x := wish{FalseMerge: form.Get("false_merge"), MissedMerge: form.Get("missed_merge"), Text: strings.ReplaceAll(form.Get("text"), "\r\n", "\n"), Reason: form.Get("reason"), Request: form.Get("request")}
	order := desk.PlanWish{Train: form.Get("train") != "", Reason: x.Reason, Request: x.Request}
	switch form.Get("what") {
	case "costs":
		text, err := x.costs()
		if err != nil {
			return s.showSettings(w, r, http.StatusBadRequest, settingsBody{Wish: x, WrongCosts: true})
		}
		order.Settings = &text
	case "text":
		order.Settings = &x.Text
	}
	p, err := k.AskPlan(r.Context(), order)
	if errors.Is(err, desk.ErrInvalid) {
		return s.showSettings(w, r, http.StatusBadRequest, settingsBody{Wish: x, Wrong: faultsOf(langOf(r, readPrefs(r)), err)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/plans/"+text(p.ID), http.StatusSeeOther)
	return nil
}

// costs writes the two costs as they are laid over the configuration.
func (x *wish) costs() (string, error) {
	numbers := [2]float64{}
	for i, typed := range []string{x.FalseMerge, x.MissedMerge} {
		n, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(typed), ",", ".", 1), 64)
		if err != nil || !(n > 0) || n > 1e9 {
			return "", desk.ErrInvalid
		}
		numbers[i] = n
	}
	return fmt.Sprintf("costs: {false_merge: %s, missed_merge: %s}\n", decimal(numbers[0]), decimal(numbers[1])), nil
}
