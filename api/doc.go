// Package api answers machines over HTTP.
//
// Who asks stands in the request's context, put there by a guard; the policy says what they may ask and
// what they see. Paths of source keys are personal: logs and metrics know patterns.
package api
