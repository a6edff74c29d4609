package feed_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/consumer"
	"kartoteka/feed/feedtest"

	"github.com/segmentio/kafka-go"
)

func realOptions(t *testing.T, address string) feed.Options {
	prefix := fmt.Sprintf("test-%s-%d", strings.ToLower(t.Name()), time.Now().UnixNano())
	return feed.Options{Brokers: []string{address}, Prefix: prefix, Holder: "a", HashKey: []byte("k"), Partitions: 3, Settle: 100 * time.Millisecond, Poll: 10 * time.Millisecond}
}

func start(t *testing.T, log *feedtest.Log, o feed.Options) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	o.Wake = log.Wake
	go func() { ended <- feed.New(log, log, o).Run(ctx) }()
	return func() error { cancel(); return <-ended }
}

// published waits until the log is published to its end.
func published(t *testing.T, log *feedtest.Log) {
	t.Helper()
	last, _ := log.Last(context.Background())
	for began := time.Now(); log.Position(feed.Role) < last; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatalf("published up to %d of %d", log.Position(feed.Role), last)
		}
	}
}

func TestRealBrokerEndsAtThePresentState(t *testing.T) {
	address := feedtest.RealBroker(t)
	log, o := feedtest.New(), realOptions(t, address)
	h := feed.NewHistory(log, 5)
	stop := start(t, log, o)
	for step := range 300 {
		h.Operate()
		if step == 150 { // another process takes over
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			o.Holder = "b"
			stop = start(t, log, o)
		}
	}
	log.Commit([]customer.Change{{Code: feed.Code(40), Kind: customer.Created}, {Code: feed.Code(41), Kind: customer.Created}},
		[]*customer.Document{{State: customer.CodeActive}, {State: customer.CodeActive}})
	published(t, log)
	topics := feed.TopicsOf(o.Prefix)
	feed.CheckFeed(t, topics, func(topic string) []kafka.Message { return feedtest.Messages(t, address, topic) }, log.All(), h.At())

	log.Commit([]customer.Change{{Code: feed.Code(40), Kind: customer.Erased}}, []*customer.Document{nil})
	published(t, log)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	checkConsumer(t, address, topics.Golden, log)
}

// checkConsumer compares a consumer's table with the log, read at once and a second time.
func checkConsumer(t *testing.T, address, topic string, log *feedtest.Log) {
	t.Helper()
	var table consumer.Memory
	c := consumer.New(&table, consumer.Options{Brokers: []string{address}, Topic: topic})
	for range 2 {
		if err := c.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		rows := table.Rows()
		if len(rows) != len(log.All()) {
			t.Errorf("%d rows for %d codes", len(rows), len(log.All()))
		}
		for code, s := range log.All() {
			r := rows[code]
			if r.State != s.State || r.Epoch != s.Epoch || r.Version != s.Version || r.Successor != s.Successor ||
				s.State == customer.CodeActive && string(r.Document) != string(s.Document) || (s.State == customer.CodeErased) != (r.Document == nil) {
				t.Errorf("%s: table has %s version %d %s, present is %s version %d", code, r.State, r.Version, r.Document, s.State, s.Version)
			}
		}
	}
}

func TestRealConsumerFollows(t *testing.T) {
	address := feedtest.RealBroker(t)
	log, o := feedtest.New(), realOptions(t, address)
	stop := start(t, log, o)
	create := func(n int) {
		log.Commit([]customer.Change{{Code: feed.Code(n), Kind: customer.Created}}, []*customer.Document{{State: customer.CodeActive}})
	}
	create(1)
	published(t, log) // now the topics exist
	var table consumer.Memory
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- consumer.New(&table, consumer.Options{Brokers: []string{address}, Topic: feed.TopicsOf(o.Prefix).Golden}).Run(ctx)
	}()
	create(2)
	began := time.Now()
	for len(table.Rows()) < 2 {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the consumer does not follow")
		}
		time.Sleep(time.Millisecond)
	}
	t.Logf("commit to consumer: %s", time.Since(began))
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestRealTopicsHaveTheRightPolicies(t *testing.T) {
	address := feedtest.RealBroker(t)
	o := realOptions(t, address)
	client := &kafka.Client{Addr: kafka.TCP(address)}
	if _, err := client.CreateTopics(context.Background(), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{
		{Topic: feed.TopicsOf(o.Prefix).Golden, NumPartitions: 1, ReplicationFactor: 1}}}); err != nil { // by hand, and with cleanup.policy=delete
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	log := feedtest.New()
	if err := feed.New(log, log, o).Run(ctx); !errors.Is(err, feed.ErrTopic) || !strings.Contains(err.Error(), "set it to compact") {
		t.Error(err)
	}
}

