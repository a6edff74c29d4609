package steward

import (
	"context"
	"net/http"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
)

// Feeder tells what the feed has told of a customer.
type Feeder interface {
	Feed(ctx context.Context, who resolve.Who, limit int) (*desk.Feed, error)
}

// feedTab is what was published of a code.
type feedTab struct {
	*desk.Feed
	Rows []feedRow
}

type feedRow struct {
	desk.FeedChange
	What  string
	Names []string // of what changed
	Then  string   // address of the customer as of this version
}

func (s *Site) cardFeed(w http.ResponseWriter, r *http.Request) error {
	list, is := s.options.Desk.(Feeder)
	if !is {
		return customer.ErrUnknown
	}
	b, err := s.cardOf(r, "feed", 0)
	if err != nil {
		return err
	}
	told, err := list.Feed(r.Context(), resolve.Who{Code: b.Code}, maxVersions)
	if err != nil {
		return err
	}
	f, kind := s.cardFrame(r, b), customer.Person
	if b.Golden != nil {
		kind = b.Golden.Kind
	}
	b.Feed = &feedTab{Feed: told}
	for i := range told.Changes {
		c := &told.Changes[i]
		row := feedRow{FeedChange: *c, What: f.say("change." + string(c.Kind)), Then: "/customers/" + told.Code.String() + "?at=" + c.At.UTC().Format(time.RFC3339Nano)}
		for _, name := range c.Fields {
			row.Names = append(row.Names, f.Lang.AttributeOf(string(kind), name))
		}
		b.Feed.Rows = append(b.Feed.Rows, row)
	}
	return s.show(w, r, http.StatusOK, "card", f, b)
}
