package connectortest

import (
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"kartoteka/connectors"
)

// Kind checks a declaration: it has a name, a summary, an example that decodes into its settings and
// makes a connector, and a doc tag for each setting.
func Kind(t *testing.T, k connectors.Kind) {
	t.Helper()
	if k.Name == "" || !strings.HasSuffix(k.Summary, ".") || k.Example == "" {
		t.Errorf("%q: name, summary (one sentence) or example is missing", k.Name)
	}
	settings := k.Settings()
	dec := yaml.NewDecoder(strings.NewReader(k.Example))
	dec.KnownFields(true)
	if err := dec.Decode(settings); err != nil {
		t.Errorf("%s: the example does not decode: %v", k.Name, err)
	}
	if _, err := k.New(settings); err != nil {
		t.Errorf("%s: the example makes no connector: %v", k.Name, err)
	}
	s := reflect.TypeOf(settings).Elem()
	for i := range s.NumField() {
		if f := s.Field(i); f.Tag.Get("yaml") == "" || f.Tag.Get("doc") == "" {
			t.Errorf("%s: setting %s has no yaml or doc tag", k.Name, f.Name)
		}
	}
	if (k.File != nil) != (len(k.Formats) > 0) {
		t.Errorf("%s: a kind that reads formats takes files", k.Name)
	}
	if k.File != nil {
		if _, err := k.New(k.File("some.file")); err != nil {
			t.Errorf("%s: settings of a dropped file: %v", k.Name, err)
		}
	}
}
