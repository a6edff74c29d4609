package main

import (
	"kartoteka/connectors"
	"kartoteka/connectors/excel"
	"kartoteka/connectors/jsonl"
	"kartoteka/connectors/onec"
	"kartoteka/connectors/postgres"
	"kartoteka/connectors/pushed"
	"kartoteka/connectors/text"
)

// kinds lists every kind of connector, in the order of the reference page.
func kinds() []connectors.Kind {
	return []connectors.Kind{text.Kind(), excel.Kind(), jsonl.Kind(), onec.EnterpriseDataKind(), onec.CommerceMLKind(), postgres.Kind(), pushed.Kind()}
}
