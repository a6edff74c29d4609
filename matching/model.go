package matching

// Model holds the learned numbers of a ruleset: how often true pairs and chance pairs reach
// each level, how frequent values are, how many customers there are. It is a readable file
// and no configuration.
type Model struct{}

// Shipped is the model to start from.
func Shipped() *Model { return &Model{} }

// JSON encodes the model; equal models have equal bytes.
func (m *Model) JSON() ([]byte, error) { return nil, nil }

// ReadModel decodes a model file.
func ReadModel(data []byte) (*Model, error) { return &Model{}, nil }
