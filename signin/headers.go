package signin

import (
	"net/http"
	"strings"
)

// csrfHeader is what scripts of our pages send; a foreign page cannot, without being asked for leave.
const csrfHeader = "X-Hub-CSRF"

// maxForm is how many bytes a form of the gate has at most.
const maxForm = 64 << 10

// policyOfContent lets a page use what comes from the hub itself and nothing else, no inline script
// or style, and lets nobody frame it.
const policyOfContent = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (g *Gate) headers(next http.Handler) http.Handler {
	return secured(next, strings.HasPrefix(g.Address, "https:"))
}

// secured sets the headers by which a browser protects our pages.
func secured(next http.Handler, https bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policyOfContent)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // with none, browsers hide the origin of our own forms
		h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if https || r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// trusted refuses requests that another site made a browser send. A browser says where a request comes
// from; one that changes something with a cookie and says nothing must carry the header.
func (g *Gate) trusted(w http.ResponseWriter, r *http.Request, cookie bool) bool {
	err := g.foreign.Check(r)
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	silent := r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == ""
	if err == nil && (safe || !cookie || !silent || r.Header.Get(csrfHeader) != "") {
		return true
	}
	g.Logger.Warn("refused a request that seems to be made by another site", "method", r.Method, "pattern", r.Pattern)
	if wantsPage(r) {
		g.Pages.Message(w, r, http.StatusForbidden, "signin.foreign")
	} else {
		problem(w, http.StatusForbidden, "csrf", "This request seems to come from another site; scripts send "+csrfHeader+": 1.")
	}
	return false
}
