package steward

import (
	"net/http"
	"strings"
	"testing"

	"kartoteka/desk"
)

// A value of 10 MB is shown by its beginning, with the way to all of it.
func TestLongValuesAreClipped(t *testing.T) {
	v := visit(t)
	long := strings.Repeat("Я", 5<<20)
	for code, c := range v.desk.Cards {
		if len(c.Records) == 0 || c.Golden == nil || len(c.LeadsTo) > 0 {
			continue
		}
		c.Golden.Attributes["name"][0].Value = long
		c.Records[0].Raw = []desk.Cell{{Column: "name", Text: "short"}, {Column: "note", Text: long, Clipped: true}}
		path := "/customers/" + code.String()
		for _, page := range []string{path, path + "/records"} {
			body := v.get(page)
			v.has(body, "ЯЯЯ…", path+"/records")
			if len(body) > 200<<10 {
				t.Errorf("%s has %d bytes", page, len(body))
			}
		}
		whole := path + "/records/" + itoa(int(c.Records[0].Record)) + "/1"
		v.has(v.get(path+"/records"), `href="`+whole+`"`)
		r, body := v.do("GET", whole, nil)
		if r.StatusCode != http.StatusOK || body != long || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %v, %d bytes", whole, r.StatusCode, r.Header, len(body))
		}
		for _, nothing := range []string{"/2", "/-1", "/x"} {
			if r, _ := v.do("GET", strings.TrimSuffix(whole, "/1")+nothing, nil); r.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", nothing, r.StatusCode)
			}
		}
		return
	}
	t.Fatal("no card has records")
}
