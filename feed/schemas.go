package feed

import (
	"embed"
	"io/fs"
)

//go:embed schemas/*.json
var schemas embed.FS

// Schemas holds the JSON Schemas of the three messages: golden.v1.json, event.v1.json,
// crosswalk.v1.json.
func Schemas() fs.FS {
	sub, err := fs.Sub(schemas, "schemas")
	if err != nil { // the folder is embedded above
		panic(err)
	}
	return sub
}
