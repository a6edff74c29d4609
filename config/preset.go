package config

import (
	"embed"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"kartoteka/customer"
)

// files are the ready portraits, one file each, as a user would write them, and the file that
// init writes, with places for what a portrait brings.
//
//go:embed portraits/*.yaml annotated.yaml
var files embed.FS

// defaultPreset is the portrait of a hub without a configuration: the Russian one that also
// knows the numbers of Ukraine, Belarus and Kazakhstan.
const defaultPreset = "default"

// ErrPreset says that there is no ready portrait of a name; the caller shows [Presets].
var ErrPreset = errors.New("no such ready portrait")

// Presets names the ready portraits.
func Presets() []string { return []string{defaultPreset, "ru", "ua", "by", "kz", "en"} }

// Preset gives the file of a ready portrait. The error wraps [ErrPreset].
func Preset(name string) ([]byte, error) {
	text, err := files.ReadFile("portraits/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("%w: %s; %s", ErrPreset, quote(name), suggest(name, Presets()))
	}
	return text, nil
}

// Default is the configuration of a hub that was given none.
func Default() *Config {
	c, err := Parse("", nil, nil)
	if err != nil {
		panic("config: the built-in portrait does not load: " + err.Error()) // a test loads it
	}
	return c
}

// compiled keeps the attributes of each ready portrait, which never change.
var compiled sync.Map

// presetAttributes gives the lines of a ready portrait; "" is the default one.
func presetAttributes(name string) []customer.Attribute {
	if name == "" {
		name = defaultPreset
	}
	if known, ok := compiled.Load(name); ok {
		return slices.Clone(known.([]customer.Attribute))
	}
	text, err := Preset(name)
	if err != nil {
		return nil
	}
	c, err := Parse(filepath.Join("portraits", name+".yaml"), text, nil)
	if err != nil {
		panic("config: " + err.Error()) // a test loads each
	}
	compiled.Store(name, c.attributes)
	return slices.Clone(c.attributes)
}
