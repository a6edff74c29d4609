package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
)

// Topics are the names of the feed's topics.
type Topics struct{ Golden, Events, Crosswalk, Control string }

// TopicsOf names the topics of a prefix: hub.customer.golden.v1 and its siblings.
func TopicsOf(prefix string) Topics {
	return Topics{prefix + ".customer.golden.v1", prefix + ".customer.events.v1", prefix + ".customer.crosswalk.v1", prefix + ".customer.control.v1"}
}

// EventsKept is how long the events topic keeps its messages; tombstones of the compacted
// topics stay for TombstonesKept, so a consumer that was away longer must read from the start.
const (
	EventsKept     = 14 * 24 * time.Hour
	TombstonesKept = 7 * 24 * time.Hour
)

// topicName is a topic's full name: hub.customer.golden.v1 of golden.
func topicName(prefix, short string) string { return prefix + ".customer." + short + ".v1" }

// shortName is what stands for a topic in requests and in the database.
func shortName(prefix, topic string) string {
	return strings.TrimSuffix(strings.TrimPrefix(topic, prefix+".customer."), ".v1")
}

// View names the golden topic of a view.
func (t Topics) View(name string) string {
	return strings.TrimSuffix(t.Golden, "v1") + name + ".v1"
}

// topics are the short names of all topics that consumers read, those of the views last.
func (o *Options) topics() []string {
	out := []string{topicGolden, topicEvents, topicCrosswalk}
	for i := range o.Views {
		out = append(out, o.Views[i].topic())
	}
	return out
}

// all are the short names of all topics.
func (o *Options) all() []string {
	if o.Standing == nil {
		return o.topics()
	}
	return append(o.topics(), topicControl)
}

// KnowsTopic reports whether a short name is one of the topics.
func (o *Options) KnowsTopic(short string) bool { return slices.Contains(o.topics(), short) }

// ensureTopics creates the topics that are absent, tells which, and checks the settings of all.
func ensureTopics(ctx context.Context, o *Options) ([]string, error) {
	client := &kafka.Client{Addr: kafka.TCP(o.Brokers...), Transport: o.Transport, Timeout: o.ProduceTimeout}
	var names []string
	for _, short := range o.all() {
		names = append(names, topicName(o.Prefix, short))
	}
	missing, err := absent(ctx, client, names)
	if err != nil {
		return nil, err
	}
	created, err := createTopics(ctx, client, o, missing)
	if err != nil {
		return nil, err
	}
	if err := awaitLeaders(ctx, client, names); err != nil {
		return nil, err
	}
	return created, checkSettings(ctx, client, names)
}

// absent tells which topics are not there; a broker that does not let us see one is an error.
func absent(ctx context.Context, client *kafka.Client, names []string) (out []string, err error) {
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: names})
	if err != nil {
		return nil, Explain("asking the broker about topics", strings.Join(names, ", "), err)
	}
	for _, t := range meta.Topics {
		switch {
		case errors.Is(t.Error, kafka.UnknownTopicOrPartition):
			out = append(out, t.Name)
		case t.Error != nil && !errors.Is(t.Error, kafka.LeaderNotAvailable):
			return nil, Explain("asking the broker about", t.Name, t.Error)
		}
	}
	return out, nil
}

func createTopics(ctx context.Context, client *kafka.Client, o *Options, names []string) (created []string, err error) {
	if len(names) == 0 {
		return nil, nil
	}
	request := &kafka.CreateTopicsRequest{}
	for _, name := range names {
		if shortName(o.Prefix, name) == topicEvents {
			request.Topics = append(request.Topics, o.topic(name, "cleanup.policy", "delete", "retention.ms", milliseconds(EventsKept)))
			continue
		}
		request.Topics = append(request.Topics, o.topic(name, "cleanup.policy", "compact",
			"delete.retention.ms", milliseconds(TombstonesKept), "max.compaction.lag.ms", milliseconds(24*time.Hour)))
	}
	response, err := client.CreateTopics(ctx, request)
	if err != nil {
		return nil, Explain("creating topics", strings.Join(names, ", "), err)
	}
	for _, topic := range names {
		switch err := response.Errors[topic]; {
		case err == nil:
			created = append(created, topic)
		case denied(err):
			return nil, fmt.Errorf("%w: the broker does not let this user create topic %s; create it by hand, or allow Create on it", ErrDenied, topic)
		case !errors.Is(err, kafka.TopicAlreadyExists):
			return nil, fmt.Errorf("feed: creating topic %s: %w; create it by hand or allow the hub to", topic, err)
		}
	}
	return created, nil
}

// awaitLeaders returns when every partition of the topics has a leader, which a new one has not at once.
func awaitLeaders(ctx context.Context, client *kafka.Client, topics []string) error {
	for {
		meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: topics})
		if err != nil {
			return Explain("asking the broker about topics", strings.Join(topics, ", "), err)
		}
		if led(meta, len(topics)) {
			return nil
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

func led(meta *kafka.MetadataResponse, topics int) bool {
	for _, t := range meta.Topics {
		if t.Error != nil || len(t.Partitions) == 0 {
			return false
		}
		for _, p := range t.Partitions {
			if p.Error != nil || p.Leader.Host == "" {
				return false
			}
		}
	}
	return len(meta.Topics) == topics
}

func (o *Options) topic(name string, settings ...string) kafka.TopicConfig {
	c := kafka.TopicConfig{Topic: name, NumPartitions: o.Partitions, ReplicationFactor: o.Replicas}
	if shortName(o.Prefix, name) == topicControl {
		c.NumPartitions = 1
	}
	settings = append(settings, "max.message.bytes", strconv.Itoa(o.MaxMessage+overhead))
	for i := 0; i < len(settings); i += 2 {
		c.ConfigEntries = append(c.ConfigEntries, kafka.ConfigEntry{ConfigName: settings[i], ConfigValue: settings[i+1]})
	}
	return c
}

// leastMessage is how large a message a topic must take at least: an event without lists.
const leastMessage = 1500

// checkSettings checks what the feed's promises need of the topics. A broker that does not tell
// its settings is believed.
func checkSettings(ctx context.Context, client *kafka.Client, names []string) error {
	request := &kafka.DescribeConfigsRequest{}
	for _, topic := range names {
		request.Resources = append(request.Resources, kafka.DescribeConfigRequestResource{
			ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: []string{"cleanup.policy", "max.message.bytes"}})
	}
	response, err := client.DescribeConfigs(ctx, request)
	if denied(err) {
		return nil
	}
	if err != nil {
		return Explain("reading the settings of topics", "", err)
	}
	for _, r := range response.Resources {
		for _, entry := range r.ConfigEntries {
			if err := checkSetting(r.ResourceName, entry.ConfigName, entry.ConfigValue); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkSetting(topic, name, value string) error {
	want := "compact"
	if strings.HasSuffix(topic, ".customer."+topicEvents+".v1") {
		want = "delete"
	}
	if name == "cleanup.policy" && value != want {
		return fmt.Errorf("%w: %s has cleanup.policy %s; set it to %s", ErrTopic, topic, value, want)
	}
	if n, err := strconv.Atoi(value); name == "max.message.bytes" && err == nil && n < leastMessage {
		return fmt.Errorf("%w: %s has max.message.bytes %d; raise it to 1000000", ErrTopic, topic, n)
	}
	return nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
