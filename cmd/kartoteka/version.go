package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"kartoteka/failpoint"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "devel"

type versionCommand struct {
	Failpoints bool `hidden:"" help:"List the places where tests let the program die."`
}

func (versionCommand) Help() string {
	return `Prints the version of the hub, the commit that it was built from, and the Go release.

Example:

    $ kartoteka version
    $ kartoteka version --output json`
}

type versionResult struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from a tree with changes
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (c versionCommand) run(context.Context, *app) (output, error) {
	if c.Failpoints {
		return output{result: failpoint.Points, human: writeFailpoints}, nil
	}
	v := versionResult{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				v.Commit = s.Value
			case "vcs.modified":
				v.Modified = s.Value == "true"
			}
		}
	}
	return output{result: v, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "kartoteka %s %s %s %s\n", v.Version, v.Commit, v.Go, v.Platform)
		return err
	}}, nil
}

func writeFailpoints(w io.Writer) error {
	for _, p := range failpoint.Points {
		if _, err := fmt.Fprintf(w, "%-18s %s\n", p.Name, p.Where); err != nil {
			return err
		}
	}
	return nil
}
