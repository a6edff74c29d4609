package demo

import _ "embed" // the config that maps the files

//go:embed kartoteka.yaml
var configText []byte
