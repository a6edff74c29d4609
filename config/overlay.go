package config

import (
	"slices"
)

// beside are keys of the section matching that no overlay has: a file of this machine, what the prior
// stands for, and what may happen without a person.
var beside = []string{"model", "expect", "publish"}

// WithMatching gives the configuration with a text laid over its section matching, as a plan brings it
// along that was made at the workbench: costs: {false_merge: 5}. What the text does not say stays; costs
// lift a threshold in bits that the file pins. The error is [Faults].
func WithMatching(c *Config, text string) (*Config, error) {
	if text == "" {
		return c, nil
	}
	const file = "settings"
	root, err := parse(file, []byte(text))
	if err != nil {
		return nil, err
	}
	if whole := child(root, "matching"); whole != nil {
		root = whole // the section was pasted with its name
	}
	if root == nil {
		return c, nil
	}
	d := c.clone()
	r := &reader{file: file, origins: map[string]string{}, portrait: d.Portrait}
	if child(root, "costs") != nil && child(root, "bits") == nil {
		d.Matching.LinkBits = nil
	}
	overlayKeys().read(r, "matching", root, d)
	if len(r.faults) == 0 {
		d.checkCompiles(r, root)
	}
	return d, r.faults.asError()
}

// overlayKeys is the section matching without what is beside it.
func overlayKeys() keys[Config] {
	return slices.DeleteFunc(matchingKeys(), func(k key[Config]) bool { return slices.Contains(beside, k.name) })
}
