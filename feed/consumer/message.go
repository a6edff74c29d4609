package consumer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"kartoteka/customer"
)

// ErrMessage says that a message is none of the golden topic; it is passed over.
var ErrMessage = errors.New("no golden message")

// Parse reads a message of the golden topic: its key, its value (nil of a tombstone), its headers by name.
func Parse(key, value []byte, header func(name string) string) (Row, error) {
	code, err := customer.ParseCode(string(key))
	if err != nil {
		return Row{}, fmt.Errorf("%w: its key is no code", ErrMessage)
	}
	if value == nil {
		return tombstone(code, header)
	}
	var head struct {
		State     customer.CodeState
		Epoch     int64
		Version   int64
		Successor customer.Code
	}
	if err := json.Unmarshal(value, &head); err != nil || head.Version < 1 {
		return Row{}, fmt.Errorf("%w: its value is no document", ErrMessage)
	}
	return Row{Code: code, State: head.State, Epoch: head.Epoch, Version: head.Version, Successor: head.Successor, Document: value}, nil
}

func tombstone(code customer.Code, header func(string) string) (Row, error) {
	epoch, err1 := strconv.ParseInt(header("ce_epoch"), 10, 64)
	version, err2 := strconv.ParseInt(header("ce_version"), 10, 64)
	if err1 != nil || err2 != nil {
		return Row{}, fmt.Errorf("%w: a tombstone without version", ErrMessage)
	}
	return Row{Code: code, State: customer.CodeErased, Epoch: epoch, Version: version}, nil
}

// newest keeps the greatest version of each code.
func newest(rows []Row) []Row {
	place := map[customer.Code]int{}
	out := rows[:0]
	for _, r := range rows {
		i, seen := place[r.Code]
		switch {
		case !seen:
			place[r.Code] = len(out)
			out = append(out, r)
		case r.Newer(&out[i]):
			out[i] = r
		}
	}
	return out
}
