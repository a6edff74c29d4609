package config

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/standardize"
)

// Config is the whole of what a file says, with every default filled in and every name checked.
type Config struct {
	Path     string // the file it was read from; "" for the built-in default
	Portrait *customer.Portrait
	Company  standardize.Settings
	TimeZone string            // of schedules, and of source times that name none
	Trust    []customer.Source // best first; an unknown source ranks last
	Matching matching.Settings
	Model    string // path of the model file; "" to train one or take the shipped one
	Publish  Publish
	Sources  []Source // in the order of the file
	Feed     Feed
	Access   Access
	Database string // URL of PostgreSQL, for Resolve; "" for a private one
	Listen   string // address of serve; "" for its default
	// Schedules is what serve does by itself; when it reads a source, the source says.
	Schedules Schedules

	base       string // the ready portrait that the file extends
	attributes []customer.Attribute
	origins    map[string]string
	lookup     Lookup
}

// Lookup reads one variable of the environment, as [os.LookupEnv] does.
type Lookup func(name string) (string, bool)

// Source is one source as configured.
type Source struct {
	Name customer.Source
	From string    // the connector's kind; "" in a mapping file
	With yaml.Node // its own settings, for [Config.Decode]; the zero Node when there are none
	// Every is a duration or a crontab line, for Schedule; "" runs on demand only.
	Every        string
	SkipMissed   bool // a time at which nobody served is not caught up
	Unique       bool // the source itself holds no duplicates
	SensitiveKey bool // its keys are personal, true unless said otherwise
	Country      string
	Full         *Full // not nil: each run is a snapshot
	ReusedKeys   ReusedKeys
	// Mapping is nil when nothing is said of it; without Fields and Standard the columns
	// are mapped by looking at the data.
	Mapping *customer.Mapping

	file string
}

// Full says what a row means that is gone from a snapshot.
type Full struct {
	Absent string  // "deleted" or "kept"
	Brake  float64 // share of the source's records above which nothing is deleted
}

// The fates of a row that is gone from a snapshot.
const (
	AbsentDeleted = "deleted"
	AbsentKept    = "kept"
)

// ReusedKeys says whether a source gives the key of one customer to another.
type ReusedKeys struct {
	Never bool
	Alarm []string // attributes that must all differ; empty: name and birth date
}

// Publish says what may happen to codes without a person.
type Publish struct {
	JoinCodes, JoinConfirmed, SplitCode Policy
	TasksADay                           int // what the stewards can settle; 0: no limit
}

// Policy is an answer to a change of codes. The zero Policy is auto.
type Policy struct {
	Ask bool
	// AutoAbove lets the machine act alone from so many bits of evidence; 0: never, if Ask.
	AutoAbove float64
}

// Load reads a file. lookup serves the secrets that the file refers to; they are read when
// they are used. The error is [Faults], all that are to be found; a file that cannot be
// opened gives the error of os.
func Load(path string, lookup func(string) (string, bool)) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(path, text, lookup)
}

// Parse reads the text of a file; path stands in faults and is where relative paths start.
func Parse(path string, text []byte, lookup func(string) (string, bool)) (*Config, error) {
	c := blank(lookup)
	c.Path = path
	if err := c.add(path, text, false); err != nil {
		return nil, err
	}
	if c.Model != "" && !filepath.IsAbs(c.Model) {
		c.Model = filepath.Join(filepath.Dir(path), c.Model)
	}
	return c, nil
}

func blank(lookup Lookup) *Config {
	return &Config{
		Company:   standardize.Settings{Country: "RU"},
		TimeZone:  "Europe/Moscow",
		Matching:  matching.DefaultSettings(),
		Publish:   Publish{JoinConfirmed: Policy{Ask: true}}, // what a person confirmed is not changed without one
		Schedules: defaultSchedules(),
		Access:    defaultAccess(),
		origins:   map[string]string{},
		lookup:    lookup,
	}
}

// add reads one more file into c.
func (c *Config) add(path string, text []byte, fragment bool) error {
	root, err := parse(path, text)
	if err != nil {
		return err
	}
	r := &reader{file: path, fragment: fragment, origins: c.origins}
	table := rootKeys()
	if fragment {
		table = fragmentKeys()
	}
	if root == nil {
		root = &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	}
	c.readPortrait(r, root)
	table.read(r, "", root, c)
	if zone := zones[c.Company.Country]; c.origins["company.time_zone"] == "" && !fragment {
		c.TimeZone = cmp.Or(zone, "UTC")
	}
	if len(r.faults) == 0 && !fragment {
		c.checkCompiles(r, child(root, "matching"))
	}
	return r.faults.asError()
}

