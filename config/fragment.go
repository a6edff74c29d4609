package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// LoadFragments lays mapping files over a configuration and gives the whole; the base is
// not changed. A mapping file holds sources and additions to the portrait; for a source that the base
// has, what the file says replaces what the base says. Every file is read, and the error holds the
// [Faults] of all.
func LoadFragments(base *Config, paths ...string) (*Config, error) {
	c := base.clone()
	var faults Faults
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("mapping %s: %w; name a file that kartoteka load --save-mapping FILE wrote, or leave --mapping out", path, reason(err))
		}
		err = c.add(path, text, true)
		faults = append(faults, AllFaults(err)...)
	}
	if err := faults.asError(); err != nil {
		return nil, err
	}
	return c, nil
}

// fragmentKeys is a mapping file.
func fragmentKeys() keys[Config] {
	return keys[Config]{versionKey(), portraitKey(), sourcesKey()}
}

// clone copies what a fragment may change.
func (c *Config) clone() *Config {
	d := *c
	d.Sources = slices.Clone(c.Sources)
	d.attributes = slices.Clone(c.attributes)
	d.origins = maps.Clone(c.origins)
	d.Matching.Unique = slices.Clone(c.Matching.Unique)
	d.Matching.Kinds = maps.Clone(c.Matching.Kinds)
	return &d
}

// WithExtras gives the configuration with further attributes in its portrait, like the x.<column>
// that were found in data. What they leave open their type fills in. Where the
// configuration lists what to compare they are compared too, and an extra that few customers
// share finds candidates. Names that the portrait has already are left as they are.
func WithExtras(c *Config, extras []customer.Attribute) (*Config, error) {
	d := c.clone()
	for _, a := range extras {
		if a.Type == "" {
			a.Type = customer.TypeText
		}
		a = Complete(a)
		if d.has(a.Kind, a.Name) {
			continue
		}
		d.attributes = append(d.attributes, a)
		d.compare(a)
	}
	portrait, err := customer.NewPortrait(d.attributes)
	if err != nil {
		return nil, err
	}
	d.Portrait = portrait
	return d, nil
}

func (c *Config) has(kind customer.Kind, name string) bool {
	return slices.ContainsFunc(c.attributes, func(a customer.Attribute) bool { return a.Kind == kind && a.Name == name })
}

// compare adds an attribute to lists that the user wrote; lists that nobody wrote are
// matching's to make.
func (c *Config) compare(a customer.Attribute) {
	s, ok := c.Matching.Kinds[a.Kind]
	if !ok || a.Type.IsFact() {
		return
	}
	line := []string{a.Name}
	if s.Compare != nil && len(s.Compare) < matching.MaxComparisons {
		s.Compare = append(slices.Clone(s.Compare), line)
	}
	if s.Candidates != nil && a.SharedBy > 0 {
		s.Candidates = append(slices.Clone(s.Candidates), line)
	}
	c.Matching.Kinds[a.Kind] = s
}

// reason is what went wrong with a file without its name, which the caller says.
func reason(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
