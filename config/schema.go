package config

import (
	"encoding/json"
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"
)

// KindSchema is what the schema says of one kind of source. Settings is a pointer to
// the kind's settings with defaults in place; its yaml tags name the keys, its doc tags explain them.
type KindSchema struct {
	Name, Summary string
	Settings      any
}

// Schema gives the JSON Schema of the file, with the settings of the kinds of sources in
// it: the same tables from which files are read. Editors complete and check with it.
func Schema(kinds []KindSchema) ([]byte, error) {
	root := rootKeys().object()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Kartoteka configuration"
	source := sourceKeys().object()
	definitions, rules, names := shape{}, []shape{}, []string{}
	for _, k := range kinds {
		names = append(names, k.Name)
		settings := settingsShape(reflect.TypeOf(k.Settings), reflect.ValueOf(k.Settings), 0)
		settings["description"] = k.Summary
		if p, ok := settings["properties"].(shape); ok && p["key"] == nil {
			p["key"] = describe(textsShape, "column, or columns together, by which the source knows its record")
		}
		definitions[k.Name] = settings
		rules = append(rules, shape{
			"if":   shape{"properties": shape{"from": shape{"const": k.Name}}, "required": []string{"from"}},
			"then": shape{"properties": shape{"with": shape{"$ref": "#/$defs/" + k.Name}}},
		})
	}
	if len(names) > 0 {
		source["properties"].(shape)["from"] = shape{"description": "the kind of the source", "enum": names}
		source["allOf"] = rules
		root["$defs"] = definitions
	}
	sources := root["properties"].(shape)["sources"].(shape)
	sources["additionalProperties"] = source
	return json.MarshalIndent(root, "", "  ")
}

func describe(s shape, doc string) shape {
	out := shape{}
	for k, v := range s {
		out[k] = v
	}
	if doc != "" {
		out["description"] = doc
	}
	return out
}

// settingsShape is the shape of a settings struct; value, if valid, holds its defaults.
func settingsShape(t reflect.Type, value reflect.Value, depth int) shape {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
		if value.IsValid() && !value.IsNil() {
			value = value.Elem()
		} else {
			value = reflect.Value{}
		}
	}
	switch {
	case t == nil || depth > 8 || t == reflect.TypeFor[yaml.Node]():
		return shape{}
	case t == reflect.TypeFor[time.Duration]():
		return shape{"type": "string", "description": "a duration like 10m"}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()):
		return shape{}
	}
	switch t.Kind() {
	case reflect.Struct:
		return structShape(t, value, depth)
	case reflect.Slice, reflect.Array:
		return listShape(settingsShape(t.Elem(), reflect.Value{}, depth+1))
	case reflect.Map:
		return namedShape(settingsShape(t.Elem(), reflect.Value{}, depth+1))
	case reflect.Bool:
		return describe(yesShape, "")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return shape{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return shape{"type": "number"}
	case reflect.String:
		return describe(textShape, "")
	default:
		return shape{}
	}
}

func structShape(t reflect.Type, value reflect.Value, depth int) shape {
	properties := shape{}
	for _, f := range fieldsOf(t) {
		field := reflect.Value{}
		if value.IsValid() && len(f.index) > 0 {
			field = value.FieldByIndex(f.index)
		}
		s := describe(settingsShape(f.kind, field, depth+1), f.doc)
		if d := defaultOf(field); d != nil {
			s["default"] = d
		}
		properties[f.name] = s
	}
	return shape{"type": "object", "properties": properties, "additionalProperties": false}
}

// defaultOf gives a plain default as the file would write it, nil for none.
func defaultOf(v reflect.Value) any {
	if !v.IsValid() || v.IsZero() {
		return nil
	}
	if d, ok := v.Interface().(time.Duration); ok {
		return d.String()
	}
	switch v.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return v.Interface()
	default:
		return nil
	}
}
