package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"kartoteka/config"
)

type initCommand struct {
	Portrait string `default:"ru" placeholder:"NAME" help:"Ready portrait of customers: ${presets}."`
	File     string `default:"kartoteka.yaml" placeholder:"FILE" help:"Where to write; an existing file is never overwritten."`
	DryRun   bool   `help:"Print the configuration and write nothing."`
}

func (*initCommand) Help() string {
	return `Writes a configuration with a comment for every key, to be edited. The hub also works without
one: kartoteka load FILE maps the columns by itself.

Example:

    $ kartoteka init --portrait ru
    $ kartoteka init --portrait ua --file /etc/kartoteka/kartoteka.yaml`
}

type initResult struct {
	File     string `json:"file,omitempty"` // empty on a dry run
	Portrait string `json:"portrait"`
	Text     string `json:"text,omitempty"` // on a dry run
}

func (c *initCommand) run(context.Context, *app) (output, error) {
	text, err := config.Annotated(c.Portrait)
	if err != nil {
		return output{}, err
	}
	if c.DryRun {
		return output{result: initResult{Portrait: c.Portrait, Text: string(text)}, human: func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}}, nil
	}
	if err := writeNew(c.File, text); err != nil {
		return output{}, err
	}
	return output{result: initResult{File: c.File, Portrait: c.Portrait}, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "wrote %s; next: edit it, then kartoteka config check\n", c.File)
		return err
	}}, nil
}

// writeNew writes a file that must not exist yet; half a file is removed.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		return fmt.Errorf("%w; it is left as it is: name another with --file", err)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(path) // the error that stopped the writing is the one to tell
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	return nil
}
