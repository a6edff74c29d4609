package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kartoteka/desk"
)

// oracle answers with what it was asked.
type oracle struct{ asked desk.Question }

func (o *oracle) Search(_ context.Context, q desk.Question) ([]desk.Found, error) {
	o.asked = q
	if q.Values["shoe"] != nil {
		return nil, fmt.Errorf("%w: there is no attribute shoe", desk.ErrInvalid)
	}
	return []desk.Found{{Code: alice, Score: 21.5, Same: true}}, nil
}

func TestMatch(t *testing.T) {
	o := &oracle{}
	h := open(family(), Options{Matcher: o}).Handler()
	found := `{"candidates":[{"code":"` + alice.String() + `","score":21.5,"same":true}]}`
	for _, tt := range []struct {
		name, path string
		status     int
		body       string
	}{
		{"ByText", "/v1/match?text=ivanov+901", 200, found},
		{"ByValues", "/v1/match?name=ivanov&phone=901&phone=902&limit=3", 200, found},
		{"Nothing", "/v1/match", 400, "say what is known"},
		{"NoLimit", "/v1/match?text=x&limit=0", 400, "limit is a number"},
		{"TooLong", "/v1/match?text=" + strings.Repeat("x", 1001), 400, "at most"},
		{"UnknownAttribute", "/v1/match?shoe=45", 400, "no attribute shoe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := get(t, h, tt.path)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	if w := get(t, open(family(), Options{}).Handler(), "/v1/match?text=x"); w.Code != 404 {
		t.Errorf("without a matcher: %d", w.Code)
	}
}

func TestMatchTakesAJSONBody(t *testing.T) {
	o := &oracle{}
	r := httptest.NewRequest(http.MethodPost, "/v1/match", strings.NewReader(`{"values": {"name": ["Ivanov"]}, "kind": "person", "limit": 2}`))
	r.Host = "127.0.0.1:8080"
	w := httptest.NewRecorder()
	open(family(), Options{Matcher: o}).Handler().ServeHTTP(w, r)
	if w.Code != 200 || o.asked.Values["name"][0] != "Ivanov" || o.asked.Kind != "person" || o.asked.Limit != 2 {
		t.Errorf("%d %s, asked %+v", w.Code, w.Body, o.asked)
	}
}
