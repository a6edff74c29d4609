package demo

import (
	"encoding/csv"
	"io"
)

// writeBilling writes the subscribers of the telecom: one row a contract, tabs, UTF-8.
func writeBilling(g *generator, s *source, out io.Writer, jobs []job) error {
	w := csv.NewWriter(out)
	w.Comma = '\t'
	_ = w.Write([]string{"customer_id", "last_name", "first_name", "patronymic", "birthday", "doc_series", "doc_number", "ipn", "contact_phone", "msisdn",
		"actual_from", "adv_sms", "adv_sms_dt", "city"})
	for i, j := range jobs {
		key, d := itoa(500_001+i), g.dice(s, j)
		if err := w.Write(append([]string{key}, g.subscriber(s, j, d)...)); err != nil {
			return err
		}
		if err := g.note(s, j, key); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (g *generator) subscriber(s *source, j job, d *dice) []string {
	p := g.sight(s, j, d)
	contact, service := p.mobile, p.mobile
	if p.home != "" && d.chance(0.5) || contact == "" {
		contact = p.home
	}
	if d.chance(0.4) { // the SIM of the contract is another one
		service = "7" + mobile(d.n(100_000_000))
	}
	consent, at, city := "", "", ""
	if d.chance(0.8) {
		consent, at = pick(d, []string{"Y", "Y", "N"}), p.updated.Format(iso)
	}
	if p.address.town != nil {
		city = p.address.town.ru
		if p.ukrainian && p.address.town.uk != "" {
			city = p.address.town.uk
		}
	}
	return []string{p.last, p.first, p.patronymic, date(p.birth, dotted), p.passport.series, p.passport.number, p.rnokpp, phone(contact, d), service,
		p.updated.AddDate(0, -d.between(0, 60), 0).Format(iso), consent, at, city}
}

// writeWeb writes the leads of a web form: Latin script, as visitors type.
func writeWeb(g *generator, s *source, out io.Writer, jobs []job) error {
	w := csv.NewWriter(out)
	_ = w.Write([]string{"lead_id", "Name", "Email", "Phone", "agree", "sent"})
	for i, j := range jobs {
		key, d := "4211:"+itoa(100_001+i), g.dice(s, j)
		if err := w.Write(append([]string{key}, g.lead(s, j, d)...)); err != nil {
			return err
		}
		if err := g.note(s, j, key); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (g *generator) lead(s *source, j job, d *dice) []string {
	p := g.sight(s, j, d)
	who := person{tongue: russian}
	if j.what == rowPerson {
		who = *g.world.person(int(j.index))
	}
	last, first := inLatin(&who, p.last, p.first, d)
	name := first + " " + last
	if d.chance(0.25) {
		name = last + " " + first
	}
	if d.chance(0.1) {
		name = first
	}
	return []string{name, p.email, phone(p.mobile, d), pick(d, []string{"yes", "yes", "no", ""}), p.updated.Format("2006-01-02 15:04:05")}
}
