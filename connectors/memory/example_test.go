package memory_test

import (
	"context"
	"errors"
	"fmt"
	"io"

	"kartoteka/connectors"
	"kartoteka/connectors/memory"
)

// A connector is read in batches; the cursor of a batch is where reading goes on after a crash.
func Example() {
	var source connectors.Connector = memory.Table("", []string{"key", "name"}, []string{"1", "Ковалёв"}, []string{"2", "Алиев"}, []string{"3", "Иванова"})
	ctx := context.Background()
	if err := source.Open(ctx, ""); err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = source.Close() }()
	for {
		batch, err := source.Read(ctx, 2)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(batch.Rows), "rows, cursor", batch.Cursor)
	}
	// Output:
	// 2 rows, cursor 2
	// 1 rows, cursor 3
}
