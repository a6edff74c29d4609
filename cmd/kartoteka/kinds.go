package main

import (
	"kartoteka/connectors"
	"kartoteka/connectors/jsonl"
	"kartoteka/connectors/text"
)

// kinds lists every kind of connector, in the order of the reference page.
func kinds() []connectors.Kind {
	return []connectors.Kind{text.Kind(), jsonl.Kind()}
}
