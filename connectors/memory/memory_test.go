package memory_test

import (
	"strconv"
	"testing"

	"kartoteka/connectors"
	"kartoteka/connectors/connectortest"
	"kartoteka/connectors/memory"
	"kartoteka/customer"
)

func TestMemoryIsAConnector(t *testing.T) {
	connectortest.Run(t, connectortest.Harness{
		New: func(*testing.T) connectors.Connector {
			var lines [][]string
			for i := range connectortest.Records {
				lines = append(lines, []string{strconv.Itoa(i), "name " + strconv.Itoa(i)})
			}
			return memory.Table("", []string{"key", "name"}, lines...)
		},
		Broken: func(*testing.T) connectors.Connector {
			table := &customer.Table{Columns: []string{"name"}}
			row := memory.Item{Row: customer.Row{Table: table, Place: customer.Place{Row: 1}}}
			bad := memory.Item{Reject: &customer.Reject{Place: customer.Place{File: "memory", Row: 3}, Code: "row.columns", Reason: "mend it"}}
			return memory.New(row, row, bad, row)
		},
	})
}
