package main

import (
	"encoding/json"

	"kartoteka/config"
)

// envelope is the one JSON object that every verb prints with --output json.
type envelope struct {
	Command string   `json:"command"`
	OK      bool     `json:"ok"`
	Summary any      `json:"summary"`
	Result  any      `json:"result"`
	Error   *problem `json:"error"`
}

// problem is an error with what is wrong in detail.
type problem struct {
	Code    string        `json:"code"` // stable: usage, input, config, surroundings, rejects, failed, ...
	Exit    int           `json:"exit"`
	Message string        `json:"message"`
	Faults  config.Faults `json:"faults,omitempty"`
}

// write prints a result, and in JSON the error too; an error for people goes to stderr instead.
func (a *app) write(o output, err error) error {
	if o.streamed && err == nil {
		return nil
	}
	if a.globals.Output != "json" {
		if o.human == nil {
			return nil
		}
		return o.human(a.out)
	}
	e := envelope{Command: a.command, OK: err == nil, Summary: o.summary, Result: o.result}
	if err != nil {
		exit, code := exitOf(err)
		e.Error = &problem{Code: code, Exit: exit, Message: err.Error(), Faults: config.AllFaults(err)}
	}
	j := json.NewEncoder(a.out)
	j.SetEscapeHTML(false)
	j.SetIndent("", "  ")
	return j.Encode(e)
}
