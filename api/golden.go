package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
)

// Retired is the answer about a code that was retired: Successor is the active code at the
// end of the way, and Golden its golden record. Without successor the last record of the
// customer was deleted at its source.
type Retired struct {
	Code      customer.Code      `json:"code"`
	State     customer.CodeState `json:"state"`
	Epoch     int64              `json:"epoch"`
	Version   int64              `json:"version"`
	Successor customer.Code      `json:"successor,omitzero"`
	Golden    json.RawMessage    `json:"golden,omitempty"`
}

// golden answers GET /v1/golden/{code}?view=NAME: the golden record, of a retired code with its
// successor's, 410 for an erased one. The ETag is made of epochs and versions.
func (s *Server) golden(w http.ResponseWriter, r *http.Request) {
	code, err := customer.ParseCode(r.PathValue("code"))
	if err != nil {
		problem(w, http.StatusBadRequest, "code", err.Error())
		return
	}
	view, err := s.view(r)
	if err != nil {
		problem(w, http.StatusBadRequest, "parameter", err.Error())
		return
	}
	asked, present, err := s.follow(r.Context(), code)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if present.State == customer.CodeErased {
		problem(w, http.StatusGone, "erased", "The customer of this code was erased.")
		return
	}
	if present.Document, err = view.document(&present); err != nil {
		s.fail(w, r, err)
		return
	}
	if s.options.Desk != nil {
		if err := s.options.Desk.Viewed(r.Context(), access.ReadCustomer, present.Code); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	tag := etag(asked, present, view)
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if asked.State == customer.CodeActive {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(present.Document)
		return
	}
	out := Retired{Code: asked.Code, State: asked.State, Epoch: asked.Epoch, Version: asked.Version}
	if present.Code != asked.Code {
		out.Successor, out.Golden = present.Code, present.Document
	}
	answer(w, out)
}

// maxHops bounds the way over retired codes; it is acyclic, so only damage makes it longer.
const maxHops = 1000

// follow goes from a code to the one that its customer has now.
func (s *Server) follow(ctx context.Context, code customer.Code) (asked, present State, err error) {
	if asked, err = s.hub.State(ctx, code); err != nil {
		return
	}
	present = asked
	for hops := 0; present.State == customer.CodeRetired && present.Successor != 0; hops++ {
		if hops == maxHops {
			return asked, present, fmt.Errorf("api: code %s: the way to its successor does not end; run kartoteka verify", code)
		}
		if present, err = s.hub.State(ctx, present.Successor); err != nil {
			return
		}
	}
	return
}

func etag(asked, present State, view *reader) string {
	tag := fmt.Sprintf("%d.%d", asked.Epoch, asked.Version)
	if view != nil {
		tag += "." + view.tag()
	}
	if present.Code != asked.Code {
		tag += fmt.Sprintf("-%s.%d.%d", present.Code, present.Epoch, present.Version)
	}
	return `"` + tag + `"`
}

func matches(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// Crosswalk is the answer about a source record.
type Crosswalk struct {
	Source customer.Source `json:"source"`
	Key    string          `json:"key"`
	Code   customer.Code   `json:"code"`
}

// crosswalk answers GET /v1/crosswalk/{source}/{key}; source and key are percent-encoded.
func (s *Server) crosswalk(w http.ResponseWriter, r *http.Request) {
	ref := customer.Ref{Source: customer.Source(r.PathValue("source")), Key: r.PathValue("key")}
	if ref.Source == "" || ref.Key == "" || storable(ref) != nil {
		problem(w, http.StatusBadRequest, "key", "Name a source and a key: /v1/crosswalk/SOURCE/KEY, both percent-encoded.")
		return
	}
	code, err := s.hub.Lookup(r.Context(), ref)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.seen(r, code); err != nil {
		s.fail(w, r, err)
		return
	}
	answer(w, Crosswalk{Source: ref.Source, Key: ref.Key, Code: code})
}

// seen reports as unknown a customer whom the subject does not see.
func (s *Server) seen(r *http.Request, code customer.Code) error {
	view, err := s.view(r)
	if err != nil || view == nil || !view.Filters() {
		return err
	}
	state, err := s.hub.State(r.Context(), code)
	if err == nil {
		_, err = view.document(&state)
	}
	return err
}
