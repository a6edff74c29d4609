package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kartoteka/config"
	"kartoteka/connectors"
	"kartoteka/connectors/sniff"
	"kartoteka/customer"
	"kartoteka/pipelines"
	"kartoteka/pipelines/mapping"
)

// fileInput makes the input of a dropped file: what it is, is found out from its content.
func fileInput(path string, source customer.Source, key string) (*pipelines.Input, error) {
	format, err := sniff.Detect(path)
	if err != nil {
		return nil, err
	}
	for _, k := range kinds() {
		if k.File == nil || !slices.Contains(k.Formats, format.Name) {
			continue
		}
		if source == "" {
			source = mapping.SourceName(path)
		}
		in := &pipelines.Input{Source: source, Name: filepath.Base(path), Key: key, Sensitive: true, Again: true,
			Connector: func() (connectors.Connector, error) { return k.New(k.File(path)) }}
		in.Mapping = k.Standard
		return in, nil
	}
	return nil, fmt.Errorf("%w: %s is %s, which no connector reads yet; save it as CSV or XLSX", errInput, filepath.Base(path), format.Name)
}

// fileInputs makes the inputs of a command: a configured source gives its file mapping and settings.
func fileInputs(files []string, source, key string, full bool, conf *config.Config) ([]*pipelines.Input, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("%w: name at least one file", errUsage)
	}
	var out []*pipelines.Input
	for _, path := range files {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return nil, fmt.Errorf("%w: %s is a directory; name the files in it", errInput, path)
		}
		in, err := fileInput(path, customer.Source(source), key)
		if err != nil {
			return nil, err
		}
		if full {
			in.Full = &pipelines.Full{Brake: defaultBrake}
		}
		if s := conf.Source(in.Source); s != nil {
			configured(in, s)
		}
		out = append(out, in)
	}
	return out, nil
}

// defaultBrake is the share of a source's records above which a snapshot deletes nothing.
const defaultBrake = 0.2

// configured fills in what the configuration says about a source.
func configured(in *pipelines.Input, s *config.Source) {
	in.Sensitive, in.Unique, in.Country = s.SensitiveKey, s.Unique, s.Country
	if s.Mapping != nil && (s.Mapping.Standard == "" || in.Mapping == nil) {
		in.Mapping, in.Told = s.Mapping, true
	}
	if s.Full != nil {
		in.Full = &pipelines.Full{Keep: s.Full.Absent == config.AbsentKept, Brake: s.Full.Brake}
	}
}

// sourceInput makes the input of a configured source.
func (a *app) sourceInput(conf *config.Config, s *config.Source) (*pipelines.Input, error) {
	for _, k := range kinds() {
		if k.Name != s.From {
			continue
		}
		settings := k.Settings()
		if err := conf.Decode(s, settings); err != nil {
			return nil, err
		}
		in := &pipelines.Input{Source: s.Name, Name: string(s.Name), Connector: func() (connectors.Connector, error) { return k.New(settings) }, Mapping: k.Standard}
		configured(in, s)
		return in, nil
	}
	var names []string
	for _, k := range kinds() {
		names = append(names, k.Name)
	}
	return nil, fmt.Errorf("%w: sources.%s.from: there is no connector %q; there are %s", errInput, s.Name, s.From, strings.Join(names, ", "))
}
