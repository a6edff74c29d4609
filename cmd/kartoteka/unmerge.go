package main

import (
	"context"
	"fmt"
	"strconv"

	"kartoteka/customer"
	"kartoteka/desk"
)

type unmergeCommand struct {
	What string `arg:"" name:"what" placeholder:"OPERATION|CODE" help:"The operation that joined them, or the retired code that is to come back."`
	operation
}

func (*unmergeCommand) Help() string {
	return `Undoes a merge, a person's or the machine's. The records that each code had before it are held apart, the
codes come back, with the values pinned to them, and everybody has their own consents, products and relations
again. What happened since stays: new records, later merges, pins. kartoteka history CODE names operations.

Example:

    $ kartoteka unmerge 1234-5678-9010 --dry-run
    $ kartoteka unmerge 218 --reason "two people at one address"`
}

func (c *unmergeCommand) run(ctx context.Context, a *app) (output, error) {
	deed := desk.Deed{Action: "unmerge"}
	if _, err := customer.ParseCode(c.What); err == nil {
		deed.Code = c.What
	} else if deed.Operation, err = parseOperation(c.What); err != nil {
		return output{}, err
	}
	return c.operate(ctx, a, deed)
}

func parseOperation(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%w: an operation is a number, as kartoteka history shows; %w", errUsage, customer.ErrCode)
	}
	return n, nil
}
