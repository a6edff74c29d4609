package demo

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// writeBanking writes the dump of the core system: windows-1251, semicolons, capitals, CRLF.
func writeBanking(g *generator, s *source, out io.Writer, jobs []job) error {
	encoded := encoding.ReplaceUnsupported(charmap.Windows1251.NewEncoder()).Writer(out)
	w := csv.NewWriter(encoded)
	w.Comma, w.UseCRLF = ';', true
	_ = w.Write(strings.Split("CLIENT_ID;TYPE;FIO;BIRTH;DOC_TYPE;DOC_SER;DOC_NUM;DOC_DATE;INN;SNILS;PHONE;ADDR;UPD", ";"))
	for i, j := range jobs {
		key, d := itoa(1_000_001+i), g.dice(s, j)
		row := g.bankOrganization(j, d)
		if j.what != rowCompany {
			row = g.bankPerson(s, j, d)
		}
		if err := w.Write(append([]string{key}, row...)); err != nil {
			return err
		}
		if err := g.note(s, j, key); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (g *generator) bankPerson(s *source, j job, d *dice) []string {
	p := g.sight(s, j, d)
	document := "21"
	if p.passport.number == "" {
		document = ""
	}
	insured := p.snils
	if d.chance(0.5) {
		insured = groupedSNILS(insured)
	}
	number := p.mobile
	if number == "" {
		number = p.home
	}
	return []string{"ФЛ", strings.ToUpper(p.full()), date(p.birth, dotted), document, p.passport.series, p.passport.number, date(p.passport.issued, dotted),
		p.inn, insured, phone(number, d), strings.ToUpper(p.address.write(0, false)), p.updated.Format("2006-01-02 15:04:05")}
}

func (g *generator) bankOrganization(j job, d *dice) []string {
	if j.what != rowCompany {
		return nil
	}
	c := g.company(j, d)
	return []string{"ЮЛ", strings.ToUpper(c.full), "", "", "", "", "", c.inn, "", phone(c.phone, d), strings.ToUpper(c.address.write(0, false)),
		c.updated.Format("2006-01-02 15:04:05")}
}

// writeLoans writes the loan table: each loan with its own copy of the borrower's data.
func writeLoans(g *generator, s *source, out io.Writer, jobs []job) error {
	w := csv.NewWriter(out)
	_ = w.Write([]string{"LOAN_ID", "BORROWER_FIO", "BORROWER_BIRTH", "MOBILE", "HOME_PHONE", "PASSPORT", "REG_ADDR", "LOAN_NO", "STATE", "OPEN_DT", "CLOSE_DT", "UPD"})
	for i, j := range jobs {
		key, d := fmt.Sprintf("L%07d", i+1), g.dice(s, j)
		if err := w.Write(append([]string{key}, g.loan(s, i, j, d)...)); err != nil {
			return err
		}
		if err := g.note(s, j, key); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (g *generator) loan(s *source, i int, j job, d *dice) []string {
	p := g.sight(s, j, d)
	open, state, closed := p.updated.AddDate(0, -d.between(1, 30), 0), "ACTIVE", ""
	if d.chance(0.4) {
		state, closed = "CLOSED", p.updated.Format(iso)
	}
	document := strings.TrimSpace(p.passport.series + " " + p.passport.number)
	return []string{p.full(), date(p.birth, iso), phone(p.mobile, d), phone(p.home, d), document, p.address.write(1, false),
		fmt.Sprintf("КД-%06d/%s", i+1, open.Format("06")), state, open.Format(iso), closed, p.updated.Format("2006-01-02T15:04:05Z")}
}
