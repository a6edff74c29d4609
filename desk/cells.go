package desk

import (
	"context"
	"fmt"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
)

// Cell is one delivered column.
type Cell struct {
	Column  string `json:"column"`
	Text    string `json:"text"`
	Masked  bool   `json:"masked,omitempty"`
	Clipped bool   `json:"clipped,omitempty"` // it is too long to be shown with the others
}

// Cell gives the text of a delivered column of a customer's record, whole however long it is; place counts the
// columns of [SourceRecord] from 0. What the subject does not see there it does not see here.
func (d *Desk) Cell(ctx context.Context, code customer.Code, record customer.RecordID, place int) (c Cell, err error) {
	err = d.look(ctx, access.ReadCustomer, func(s *sight) error {
		if err := s.sees(code); err != nil {
			return err
		}
		row, err := s.follow(code, nil)
		if err == nil {
			c, err = s.cell(row.Code, record, place)
		}
		return err
	})
	if err == nil {
		err = d.Viewed(ctx, access.ReadCustomer, code)
	}
	return c, err
}

func (s *sight) cell(code customer.Code, record customer.RecordID, place int) (Cell, error) {
	rows, err := s.tx.WrittenAt(s.ctx, []customer.RecordID{record})
	if err != nil {
		return Cell{}, err
	}
	if len(rows) == 0 || rows[0].Code != code || !s.view.Shows(access.Members) {
		return Cell{}, fmt.Errorf("record %d of code %s: %w", record, code, ErrUnknown)
	}
	shown, err := s.sourceRecord(&rows[0])
	if err != nil {
		return Cell{}, err
	}
	cells, err := cellsOf(rows[0].Raw)
	switch {
	case err != nil:
		return Cell{}, fmt.Errorf("record %d: %w", record, err)
	case place < 0 || place >= len(cells) || place >= len(shown.Raw):
		return Cell{}, fmt.Errorf("column %d of record %d: %w", place, record, ErrUnknown)
	case shown.Raw[place].Masked:
		return shown.Raw[place], nil
	}
	return cells[place], nil
}

// cells masks what is not one of the values that the subject sees: it may belong to one that it
// does not. Who sees everything sees every cell.
func (s *sight) cells(cells []Cell, shown map[string]bool) []Cell {
	whole := s.whole()
	for i := range cells {
		c := &cells[i]
		if c.Text != "" && !whole && !shown[c.Text] && !isPart(c.Text, shown) {
			c.Text, c.Masked, c.Clipped = access.Hidden, true, false
		}
	}
	return cells
}

// isPart reports whether a cell is one of several that make a value, as a name of three columns.
func isPart(text string, shown map[string]bool) bool {
	for whole := range shown {
		if strings.Contains(" "+whole+" ", " "+text+" ") {
			return true
		}
	}
	return false
}
