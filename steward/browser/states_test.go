package browser

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/steward"
	"kartoteka/steward/stewardtest"
)

// stub answers with the pages of made-up desks, one by one.
func stub(t testing.TB) (address string, show func(*stewardtest.Desk)) {
	t.Helper()
	pages := map[*stewardtest.Desk]http.Handler{}
	var now http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now.ServeHTTP(w, r.WithContext(access.With(r.Context(), &access.Subject{ID: "local:anna", Name: "Anna", Roles: access.Roles(), Via: access.ViaSession})))
	}))
	t.Cleanup(server.Close)
	return server.URL, func(d *stewardtest.Desk) {
		if pages[d] == nil {
			site, err := steward.New(steward.Options{Desk: d, Now: func() time.Time { return stewardtest.Moment }})
			if err != nil {
				t.Fatal(err)
			}
			pages[d] = site.Handler()
		}
		now = pages[d]
	}
}

// W33: the queue's six states in one picture of the documentation; those of the other lists are drawn by
// the tests of steward.
func TestStatesArePictured(t *testing.T) {
	h := theHub(t)
	address, show := stub(t)
	p := h.tab(t, "")
	p.hub = &hub{address: address}
	p.size(640, 420)
	p.prefer(light)
	var pictures []image.Image
	shoot := func() {
		picture, err := png.Decode(bytes.NewReader(p.shoot()))
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, picture)
	}
	for _, s := range stewardtest.States() {
		if s.List != "queue" {
			continue
		}
		show(s.Desk)
		p.visit(s.Path)
		p.sees("[data-test=state-" + s.Name + "]")
		eval[bool](p, "(document.querySelector('.empty').scrollIntoView({block: 'center'}), true)")
		if shoot(); s.Name == "filtered" { // what a slow answer shows
			eval[bool](p, "(main => (main.classList.add('waits'), main.append(document.querySelector('#waiting').content.cloneNode(true)), true))(document.querySelector('#main'))")
			p.sees("main > [data-test=state-loading]")
			shoot()
		}
	}
	if len(pictures) != 6 {
		t.Fatalf("%d states", len(pictures))
	}
	if *update {
		sheet(t, "states", pictures, 2)
	}
}

// sheet writes pictures beside and below each other.
func sheet(t testing.TB, name string, pictures []image.Image, columns int) {
	t.Helper()
	size := pictures[0].Bounds()
	rows := (len(pictures) + columns - 1) / columns
	out := image.NewRGBA(image.Rect(0, 0, columns*(size.Dx()+8)-8, rows*(size.Dy()+8)-8))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.Gray{0xd5}), image.Point{}, draw.Src)
	for i, x := range pictures {
		at := image.Pt(i%columns*(size.Dx()+8), i/columns*(size.Dy()+8))
		draw.Draw(out, x.Bounds().Add(at), x, image.Point{}, draw.Src)
	}
	var data bytes.Buffer
	if err := png.Encode(&data, out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shotsDir(), name+".png"), smaller(t, data.Bytes()), 0o644); err != nil {
		t.Fatal(err)
	}
}
