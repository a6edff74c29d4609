package standardize

import (
	"testing"

	"kartoteka/customer"
)

func TestMarksOfWebPagesAreTakenOut(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"TagsWithinWords", "<b>Ива</b>нов <i>Пётр</i>", "Иванов Пётр"},
		{"Entities", "Иванов&nbsp;Пётр&#32;&quot;Ромашка&quot;", "Иванов\u00a0Пётр \"Ромашка\""},
		{"AScriptGoesWhole", "<script type=x>alert('1<2')</script>Петрова", " Петрова"},
		{"AScriptWithoutItsEnd", "Петрова<SCRIPT>alert(1)", "Петрова "},
		{"LinesStayApart", "+7 916 1<br/>+7 917 2", "+7 916 1\n+7 917 2"},
		{"TwiceEncoded", "&amp;lt;b&amp;gt;Иванов&amp;lt;/b&amp;gt;", "Иванов"},
		{"Links", `<a href="mailto:a@example.org">a@example.org</a>`, "a@example.org"},
		{"Comments", "Иванов<!-- <b>старый -->", "Иванов"},
		{"AFirmInAngles", "ООО <Ромашка> и <B2B>", "ООО <Ромашка> и <B2B>"},
		{"AnAddressInAngles", "Иванов <ivan@example.org>", "Иванов <ivan@example.org>"},
		{"Ampersands", "Johnson & Johnson; AT&T; A&ltd;", "Johnson & Johnson; AT&T; A&ltd;"},
		{"Signs", "a < b > c <", "a < b > c <"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, changed := unmarked(c.text); got != c.want || changed != (c.text != c.want) {
				t.Errorf("got %q, %v", got, changed)
			}
		})
	}
}

func TestAMarkedNameSaysSoAndKeepsWhatWasReceived(t *testing.T) {
	p := testPortrait(t)
	name := attribute(t, p, customer.Person, customer.TypePersonName)
	for written, want := range map[string]string{"<b>Иванов</b> Пётр": "Иванов Пётр", "<script>alert(1)</script>Петрова Анна": "Петрова Анна"} {
		row, _ := New(p, Settings{}).Row(&customer.Mapped{Values: []customer.RawValue{{Attribute: name.ID, Text: written}}})
		v := row.Of(name.ID)
		if row.Kind != customer.Person || len(v) != 1 || v[0].Standard != want || v[0].Raw != written || v[0].Note != noteMarkup {
			t.Errorf("%s: %s %+v", written, row.Kind, v)
		}
	}
	row, _ := New(p, Settings{}).Row(&customer.Mapped{Kind: customer.Person, Values: []customer.RawValue{{Attribute: name.ID, Text: "<br>"}}})
	if v := row.Of(name.ID); len(v) != 1 || v[0].Verdict != customer.Filler {
		t.Errorf("%+v", v)
	}
}

func FuzzUnmarked(f *testing.F) {
	for _, s := range []string{"<b>Иванов</b>", "<script>", "&#1048;", "<!--", "</", "&amp;lt;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if text, changed := unmarked(s); changed == (text == s) {
			t.Errorf("%q: %q, %v", s, text, changed)
		}
	})
}
