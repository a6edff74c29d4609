package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kartoteka/store/storetest"
)

// scene is how a hub comes about that many tests begin with. It is played once, and each door opens
// on a copy of the database.
type scene struct {
	files map[string]string
	lines []string // command lines; what ends in .csv is a file
}

// and is the scene with more files and command lines.
func (s scene) and(files map[string]string, lines ...string) scene {
	more := scene{files: maps.Clone(s.files), lines: append(s.lines[:len(s.lines):len(s.lines)], lines...)}
	maps.Copy(more.files, files)
	return more
}

// play makes the hub in an empty database.
func (s scene) play(ctx context.Context, url string) error {
	if err := migrateHub(ctx, url); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kartoteka-scene")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := s.lay(dir); err != nil {
		return err
	}
	lookup := func(name string) (string, bool) { return url, name == "KARTOTEKA_DATABASE_URL" }
	for _, line := range s.lines {
		args := strings.Fields(line)
		for i, arg := range args {
			if strings.HasSuffix(arg, ".csv") {
				args[i] = filepath.Join(dir, arg)
			}
		}
		var out, errs bytes.Buffer
		if code := run(ctx, append(args, "--state", dir), &app{out: &out, err: &errs, lookup: lookup}); code != exitOK && code != exitRejects {
			return fmt.Errorf("%s: exit %d: %s%s", line, code, out.String(), errs.String())
		}
	}
	return nil
}

// lay writes the files.
func (s scene) lay(dir string) error {
	for name, text := range s.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// door opens on a copy of the hub that played made, with the scene's files at hand.
func (s scene) door(t *testing.T, played storetest.Migrate) *door {
	t.Helper()
	d := &door{t, t.TempDir(), storetest.New(t, played)}
	if err := s.lay(d.dir); err != nil {
		t.Fatal(err)
	}
	return d
}

var filledScene = scene{map[string]string{"crm.csv": crmRows, "billing.csv": billingRows}, []string{"load crm.csv billing.csv -q"}}

func playFilled(ctx context.Context, url string) error { return filledScene.play(ctx, url) }

// filledDoor has both files loaded.
func filledDoor(t *testing.T) *door {
	t.Helper()
	return filledScene.door(t, playFilled)
}

var heldScene = scene{map[string]string{
	"crm.csv": crmRows, "billing.csv": billingRows,
	"kartoteka.yaml": "version: 1\nportrait: {from: ru}\nsources: {push: {from: http, with: {secret: s3cret}}}\nmatching: {publish: {join_codes: ask, split_code: ask, tasks_a_day: 2}}\n",
	"desk.csv":       "id;ФИО;Телефон;E-mail\n1;Кузнецова Анна;+7 916 200-11-37;\n2;Кузнецова Анна;;box3@example.ru\n3;Попов Сергей;+7 916 200-11-38;\n4;Попов Сергей;;box4@example.ru\n",
	"late.csv":       "id;ФИО;Телефон;E-mail\n1;Кузнецова Анна;+7 916 200-11-37;box3@example.ru\n2;Попов Сергей;+7 916 200-11-38;box4@example.ru\n",
}, []string{"load -q crm.csv billing.csv desk.csv", "load -q --source late late.csv"}}

func playHeld(ctx context.Context, url string) error { return heldScene.play(ctx, url) }

// heldDoor is a hub under a policy that asks, in which a bridge between two customers has arrived.
func heldDoor(t *testing.T) *door {
	t.Helper()
	return heldScene.door(t, playHeld)
}

var busyScene = heldScene.and(map[string]string{
	"broken.csv": "id;ФИО;Телефон\n1;Серова Ольга;+7 916 200-11-39\n2;\"Серова\n",
}, "load -q --source broken broken.csv")

func playBusy(ctx context.Context, url string) error { return busyScene.play(ctx, url) }

// busyDoor is a hub with customers, questions and rejects.
func busyDoor(t *testing.T) *door {
	t.Helper()
	return busyScene.door(t, playBusy)
}

var secretScene = busyScene.and(map[string]string{
	"tax.csv": "id;ФИО;Дата рождения;ИНН;Телефон\n1;Ковалёв Александр Петрович;12.04.1985;" + secretNumber + ";+7 916 200-11-41\n2;Ковалёв Александр Петрович;12.04.1985;" + secretNumber + ";\n",
}, "load -q tax.csv")

func playSecret(ctx context.Context, url string) error { return secretScene.play(ctx, url) }

// secretDoor is a hub whose customers have secret numbers, also in a question and in a reject.
func secretDoor(t *testing.T) *door {
	t.Helper()
	return secretScene.door(t, playSecret)
}
