package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func wantsStream(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// streamed is a change with what it left, if that was asked for.
type streamed struct {
	Change
	Golden json.RawMessage `json:"golden,omitempty"`
}

// stream sends server-sent events: one a change, whose id is its position. A browser that
// reconnects says the last one (Last-Event-ID) and goes on behind it.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, q query) {
	if last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && last >= 0 {
		q.after = last
	}
	q.wait = s.options.Ping
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.stop, cancel)()
	w.Header().Set("Content-Type", "text/event-stream")
	out := streamWriter{w, http.NewResponseController(w), s.options.Timeout}
	for err := out.send(": kartoteka\n\n"); err == nil && ctx.Err() == nil; {
		changes, readErr := s.page(ctx, q)
		page := Page{}
		if readErr == nil {
			page, readErr = s.shown(ctx, q, changes)
		}
		if readErr != nil { // the head is sent: the reader comes again with its last id
			if ctx.Err() == nil {
				s.options.Logger.Error("stream ended", "pattern", r.Pattern, "error", readErr)
			}
			return
		}
		err = out.send(frames(&page))
		q.after = page.Position
	}
}

type streamWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

// send writes and flushes; who does not read for the length of the time-out is cut off.
func (w streamWriter) send(text string) error {
	if err := w.control.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil && !strings.Contains(err.Error(), "not supported") {
		return err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return w.control.Flush()
}

// frames writes a page; an empty one is a sign of life.
func frames(p *Page) string {
	if len(p.Changes) == 0 {
		return ": alive\n\n"
	}
	golden := map[string]json.RawMessage{}
	for _, text := range p.Golden {
		var head struct{ Code string }
		if json.Unmarshal(text, &head) == nil {
			golden[head.Code] = text
		}
	}
	last := map[string]int{}
	for i := range p.Changes {
		last[p.Changes[i].Code.String()] = i
	}
	var b strings.Builder
	for i := range p.Changes {
		one := streamed{Change: p.Changes[i]}
		if code := one.Code.String(); last[code] == i {
			one.Golden = golden[code]
		}
		data, err := json.Marshal(one)
		if err != nil { // plain fields
			panic(err)
		}
		_, _ = fmt.Fprintf(&b, "id: %d\nevent: change\ndata: %s\n\n", one.Position, data)
	}
	return b.String()
}