func TestRealBrokerParksTooLarge(t *testing.T) {
	address := feedtest.RealBroker(t)
	log, o := feedtest.New(), realOptions(t, address)
	client := &kafka.Client{Addr: kafka.TCP(address)}
	if _, err := client.CreateTopics(context.Background(), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{Topic: feed.TopicsOf(o.Prefix).Golden,
		NumPartitions: 1, ReplicationFactor: 1, ConfigEntries: []kafka.ConfigEntry{{ConfigName: "cleanup.policy", ConfigValue: "compact"},
			{ConfigName: "max.message.bytes", ConfigValue: "2000"}}}}}); err != nil {
		t.Fatal(err)
	}
	parked := make(chan customer.Code, 10)
	o.Parked = func(_ string, c customer.Code) { parked <- c }
	var changes []customer.Change
	var documents []*customer.Document
	for n, size := range []int{10, 5000, 10} {
		changes = append(changes, customer.Change{Code: feed.Code(n), Kind: customer.Created})
		documents = append(documents, &customer.Document{State: customer.CodeActive, Attributes: map[string][]customer.DocumentValue{"name": {{Value: strings.Repeat("x", size)}}}})
	}
	log.Commit(changes, documents)
	stop := start(t, log, o)
	published(t, log)
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := <-parked; got != feed.Code(1) || len(parked) > 0 {
		t.Errorf("parked %s and %d more", got, len(parked))
	}
	if n := len(feed.Compacted(feedtest.Messages(t, address, feed.TopicsOf(o.Prefix).Golden))); n != 2 {
		t.Errorf("%d codes on the topic", n)
	}
}

// BenchmarkPublish measures created codes from the log to a real broker.
func BenchmarkPublish(b *testing.B) {
	address := os.Getenv("KARTOTEKA_TEST_KAFKA")
	if address == "" {
		b.Skip("no Kafka broker")
	}
	const codes = 20_000
	document := &customer.Document{State: customer.CodeActive, Attributes: map[string][]customer.DocumentValue{"name": {{Value: strings.Repeat("x", 1000)}}}}
	for n := 0; b.Loop(); n++ {
		log := feedtest.New()
		for i := range codes {
			log.Record(customer.RecordID(i+1), feed.Record{Ref: customer.Ref{Source: "crm", Key: fmt.Sprint(i)}})
			log.Commit([]customer.Change{{Code: feed.Code(i), Kind: customer.Created, Moved: []customer.Moved{{Record: customer.RecordID(i + 1), To: feed.Code(i)}}}},
				[]*customer.Document{document})
		}
		o := feed.Options{Brokers: []string{address}, Prefix: fmt.Sprintf("bench-%d-%d", n, time.Now().UnixNano()), Holder: "a", Partitions: 12}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		began := time.Now()
		go func() { ended <- feed.New(log, log, o).Run(ctx) }()
		for log.Position(feed.Role) < codes {
			time.Sleep(time.Millisecond)
		}
		b.ReportMetric(codes/time.Since(began).Seconds(), "codes/s")
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}
}

// A broker that lets the hub see a topic and not write to it says so, and the feed goes on by
// itself when it is allowed.
func TestRealBrokerWithoutPermission(t *testing.T) {
	address := feedtest.RealBroker(t)
	log, o, said := feedtest.New(), realOptions(t, address), &safeBuffer{}
	o.Logger = textLogger(said)
	topic := feed.TopicsOf(o.Prefix).Golden
	client := &kafka.Client{Addr: kafka.TCP(address)}
	deny := kafka.ACLEntry{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ResourcePatternType: kafka.PatternTypeLiteral,
		Principal: "User:ANONYMOUS", Host: "*", Operation: kafka.ACLOperationTypeWrite, PermissionType: kafka.ACLPermissionTypeDeny}
	allow := deny
	allow.Operation, allow.PermissionType = kafka.ACLOperationTypeAll, kafka.ACLPermissionTypeAllow
	made, err := client.CreateACLs(context.Background(), &kafka.CreateACLsRequest{ACLs: []kafka.ACLEntry{deny, allow}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(made.Errors...); err != nil {
		t.Skipf("the broker has no authorizer: %v", err)
	}
	log.Commit([]customer.Change{{Code: feed.Code(1), Kind: customer.Created}}, []*customer.Document{{State: customer.CodeActive}})
	stop := start(t, log, o)
	for began := time.Now(); !strings.Contains(said.String(), "grant Describe, Write"); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the log does not say what to grant:\n%s", said)
		}
	}
	if _, err := client.DeleteACLs(context.Background(), &kafka.DeleteACLsRequest{Filters: []kafka.DeleteACLsFilter{{
		ResourceTypeFilter: kafka.ResourceTypeTopic, ResourceNameFilter: topic, ResourcePatternTypeFilter: kafka.PatternTypeLiteral,
		PrincipalFilter: "User:ANONYMOUS", HostFilter: "*", Operation: kafka.ACLOperationTypeWrite, PermissionType: kafka.ACLPermissionTypeDeny}}}); err != nil {
		t.Fatal(err)
	}
	published(t, log)
	if err := stop(); err != nil {
		t.Error(err)
	}
	if n := len(feed.Compacted(feedtest.Messages(t, address, topic))); n != 1 {
		t.Errorf("%d codes", n)
	}
}

// safeBuffer is written to by the dispatcher while the test reads.
type safeBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
