package main

import (
	"path/filepath"
	"strings"
	"testing"

	"kartoteka/feed"
	"kartoteka/feed/feedtest"
)

// What a view leaves out is not on its topic, whatever happens to the customers.
func TestViewsOnKafkaHoldBackWhatTheyShould(t *testing.T) {
	t.Parallel()
	d, b := openDoor(t), feedtest.StartBroker(t)
	d.file("kartoteka.yaml", `version: 1
feed:
  kafka: {brokers: ["`+b.Address()+`"], prefix: t}
  views:
    desk: {all_but: [phone, email], masked: [birth_date]}
    firms: {where: {kind: organization}}
    golf: {where: {segment: {attribute: name, is: ["Ковалёв Александр Петрович"]}}}
`)
	config := []string{"--config", filepath.Join(d.dir, "kartoteka.yaml")}
	do := func(args ...string) { d.ok(append(args, config...)...) }
	do("load", d.file("crm.csv", crmRows), d.file("billing.csv", billingRows), "-q")
	do("feed", "replay")
	do("decide", "same", "crm/3", "billing/b-3", "--reason", "test")
	do("feed", "replay", "--topic", "golden.desk")
	topic := func(view string) (out string) {
		for _, m := range b.Messages(feed.TopicsOf("t").View(view)) {
			out += string(m.Value) + "\n"
		}
		return out
	}
	desk := topic("desk")
	if !strings.Contains(desk, "Ковал") || !strings.Contains(desk, `"1985-••-••"`) {
		t.Errorf("the view shows too little:\n%s", desk)
	}
	for _, secret := range []string{"79011234567", "@example", "1985-04-12", `"phone"`} {
		if strings.Contains(desk, secret) {
			t.Errorf("the view shows %s", secret)
		}
	}
	if firms := topic("firms"); strings.Contains(firms, `"active"`) {
		t.Errorf("a view of organizations shows persons:\n%s", firms)
	}
	if golf := topic("golf"); golf == "" || strings.Count(golf, `"active"`) != strings.Count(golf, `[{"value":"Ковалёв Александр Петрович"`) {
		t.Errorf("a segment of one customer shows:\n%s", golf)
	}
}