// rootKeys is the whole file.
func rootKeys() keys[Config] {
	return keys[Config]{
		versionKey(),
		group("company", "where the company is at home", companyKeys(), func(c *Config) *Config { return c }),
		{"trust", "sources, best first; a source that is not here ranks last", textsShape, readTrust},
		portraitKey(),
		group("matching", "who is who", matchingKeys(), func(c *Config) *Config { return c }),
		sourcesKey(),
		group("feed", "who receives the golden records", feedKeys(), func(c *Config) *Feed { return &c.Feed }),
		group("access", "who may do and see what, and how they sign in", accessKeys(), func(c *Config) *Access { return &c.Access }),
		group("database", "where the hub keeps its data; without it the hub runs a private PostgreSQL", keys[Config]{
			secret("url", "postgres://..., better as ${env:NAME}", func(c *Config) *string { return &c.Database }),
		}, func(c *Config) *Config { return c }),
		group("schedules", "what serve does by itself", schedulesKeys(), func(c *Config) *Schedules { return &c.Schedules }),
		group("serve", "the hub as a service", keys[Config]{
			text("listen", "address and port, like 127.0.0.1:8080", func(c *Config) *string { return &c.Listen }),
		}, func(c *Config) *Config { return c }),
	}
}

func versionKey() key[Config] {
	return key[Config]{"version", "of this format: 1", shape{"const": 1}, func(r *reader, path string, n *yaml.Node, _ *Config) {
		if n.Value != "1" {
			r.fault(n, path, quote(n.Value)+" is no version of this format", "write 1")
		}
	}}
}

var (
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	areaCodeForm = regexp.MustCompile(`^[0-9]{2,5}$`)
)

func companyKeys() keys[Config] {
	return keys[Config]{
		countryKey("two letters: the default of phones and of the order of dates", func(c *Config) *string { return &c.Company.Country }),
		{"time_zone", "of schedules, and of times that name none", textShape, readTimeZone},
		namedTexts("area_codes", "city: its area code, for phones written without one", func(c *Config) *map[string]string { return &c.Company.AreaCodes },
			func(r *reader, path string, n *yaml.Node) {
				if !areaCodeForm.MatchString(n.Value) {
					r.fault(n, path, quote(n.Value)+" is no area code", "write its digits in quotes, like \"831\"")
				}
			}),
		namedTexts("street_aliases", "a street's old name: its name now", func(c *Config) *map[string]string { return &c.Company.StreetAliases }, nil),
	}
}

func countryKey[T any](doc string, field func(*T) *string) key[T] {
	return key[T]{"country", doc, shape{"type": "string", "pattern": countryForm.String()}, func(r *reader, path string, n *yaml.Node, into *T) {
		s, ok := r.text(path, n)
		if ok && !countryForm.MatchString(s) {
			r.fault(n, path, quote(s)+" is no country", "write its two capital letters, like RU")
			return
		}
		*field(into) = s
	}}
}

// zones are the time zones of capitals, for a company that names its country alone.
var zones = map[string]string{"RU": "Europe/Moscow", "UA": "Europe/Kyiv", "BY": "Europe/Minsk", "KZ": "Asia/Almaty"}

func readTimeZone(r *reader, path string, n *yaml.Node, c *Config) {
	s, ok := r.text(path, n)
	if !ok {
		return
	}
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		r.fault(n, path, "unknown time zone "+quote(s), "write its IANA name, like Europe/Moscow")
		return
	}
	c.TimeZone = s
}

// namedTexts is a key whose own keys the user names; check may be nil.
func namedTexts[T any](name, doc string, field func(*T) *map[string]string, check func(*reader, string, *yaml.Node)) key[T] {
	return key[T]{name, doc, namedShape(textShape), func(r *reader, path string, n *yaml.Node, into *T) {
		m := map[string]string{}
		r.pairs(path, n, func(k string, _, v *yaml.Node) {
			s, ok := r.text(join(path, k), v)
			if ok && check != nil {
				check(r, join(path, k), v)
			}
			m[k] = s
		})
		*field(into) = m
	}}
}

func readTrust(r *reader, path string, n *yaml.Node, c *Config) { c.Trust = r.sources(path, n) }

func (r *reader) sources(path string, n *yaml.Node) []customer.Source {
	var out []customer.Source
	for _, s := range r.texts(path, n) {
		out = append(out, customer.Source(s))
	}
	return out
}

// Source finds a source by its name, nil if there is none.
func (c *Config) Source(name customer.Source) *Source {
	i := slices.IndexFunc(c.Sources, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Sources[i]
}
