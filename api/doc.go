// Package api answers machines over HTTP.
//
// It has no sign-in yet, so it listens on the loopback only unless told otherwise, and it
// answers only requests that name a loopback host, lest a web page reach it through the
// reader's own browser. Paths of source keys are personal: logs and metrics know patterns.
package api
