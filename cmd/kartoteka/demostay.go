package main

import (
	"context"
	"path/filepath"
)

// stay goes on serving on a terminal until it is interrupted; elsewhere the demo ends.
func (d *demoRun) stay(ctx context.Context, out output) (output, error) {
	staying := d.Output != "json" && isTerminal(d.out)
	d.result.Next = d.nextSteps(staying)
	if !staying {
		return out, nil
	}
	if err := d.write(out, nil); err != nil {
		return output{}, err
	}
	serve := &serveCommand{Listen: d.command.Listen}
	listener, err := serve.listen(ctx)
	if err != nil {
		return output{}, err
	}
	d.remark("\nCtrl-C ends it.")
	return output{}, serve.serve(ctx, d.app, d.hub, listener)
}

// nextSteps are commands worth trying.
func (d *demoRun) nextSteps(serving bool) []string {
	program := "kartoteka --state " + d.State
	code := d.result.Stories[0].Rows[0].Code.String()
	out := []string{
		program + " show " + code,
		program + " find Воробьёва Наталья",
		program + " export golden --format xlsx",
		program + " verify",
		"less " + filepath.Join(d.State, "kartoteka.yaml"),
	}
	if serving {
		return append(out, program+" tokens add curl --scope customer.read",
			"curl -H \"Authorization: Bearer $TOKEN\" http://"+d.command.Listen+"/v1/golden/"+code)
	}
	return append(out, program+" serve")
}
