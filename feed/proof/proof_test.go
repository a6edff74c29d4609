package proof_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"
	"kartoteka/feed/proof"
)

// memory is a source of messages in one partition each.
type memory map[string][]kafka.Message

func (m memory) Spans(_ context.Context, topic string) ([]proof.Span, error) {
	return []proof.Span{{End: int64(len(m[topic]))}}, nil
}

func (m memory) Read(_ context.Context, topic string, s proof.Span, show func(*proof.Message) error) error {
	for _, x := range m[topic][s.First:s.End] {
		if err := show(&proof.Message{Key: x.Key, Value: x.Value, Headers: x.Headers}); err != nil {
			return err
		}
	}
	return nil
}

var topics = feed.TopicsOf("t")

// published is a history of merges and splits as the feed sends it.
func published(t testing.TB, seed int64, steps int, faults float64) (*feedtest.Log, *feedtest.Broker) {
	t.Helper()
	log, b, random := feedtest.New(), feedtest.StartBroker(t), rand.New(rand.NewSource(seed))
	var mutex sync.Mutex // connections are answered at once
	b.SetFate(func(string) feedtest.Fate {
		mutex.Lock()
		defer mutex.Unlock()
		if random.Float64() < faults {
			return feedtest.Fate(1 + random.Intn(3))
		}
		return feedtest.Answered
	}, 350*time.Millisecond)
	town := feedtest.NewTown(log, seed)
	o := feed.Options{Brokers: []string{b.Address()}, Prefix: "t", Holder: "a", HashKey: []byte("k"), Partitions: 3, Window: 7, Wake: log.Wake,
		ProduceTimeout: 150 * time.Millisecond, Poll: 5 * time.Millisecond, Settle: 450 * time.Millisecond, LeaseTime: 500 * time.Millisecond}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- feed.New(log, log, o).Run(ctx) }()
	for range steps {
		town.Operate()
	}
	last, _ := log.Last(ctx)
	for began := time.Now(); log.Position(feed.Role) < last; time.Sleep(time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatalf("published up to %d of %d", log.Position(feed.Role), last)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return log, b
}

// hub is a log as a hub to compare with.
type hub struct{ *feedtest.Log }

func (h hub) Published(_ context.Context, show func(*customer.CodeNow, bool)) error {
	for _, s := range h.All() {
		show(&s, true)
	}
	return nil
}

func (h hub) Known(_ context.Context, codes []customer.Code) (map[customer.Code]bool, error) {
	out, all := map[customer.Code]bool{}, h.All()
	for _, code := range codes {
		_, out[code] = all[code]
	}
	return out, nil
}

func (h hub) Standing(ctx context.Context) (feed.Control, error) {
	last, err := h.Last(ctx)
	return feed.Control{Hub: "h", Epoch: 1, Position: last, Serial: 10}, err
}

