package config

import "strings"

// homes says where the users of a ready portrait are at home.
var homes = map[string]struct{ country, zone, city, code string }{
	"ru": {"RU", "Europe/Moscow", "Казань", "843"},
	"ua": {"UA", "Europe/Kyiv", "Львів", "32"},
	"by": {"BY", "Europe/Minsk", "Гродно", "152"},
	"kz": {"KZ", "Asia/Almaty", "Астана", "7172"},
	"en": {"US", "America/New_York", "Boston", "617"},
}

// Annotated gives the commented file of a ready portrait, for a user to go on from. The
// error wraps [ErrPreset].
func Annotated(preset string) ([]byte, error) {
	portrait, err := Preset(preset)
	if err != nil {
		return nil, err
	}
	template, err := files.ReadFile("annotated.yaml")
	if err != nil {
		return nil, err
	}
	home, ok := homes[preset]
	if !ok {
		home = homes["ru"]
	}
	fill := strings.NewReplacer("{{country}}", home.country, "{{zone}}", home.zone, "{{city}}", home.city,
		"{{code}}", home.code, "{{portrait}}\n", string(portrait)+"\n")
	return []byte(fill.Replace(string(template))), nil
}
