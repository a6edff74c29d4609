package customer

// Tally counts what a change of the ruleset does to codes.
type Tally struct {
	Created  int `json:"codes_created"`
	Joined   int `json:"codes_joined"` // retired into others
	Split    int `json:"codes_split"`  // that records left for another customer
	Restored int `json:"codes_restored"`
	Removed  int `json:"codes_removed"` // retired without a successor
	Values   int `json:"codes_with_changed_values"`
	Moved    int `json:"records_moved"` // to another code
	Events   int `json:"events"`        // rows of the change log
}

// Count adds a row of the change log.
func (t *Tally) Count(c *Change) {
	t.Events++
	switch {
	case c.Kind == Created:
		t.Created++
	case c.Kind == Split:
		t.Split++
	case c.Kind == Restored:
		t.Restored++
	case c.Kind == Removed:
		t.Removed++
	case c.Successor != 0:
		t.Joined++
	}
	if c.Kind != Created && c.changesValues() {
		t.Values++
	}
}

func (c *Change) changesValues() bool {
	for _, field := range c.Fields {
		if field != "members" {
			return true
		}
	}
	return false
}

// Churned is how many codes are no longer the customer that they were.
func (t *Tally) Churned() int { return t.Joined + t.Split + t.Removed }
