package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/standardize"
)

// ruleset is what of a configuration decides who is who and which value survives. Sources
// and their mappings, views, and how a value is shown decide neither.
type ruleset struct {
	Attributes []customer.Attribute
	Matching   matching.Settings
	Trust      []customer.Source
	Company    standardize.Settings
	TimeZone   string
}

// Fingerprint identifies what belongs to the ruleset: portrait, matching, trust, company. The
// order of attributes in the file, comments and defaults written out do not change it; the
// model is not part of it and has a hash of its own.
func (c *Config) Fingerprint() string {
	r := ruleset{Matching: c.Matching, Trust: c.Trust, Company: c.Company, TimeZone: c.TimeZone}
	for _, a := range c.Portrait.Attributes {
		a.ID, a.Sensitivity, a.Required = 0, "", false
		r.Attributes = append(r.Attributes, a)
	}
	slices.SortFunc(r.Attributes, func(a, b customer.Attribute) int {
		return strings.Compare(string(a.Kind)+"\x00"+a.Name, string(b.Kind)+"\x00"+b.Name)
	})
	r.Matching.Unique = slices.Clone(r.Matching.Unique)
	slices.Sort(r.Matching.Unique)
	text, err := json.Marshal(r) // plain data: it cannot fail, and map keys come sorted
	if err != nil {
		panic("config: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
