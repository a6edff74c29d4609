package feed

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
)

// Topics are the names of the feed's topics.
type Topics struct{ Golden, Events, Crosswalk string }

// TopicsOf names the topics of a prefix: hub.customer.golden.v1 and its siblings.
func TopicsOf(prefix string) Topics {
	return Topics{prefix + ".customer.golden.v1", prefix + ".customer.events.v1", prefix + ".customer.crosswalk.v1"}
}

// EventsKept is how long the events topic keeps its messages; tombstones of the compacted
// topics stay for TombstonesKept, so a consumer that was away longer must read from the start.
const (
	EventsKept     = 14 * 24 * time.Hour
	TombstonesKept = 7 * 24 * time.Hour
)

// ErrTopic says that a topic exists with settings under which the feed's promises do not
// hold; an administrator of the broker changes them.
var ErrTopic = errors.New("feed: topic has wrong settings")

// ensureTopics creates the topics that are absent and checks the cleanup policy of the others.
func ensureTopics(ctx context.Context, o *Options) error {
	client := &kafka.Client{Addr: kafka.TCP(o.Brokers...), Transport: o.Transport, Timeout: o.ProduceTimeout}
	t := TopicsOf(o.Prefix)
	request := &kafka.CreateTopicsRequest{}
	for _, topic := range []string{t.Golden, t.Crosswalk} {
		request.Topics = append(request.Topics, o.topic(topic, "cleanup.policy", "compact",
			"delete.retention.ms", milliseconds(TombstonesKept), "max.compaction.lag.ms", milliseconds(24*time.Hour)))
	}
	request.Topics = append(request.Topics, o.topic(t.Events, "cleanup.policy", "delete", "retention.ms", milliseconds(EventsKept)))
	response, err := client.CreateTopics(ctx, request)
	if err != nil {
		return fmt.Errorf("feed: creating topics: %w", err)
	}
	for topic, err := range response.Errors {
		if err != nil && !errors.Is(err, kafka.TopicAlreadyExists) {
			return fmt.Errorf("feed: creating topic %s: %w; create it by hand or allow the hub to", topic, err)
		}
	}
	if err := awaitLeaders(ctx, client, []string{t.Golden, t.Crosswalk, t.Events}); err != nil {
		return err
	}
	return checkPolicies(ctx, client, map[string]string{t.Golden: "compact", t.Crosswalk: "compact", t.Events: "delete"})
}

// awaitLeaders returns when every partition of the topics has a leader, which a new one has not at once.
func awaitLeaders(ctx context.Context, client *kafka.Client, topics []string) error {
	for {
		meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: topics})
		if err != nil {
			return fmt.Errorf("feed: asking the broker about topics: %w", err)
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
	settings = append(settings, "max.message.bytes", strconv.Itoa(o.MaxMessage+overhead))
	for i := 0; i < len(settings); i += 2 {
		c.ConfigEntries = append(c.ConfigEntries, kafka.ConfigEntry{ConfigName: settings[i], ConfigValue: settings[i+1]})
	}
	return c
}

func checkPolicies(ctx context.Context, client *kafka.Client, want map[string]string) error {
	request := &kafka.DescribeConfigsRequest{}
	for topic := range want {
		request.Resources = append(request.Resources, kafka.DescribeConfigRequestResource{
			ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: []string{"cleanup.policy"}})
	}
	response, err := client.DescribeConfigs(ctx, request)
	if err != nil {
		return fmt.Errorf("feed: reading the settings of topics: %w", err)
	}
	for _, r := range response.Resources {
		for _, entry := range r.ConfigEntries {
			if entry.ConfigName == "cleanup.policy" && !strings.Contains(entry.ConfigValue, want[r.ResourceName]) {
				return fmt.Errorf("%w: %s has cleanup.policy %s; set it to %s", ErrTopic, r.ResourceName, entry.ConfigValue, want[r.ResourceName])
			}
		}
	}
	return nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