// The control topic is looked at: a hub behind its record is told, and a record that is none.
func TestControlRecordsAreProved(t *testing.T) {
	log, b := published(t, 9, 20, 0)
	last, err := log.Last(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		key, value string
		violated   int64
	}{
		"Present":      {"h", fmt.Sprintf(`{"hub":"h","epoch":1,"position":%d,"serial":9}`, last), 0},
		"OfAnother":    {"g", `{"hub":"g","epoch":3,"position":900000,"serial":9}`, 0},
		"Ahead":        {"h", fmt.Sprintf(`{"hub":"h","epoch":1,"position":%d,"serial":9}`, last+1), 1},
		"OfAnotherKey": {"g", `{"hub":"h","epoch":1,"position":1,"serial":1}`, 1},
		"Nonsense":     {"h", `{`, 1},
	} {
		m := memory{topics.Golden: b.Messages(topics.Golden), topics.Events: b.Messages(topics.Events), topics.Crosswalk: b.Messages(topics.Crosswalk),
			topics.Control: {{Key: []byte(tc.key), Value: []byte(tc.value)}}}
		r := verify(t, m, hub{log})
		if c := r.Checks[len(r.Checks)-1]; c.Invariant != "control" || c.Checked != 1 || c.Violated != tc.violated || r.Violated() != tc.violated {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func verify(t *testing.T, from proof.Source, h proof.Hub) *proof.Result {
	t.Helper()
	t.Helper()
	r, err := proof.Verify(t.Context(), from, proof.Options{Topics: topics, Wait: 2 * time.Millisecond, Hub: h})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Replies and requests are lost and messages come late; what the feed promises is there to be seen.
func TestAnHonestFeedIsProved(t *testing.T) {
	for seed := range int64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			log, b := published(t, seed, 150, 0.05)
			_ = b.Messages(topics.Golden) // what is late arrives
			r := verify(t, feed.Brokers{Client: &kafka.Client{Addr: kafka.TCP(b.Address())}}, hub{log})
			if r.Violated() > 0 || r.Codes == 0 || r.Events == 0 || r.Crosswalk == 0 || r.Passed > 0 || r.Truncated {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestEachBrokenPromiseIsNamed(t *testing.T) {
	log, b := published(t, 7, 120, 0)
	honest := memory{topics.Golden: b.Messages(topics.Golden), topics.Events: b.Messages(topics.Events), topics.Crosswalk: b.Messages(topics.Crosswalk)}
	if r := verify(t, honest, hub{log}); r.Violated() > 0 {
		t.Fatalf("%+v", r)
	}
	codes := log.All()
	living, left := customer.Code(0), customer.Code(0)
	for code, s := range codes {
		if s.State == customer.CodeActive && s.Version > 3 {
			living = code
		}
		if s.State == customer.CodeRetired && s.Successor != 0 {
			left = code
		}
	}
	if living == 0 || left == 0 {
		t.Fatal("the history is too small")
	}
	last := func(list []kafka.Message, key string) int {
		for i := len(list) - 1; ; i-- {
			if string(list[i].Key) == key {
				return i
			}
		}
	}
	for _, c := range []struct {
		name  string
		code  customer.Code
		spoil func(m memory)
		want  string
	}{
		{"AnEventIsMissing", living, func(m memory) {
			i := slices.IndexFunc(m[topics.Events], func(x kafka.Message) bool { return string(x.Key) == living.String() })
			m[topics.Events] = slices.Delete(m[topics.Events], i, i+1)
		}, "its events begin at version 2"},
		{"TheGoldenTopicLagsBehind", living, func(m memory) {
			i := last(m[topics.Golden], living.String())
			m[topics.Golden] = slices.Delete(m[topics.Golden], i, i+1)
		}, "the golden topic"},
		{"AnOldVersionCameLast", living, func(m memory) {
			x := m[topics.Golden][last(m[topics.Golden], living.String())]
			x.Value = []byte(strings.Replace(string(x.Value), fmt.Sprintf(`"version":%d`, codes[living].Version), `"version":1`, 1))
			m[topics.Golden] = append(m[topics.Golden], x)
		}, "ends at an older version"},
		{"ARecordLeadsElsewhere", living, func(m memory) {
			for i := range m[topics.Crosswalk] {
				x := &m[topics.Crosswalk][i]
				x.Value = []byte(strings.ReplaceAll(string(x.Value), living.String(), left.String()))
			}
		}, "records against the crosswalk"},
		{"ASuccessorIsWrong", left, func(m memory) {
			i := last(m[topics.Golden], left.String())
			x := &m[topics.Golden][i]
			x.Value = []byte(strings.Replace(string(x.Value), codes[left].Successor.String(), feedtest.Code(999).String(), 1))
		}, "leads to"},
		{"AnotherContent", living, func(m memory) {
			x := &m[topics.Golden][last(m[topics.Golden], living.String())]
			x.Value = []byte(strings.Replace(string(x.Value), "Ковалёв", "Петров", 1))
		}, "another content"},
		{"AMergeIsToldByOneSide", left, func(m memory) {
			for i := range m[topics.Events] {
				var e map[string]any
				x := &m[topics.Events][i]
				if json.Unmarshal(x.Value, &e) == nil && e["successor"] != nil {
					e["operation"] = 1 << 40
					x.Value, _ = json.Marshal(e)
				}
			}
		}, "of which its successor tells nothing"},
		{"AStrangerIsPublished", feedtest.Code(4000), func(m memory) {
			code := feedtest.Code(4000)
			m[topics.Golden] = append(m[topics.Golden], kafka.Message{Key: []byte(code.String()), Value: fmt.Appendf(nil, `{"code":%q,"state":"active","epoch":1,"version":1}`, code)})
			m[topics.Events] = append(m[topics.Events], kafka.Message{Key: []byte(code.String()), Value: fmt.Appendf(nil, `{"code":%q,"kind":"created","epoch":1,"version":1}`, code)})
		}, "not known to the hub"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := memory{}
			for topic, list := range honest {
				m[topic] = slices.Clone(list)
			}
			c.spoil(m)
			for _, check := range verify(t, m, hub{log}).Checks {
				for _, v := range check.Violations {
					if strings.Contains(v.What, c.want) && (slices.Contains(v.Codes, c.code) || c.name == "AMergeIsToldByOneSide") && v.Cure != "" {
						return
					}
				}
			}
			t.Errorf("nobody says that %s %s: %+v", c.code, c.want, verify(t, m, hub{log}).Checks)
		})
	}
}

// flood is a feed of many codes that is made as it is read.
type flood struct{ codes int64 }

func (f flood) Spans(context.Context, string) ([]proof.Span, error) {
	var out []proof.Span
	for p := range int64(8) {
		out = append(out, proof.Span{Partition: int(p), First: 0, End: f.codes / 8})
	}
	return out, nil
}

func (f flood) Read(_ context.Context, topic string, s proof.Span, show func(*proof.Message) error) error {
	for i := s.First; i < s.End; i++ {
		n := int64(s.Partition)*f.codes/8 + i
		code := feedtest.Code(int(n)).String()
		m := proof.Message{Key: []byte(code)}
		switch topic {
		case topics.Events:
			m.Value = fmt.Appendf(nil, `{"code":%q,"kind":"created","epoch":1,"version":1,"operation":1}`, code)
		case topics.Golden:
			m.Value = fmt.Appendf(nil, `{"code":%q,"state":"active","epoch":1,"version":1,"members":[{"source":"crm","key":"1","record":%d}],"member_count":1}`, code, n)
		default:
			m.Key = fmt.Appendf(nil, "crm/%d", n)
			m.Value = fmt.Appendf(nil, `{"source":"crm","record":%d,"code":%q,"position":1}`, n, code)
		}
		if err := show(&m); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkMemory tells what a million codes need.
func BenchmarkMemory(b *testing.B) {
	const codes = 1_000_000
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // as the verb does
	for b.Loop() {
		var most, now runtime.MemStats
		r, err := proof.Verify(b.Context(), flood{codes}, proof.Options{Topics: topics, Progress: func(_ string, n int64) {
			if n%(1<<17) == 0 {
				runtime.ReadMemStats(&now)
				if now.HeapInuse > most.HeapInuse {
					most = now
				}
			}
		}})
		if err != nil || r.Violated() > 0 {
			b.Fatal(r, err)
		}
		b.ReportMetric(float64(most.HeapInuse)/codes, "bytes/code")
	}
}

// After a restore codes are told again under a new epoch, from versions that may have been
// published before, and codes that the restored state does not know are taken back.
func TestARestoreIsNoGap(t *testing.T) {
	log, b := published(t, 3, 120, 0)
	m := memory{topics.Golden: b.Messages(topics.Golden), topics.Events: b.Messages(topics.Events), topics.Crosswalk: b.Messages(topics.Crosswalk)}
	n := 0
	for code, s := range log.All() {
		if s.State != customer.CodeActive || s.Version < 3 {
			continue
		}
		n++
		kind, version, key := "reissued", s.Version-1, []byte(code.String())
		value := []byte(strings.NewReplacer(`"epoch":1`, `"epoch":2`, fmt.Sprintf(`"version":%d`, s.Version), fmt.Sprintf(`"version":%d`, version)).Replace(string(s.Document)))
		if n == 1 {
			kind, version, value = "withdrawn", 1, nil
		}
		m[topics.Golden] = append(m[topics.Golden], kafka.Message{Key: key, Value: value, Headers: []kafka.Header{
			{Key: "ce_epoch", Value: []byte("2")}, {Key: "ce_version", Value: fmt.Append(nil, version)}}})
		m[topics.Events] = append(m[topics.Events], kafka.Message{Key: key, Value: fmt.Appendf(nil, `{"code":%q,"kind":%q,"epoch":2,"version":%d}`, code, kind, version)})
	}
	if r := verify(t, m, nil); r.Violated() > 0 || n < 2 {
		t.Errorf("%d codes: %+v", n, r)
	}
}
