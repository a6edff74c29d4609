package steward

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed assets templates
var files embed.FS

// assets are the embedded files by the name that they are addressed with: the name has their
// checksum, so a browser keeps them for ever and never has an old one.
type assets struct {
	urls  map[string]string // steward.css → /assets/steward.1f2e3d4c.css
	files map[string]asset
}

type asset struct {
	body []byte
	kind string
}

func loadAssets() (*assets, error) {
	a := &assets{urls: map[string]string{}, files: map[string]asset{}}
	script := []byte("'use strict';\n(() => {\n")
	err := fs.WalkDir(files, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if path.Dir(name) == scripts {
			script = append(script, body...)
			return err
		}
		a.add(path.Base(name), body)
		return err
	})
	a.add("steward.js", append(script, "})();\n"...))
	return a, err
}

// scripts is where the parts of the script are, which are one closure in the order of their names.
const scripts = "assets/script"

func (a *assets) add(name string, body []byte) {
	sum, ext := sha256.Sum256(body), path.Ext(name)
	addressed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.urls[name] = "/assets/" + addressed
	a.files[addressed] = asset{body, mime.TypeByExtension(ext)}
}

// ServeHTTP answers /assets/{name}.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, known := a.files[r.PathValue("name")]
	if !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(f.body)
}
