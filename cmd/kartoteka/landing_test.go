package main

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// Loads of one source that change the same records at the same time come one after the other.
func TestLoadsOfOneSourceAtOnce(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	rows := func(version int) string {
		var text strings.Builder
		text.WriteString("id,ФИО,телефон\n")
		for key := range 40 {
			fmt.Fprintf(&text, "%d,Кравченко Олег Ильич,+7916%03d%04d\n", key, version, key)
		}
		return text.String()
	}
	d.ok("load", d.file("first.csv", rows(0)), "--source", "crm", "--key", "id", "-q")
	var group errgroup.Group
	for version := range 8 {
		file := d.file(fmt.Sprintf("v%d.csv", version), rows(version))
		group.Go(func() error {
			for range 3 {
				if code, _, errs := d.run("load", file, "--source", "crm", "--key", "id", "-q"); code != exitOK {
					return fmt.Errorf("exit %d: %s", code, errs)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if n := len(d.crosswalk()); n != 40 {
		t.Errorf("%d records", n)
	}
	d.ok("verify", "--only", "I1,I2,I5,I6,I7,I8,I11", "-q")
}
