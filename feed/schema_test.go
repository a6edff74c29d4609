package feed_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"
	"kartoteka/golden"

	"github.com/segmentio/kafka-go"
)

// schema checks the part of JSON Schema that the published files use; a keyword that it does
// not know is a fault. Unlike consumers it accepts no property that is not listed.
type schema struct {
	root map[string]any
}

func readSchema(t *testing.T, name string) *schema {
	t.Helper()
	b, err := fs.ReadFile(feed.Schemas(), name)
	if err != nil {
		t.Fatal(err)
	}
	s := &schema{}
	if err := json.Unmarshal(b, &s.root); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

func (s *schema) check(value []byte) error {
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		return err
	}
	return s.node("$", s.root, v)
}

func (s *schema) node(path string, node map[string]any, v any) error {
	for keyword, arg := range node {
		if err := s.keyword(path, keyword, arg, node, v); err != nil {
			return err
		}
	}
	return nil
}

func (s *schema) keyword(path, keyword string, arg any, node map[string]any, v any) error {
	bad := func() error { return fmt.Errorf("%s: %v breaks %s %v", path, v, keyword, arg) }
	switch keyword {
	case "$schema", "$id", "$defs", "title", "description", "properties":
		if keyword == "properties" && node["type"] != "object" {
			return bad()
		}
	case "$ref":
		name := strings.TrimPrefix(arg.(string), "#/$defs/")
		return s.node(path, s.root["$defs"].(map[string]any)[name].(map[string]any), v)
	case "type":
		return s.kind(path, arg.(string), node, v)
	case "enum":
		if !slices.Contains(arg.([]any), v) {
			return bad()
		}
	case "pattern":
		if text, ok := v.(string); !ok || !regexp.MustCompile(arg.(string)).MatchString(text) {
			return bad()
		}
	case "minimum":
		if n, ok := v.(float64); !ok || n < arg.(float64) {
			return bad()
		}
	case "required":
		for _, name := range arg.([]any) {
			if _, ok := v.(map[string]any)[name.(string)]; !ok {
				return bad()
			}
		}
	case "minItems", "maxItems":
		n := float64(len(v.([]any)))
		if keyword == "minItems" && n < arg.(float64) || keyword == "maxItems" && n > arg.(float64) {
			return bad()
		}
	case "items", "additionalProperties": // with their type
	default:
		return fmt.Errorf("%s: the test does not know the keyword %s", path, keyword)
	}
	return nil
}

func (s *schema) kind(path, kind string, node map[string]any, v any) error {
	switch v := v.(type) {
	case map[string]any:
		return s.object(path, kind, node, v)
	case []any:
		for i, x := range v {
			if err := s.node(fmt.Sprintf("%s[%d]", path, i), node["items"].(map[string]any), x); err != nil {
				return err
			}
		}
		return want(path, kind, "array")
	case string:
		return want(path, kind, "string")
	case bool:
		return want(path, kind, "boolean")
	case float64:
		if v == float64(int64(v)) {
			return want(path, kind, "integer")
		}
	}
	return want(path, kind, "null")
}

func (s *schema) object(path, kind string, node, v map[string]any) error {
	properties, _ := node["properties"].(map[string]any)
	rest, _ := node["additionalProperties"].(map[string]any)
	for name, x := range v {
		property, listed := properties[name].(map[string]any)
		if !listed {
			property = rest
		}
		if property == nil {
			return fmt.Errorf("%s.%s: not in the schema", path, name)
		}
		if err := s.node(path+"."+name, property, x); err != nil {
			return err
		}
	}
	return want(path, kind, "object")
}

func want(path, kind, got string) error {
	if kind != got {
		return fmt.Errorf("%s: %s instead of %s", path, got, kind)
	}
	return nil
}

func TestMessagesKeepTheirSchemas(t *testing.T) {
	byTopic := map[string]*schema{
		feed.TopicsOf("t").Golden:    readSchema(t, "golden.v1.json"),
		feed.TopicsOf("t").Events:    readSchema(t, "event.v1.json"),
		feed.TopicsOf("t").Crosswalk: readSchema(t, "crosswalk.v1.json"),
	}
	synctest.Test(t, func(t *testing.T) {
		log, b := feedtest.New(), feed.NewBroker(1)
		o := options("a")
		o.PlainKey = func(s customer.Source) bool { return s == "billing" }
		_, stop := run(log, b, o)
		h := feed.NewHistory(log, 3)
		for range 60 {
			h.Operate()
		}
		log.Record(100, feed.Record{Ref: customer.Ref{Source: "billing", Key: "7"}})
		log.Commit([]customer.Change{{Code: feed.Code(50), Kind: customer.Created, Moved: []customer.Moved{{Record: 100, To: feed.Code(50)}}}},
			[]*customer.Document{fullDocument(t)})
		finish(t, log)
		stop()
		for topic, s := range byTopic {
			checkMessages(t, s, topic, b.Messages(topic))
		}
		if _, there := feed.Compacted(b.Messages(feed.TopicsOf("t").Crosswalk))["billing/7"]; !there {
			t.Error("the key of a source that is not sensitive does not stand")
		}
	})
}

func checkMessages(t *testing.T, s *schema, topic string, messages []kafka.Message) {
	t.Helper()
	if len(messages) == 0 {
		t.Errorf("%s is empty", topic)
	}
	for _, m := range messages {
		if m.Value == nil {
			continue // a tombstone
		}
		if err := s.check(m.Value); err != nil {
			t.Errorf("%s: %v", topic, err)
		}
	}
}

// fullDocument has every field of the schema.
func fullDocument(t *testing.T) *customer.Document {
	t.Helper()
	p, err := customer.NewPortrait([]customer.Attribute{{Kind: customer.Person, Name: "name", Type: customer.TypePersonName, Keep: customer.KeepTrusted}})
	if err != nil {
		t.Fatal(err)
	}
	member := func(id customer.RecordID, name string) customer.Member {
		return customer.Member{ID: id, Revision: 1, Ref: customer.Ref{Source: "crm", Key: name}, Standard: &customer.Standard{Kind: customer.Person,
			Values:    []customer.Value{{Verdict: customer.Valid, Kind: "maiden", Standard: name, Parts: []string{name, "Анна"}, Observed: log0}},
			Consents:  []customer.Consent{{Purpose: "marketing", Channel: "sms", Address: "+7", Given: true, At: log0}},
			Products:  []customer.Product{{Kind: "loan", Number: "1", Status: "open", Opened: customer.Date{Year: 2020}, Closed: customer.Date{Year: 2021, Month: 2, Day: 3}}},
			Relations: []customer.Relation{{Attribute: "employer", Role: "director", Target: customer.Ref{Source: "1c", Key: "9"}, From: customer.Date{Year: 2020, Month: 1}, To: customer.Date{Year: 2021}}}}}
	}
	d := &customer.Document{State: customer.CodeActive, Members: []customer.DocumentMember{{Source: "crm", Key: "1", Record: 1}}}
	golden.Describe(p, golden.Build(p, golden.Rules{}, []customer.Member{member(1, "Иванова"), member(2, "Петрова")}, nil), d)
	return d
}

var log0 = time.Date(2026, 3, 1, 10, 0, 0, 123e6, time.UTC)
