package config

import (
	"io"
	"strconv"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
)

// Print writes what is in force as a file that could be loaded: defaults filled in, secrets
// masked, and behind each line that the file said where it said it.
func (c *Config) Print(w io.Writer) error {
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(c.Effective()); err != nil {
		return err
	}
	return encoder.Close()
}

// Effective gives the same as a tree, for other forms of it; secrets are masked.
func (c *Config) Effective() *yaml.Node {
	p := &printer{origins: c.origins}
	root := p.mapping()
	p.add(root, "", "version", bare("1"))
	p.add(root, "", "company", p.company(c))
	p.list(root, "", "trust", sourceNames(c.Trust))
	p.add(root, "", "portrait", p.portrait(c))
	p.add(root, "", "matching", p.matching(c))
	p.add(root, "", "sources", p.sources(c))
	p.add(root, "", "feed", p.feed(&c.Feed))
	p.add(root, "", "access", p.access(&c.Access))
	if c.Database != "" {
		p.add(root, "", "database", p.single("database", "url", maskText("url", c.Database)))
	}
	p.add(root, "", "schedules", p.schedules(&c.Schedules))
	if c.Listen != "" {
		p.add(root, "", "serve", p.single("serve", "listen", c.Listen))
	}
	return root
}

// printer builds the tree; paths are those of the origins.
type printer struct{ origins map[string]string }

func (p *printer) mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} }

func (p *printer) flow() *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle}
}

// scalar quotes what would otherwise be read as something else than a text.
func (p *printer) scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// bare is a number or a yes, written without quotes.
func bare(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// add puts a key into a mapping, with its origin behind it; empty groups are left out.
func (p *printer) add(to *yaml.Node, path, name string, value *yaml.Node) {
	if value == nil || value.Kind != yaml.ScalarNode && len(value.Content) == 0 {
		return
	}
	key := p.scalar(name)
	if from := p.origins[join(path, name)]; from != "" {
		target := value
		if value.Kind != yaml.ScalarNode && value.Style != yaml.FlowStyle {
			target = key
		}
		target.LineComment = from
	}
	to.Content = append(to.Content, key, value)
}

func (p *printer) text(to *yaml.Node, path, name, value string) {
	if value != "" {
		p.add(to, path, name, p.scalar(value))
	}
}

func (p *printer) number(to *yaml.Node, path, name string, value float64) {
	p.add(to, path, name, bare(plain(value)))
}

func (p *printer) yes(to *yaml.Node, path, name string, value bool) {
	p.add(to, path, name, bare(strconv.FormatBool(value)))
}

func (p *printer) list(to *yaml.Node, path, name string, values []string) {
	p.add(to, path, name, p.sequence(values))
}

func (p *printer) sequence(values []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, p.scalar(v))
	}
	return n
}

func (p *printer) single(path, name, value string) *yaml.Node {
	n := p.mapping()
	p.text(n, path, name, value)
	return n
}

func (p *printer) named(to *yaml.Node, path, name string, values map[string]string) {
	n := p.flow()
	for _, key := range sorted(values) {
		p.add(n, "", key, p.scalar(values[key]))
	}
	p.add(to, path, name, n)
}

func sourceNames(sources []customer.Source) []string {
	out := make([]string, len(sources))
	for i, s := range sources {
		out[i] = string(s)
	}
	return out
}
