package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/standardize"
)

// itemsKept is how many nodes' items a process keeps between turns: about 200 MiB when full.
const itemsKept = 200_000

// ruleset is everything that the answer depends on besides the data, compiled.
type ruleset struct {
	conf    *config.Config
	company standardize.Settings
	matcher *matching.Ruleset
	rules   *resolve.Rules
	stored  customer.Ruleset
	laid    string // over the configuration, by a plan
	trained int64  // records that the model was trained on
}

// storedRuleset is the part of a ruleset that the hub's database keeps beside the model, to make
// it again with the same configuration.
type storedRuleset struct {
	Extras   []customer.Attribute `json:"extras,omitempty"`
	Country  string               `json:"country,omitempty"` // found in the data of the first load
	Expect   int64                `json:"expect,omitempty"`
	Settings string               `json:"settings,omitempty"` // laid over the section matching by a plan of the workbench
	Portrait []string             `json:"portrait"`           // for people: kind.attribute type
}

// compileRuleset makes the ruleset of a configuration, what the first load found out, and a model.
func compileRuleset(conf *config.Config, extra storedRuleset, model *matching.Model, epoch int64) (*ruleset, error) {
	conf, err := config.WithExtras(conf, extra.Extras)
	if err != nil {
		return nil, err
	}
	if conf, err = config.WithMatching(conf, extra.Settings); err != nil {
		return nil, fmt.Errorf("what a plan laid over the configuration: %w", err)
	}
	company := conf.Company
	if company.Country == "" {
		company.Country = extra.Country
	}
	settings := settingsOf(conf, extra.Expect)
	z := standardize.New(conf.Portrait, company)
	matcher, err := matching.Compile(conf.Portrait, settings, model, z.Fingerprint()+conf.Fingerprint())
	if err != nil {
		return nil, err
	}
	extra.Portrait = extra.Portrait[:0]
	for _, at := range conf.Portrait.Attributes {
		extra.Portrait = append(extra.Portrait, fmt.Sprintf("%s.%s %s", at.Kind, at.Name, at.Type))
	}
	text, err := json.Marshal(extra)
	if err != nil {
		return nil, err
	}
	learned, err := model.JSON()
	if err != nil {
		return nil, err
	}
	return &ruleset{conf: conf, company: company, matcher: matcher, laid: extra.Settings, trained: model.Records,
		rules: &resolve.Rules{Portrait: conf.Portrait, Matcher: matcher, Settings: settings, Golden: golden.Rules{Trust: conf.Trust},
			Policy: policyOf(&conf.Publish), Items: resolve.NewItems(itemsKept), Workers: runtime.GOMAXPROCS(0), Epoch: epoch},
		stored: customer.Ruleset{Hash: matcher.Hash(), Text: string(text), Model: string(learned)}}, nil
}

// policyOf says what may happen to codes without a person.
func policyOf(p *config.Publish) resolve.Policy {
	bar := func(p config.Policy) resolve.Bar { return resolve.Bar{Ask: p.Ask, Above: matching.Bits(p.AutoAbove)} }
	return resolve.Policy{Join: bar(p.JoinCodes), JoinConfirmed: bar(p.JoinConfirmed), Split: bar(p.SplitCode)}
}

// settingsOf adds to the matching settings what other parts of the configuration say.
func settingsOf(conf *config.Config, expect int64) matching.Settings {
	s := conf.Matching
	if s.Expect == 0 {
		s.Expect = expect
	}
	for i := range conf.Sources {
		if conf.Sources[i].Unique {
			s.Unique = append(s.Unique, conf.Sources[i].Name)
		}
	}
	return s
}

// sameModel refuses a model file that is not the hub's own model.
func (h *hub) sameModel(path string) error {
	m, err := readModel(path, h.conf)
	if err != nil {
		return err
	}
	text, err := m.JSON()
	if err != nil {
		return err
	}
	if string(text) != h.row.Model {
		return fmt.Errorf("%w: the hub has another model than %s since its first load; leave --model out, or change the model with kartoteka plan and apply", errUsage, path)
	}
	return nil
}

// readModel reads a model file, from the flag or the configuration; nil if neither names one.
func readModel(flag string, conf *config.Config) (*matching.Model, error) {
	path := flag
	if path == "" {
		path = conf.Model
	}
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	m, err := matching.ReadModel(text)
	if err != nil {
		return nil, fmt.Errorf("%w: model %s: %w", errInput, path, err)
	}
	return m, nil
}
