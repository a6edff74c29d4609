package feedtest

import (
	"os"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
)

// RealBroker is the HOST:PORT of a real Kafka broker, which KARTOTEKA_TEST_KAFKA names; without one
// the test is skipped.
func RealBroker(t testing.TB) string {
	t.Helper()
	address := os.Getenv("KARTOTEKA_TEST_KAFKA")
	if address == "" {
		t.Skip("no Kafka broker: start one with scripts/kafka-local/kafka-local and set KARTOTEKA_TEST_KAFKA=HOST:PORT")
	}
	return address
}

// Messages reads a topic to its end, one partition after the other.
func Messages(t testing.TB, address, topic string) (out []kafka.Message) {
	t.Helper()
	client := &kafka.Client{Addr: kafka.TCP(address)}
	meta, err := client.Metadata(t.Context(), &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range meta.Topics[0].Partitions {
		conn, err := kafka.DialPartition(t.Context(), "tcp", address, p)
		if err != nil {
			t.Fatal(err)
		}
		last, err := conn.ReadLastOffset()
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		r := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{address}, Topic: topic, Partition: p.ID, MaxWait: 50 * time.Millisecond})
		for offset := int64(0); offset < last; {
			m, err := r.ReadMessage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			out, offset = append(out, m), m.Offset+1
		}
		_ = r.Close()
	}
	return out
}
