package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"kartoteka/config"
)

// TestSchemaAgreesWithTheReader lets the schema judge the fixtures: what loads is valid, and
// a misspelled key is not.
func TestSchemaAgreesWithTheReader(t *testing.T) {
	text, err := config.Schema(nil)
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	read := func(path string) any {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		return doc
	}
	for _, path := range fixtures(t, "good_*.yaml") {
		if fault := judge(schema.(map[string]any), read(path), ""); fault != "" {
			t.Errorf("%s: %s", path, fault)
		}
	}
	for _, path := range []string{"testdata/bad_five_faults.yaml", "testdata/bad_feed.yaml", "testdata/bad_list.yaml"} {
		if judge(schema.(map[string]any), read(path), "") == "" {
			t.Errorf("the schema takes %s", path)
		}
	}
}

// judge knows as much of JSON Schema as ours uses, and gives the first fault.
func judge(s map[string]any, v any, path string) string {
	if n, ok := v.(int); ok {
		v = float64(n)
	}
	if c, ok := s["const"]; ok && c != v {
		return fmt.Sprintf("%s: %v is not %v", path, v, c)
	}
	if words, ok := s["enum"].([]any); ok && !slices.ContainsFunc(words, func(w any) bool { return reflect.DeepEqual(w, v) }) {
		return fmt.Sprintf("%s: %v is none of %v", path, v, words)
	}
	if some, ok := s["anyOf"].([]any); ok {
		var faults []string
		for _, one := range some {
			faults = append(faults, judge(one.(map[string]any), v, path))
		}
		if !slices.Contains(faults, "") {
			return strings.Join(faults, " and ")
		}
	}
	if names, ok := s["type"]; ok && !typed(names, v) {
		return fmt.Sprintf("%s: %v is no %v", path, v, names)
	}
	return judgeInner(s, v, path)
}

func judgeInner(s map[string]any, v any, path string) string {
	switch v := v.(type) {
	case string:
		if p, ok := s["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v) {
			return path + ": does not look like " + p
		}
	case float64:
		if least, ok := s["minimum"].(float64); ok && v < least || s["maximum"] != nil && v > s["maximum"].(float64) {
			return fmt.Sprintf("%s: %v is out of bounds", path, v)
		}
	case []any:
		for i, item := range v {
			if items, ok := s["items"].(map[string]any); ok {
				if fault := judge(items, item, fmt.Sprintf("%s[%d]", path, i)); fault != "" {
					return fault
				}
			}
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for name, value := range v {
			rule, ok := properties[name].(map[string]any)
			if !ok {
				rule, ok = s["additionalProperties"].(map[string]any)
			}
			if !ok && s["additionalProperties"] == false {
				return path + "." + name + ": unknown"
			}
			if fault := judge(rule, value, path+"."+name); fault != "" {
				return fault
			}
		}
	}
	return ""
}

func typed(names, v any) bool {
	list, ok := names.([]any)
	if !ok {
		list = []any{names}
	}
	for _, name := range list {
		switch v := v.(type) {
		case string:
			ok = name == "string"
		case bool:
			ok = name == "boolean"
		case float64:
			ok = name == "number" || name == "integer" && v == float64(int64(v))
		case []any:
			ok = name == "array"
		case map[string]any:
			ok = name == "object"
		default:
			ok = false
		}
		if ok {
			return true
		}
	}
	return false
}

func ExampleParse() {
	_, err := config.Parse("kartoteka.yaml", []byte("company: {countri: RU}\nportrait: {person: {loyalty_no: {type: text, holds: few}}}\n"), nil)
	fmt.Println(err)
	// Output:
	// kartoteka.yaml:1: company.countri: unknown key; did you mean country?
	// kartoteka.yaml:2: portrait.person.loyalty_no.holds: unknown value "few"; known here: one, many
}
