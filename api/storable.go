package api

import (
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"
)

// storable refuses texts that no database keeps: with a NUL, or no UTF-8. Where is the path to one.
func storable(in any) error {
	if where, bad := unstorable(reflect.ValueOf(in), ""); bad {
		p := newProblem(http.StatusUnprocessableEntity, "invalid", "A text holds a NUL character or is no UTF-8; leave it out.")
		p.Errors = []Fault{{strings.TrimPrefix(where, "."), "holds a NUL character or is no UTF-8"}}
		return p
	}
	return nil
}

func unstorable(v reflect.Value, where string) (string, bool) {
	switch v.Kind() {
	case reflect.String:
		return where, strings.ContainsRune(v.String(), 0) || !utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return unstorable(v.Elem(), where)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || f.Anonymous {
				if at, bad := unstorable(v.Field(i), where+"."+strings.ToLower(f.Name)); bad {
					return at, true
				}
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 { // the raw body, of which the rest was made
			return "", false
		}
		for i := range v.Len() {
			if at, bad := unstorable(v.Index(i), where); bad {
				return at, true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if at, bad := unstorable(key, where); bad {
				return at, true
			}
			if at, bad := unstorable(v.MapIndex(key), where); bad {
				return at, true
			}
		}
	}
	return "", false
}
