package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/segmentio/kafka-go"

	"kartoteka/feed"
	"kartoteka/store"
)

// markers stand nowhere but in the values and keys of one person. Those of names are also
// looked for in Latin letters and folded, as matching sees them.
var markers = []string{"зюзюкин", "зюзюкiн", "zyuzyukin", "ziuziukin", "феофилакт", "feofilakt", "панкратьев", "9017771313", "777-13-13", "7771313",
	"markerkey", "zmarker", "marker.example", "500100732259", "зюзино", "тупик маркера"}

const markedRows = `client_id;ФИО;Дата рождения;Телефон;E-mail;ИНН;Адрес
MARKERKEY-1;Зюзюкин Феофилакт Панкратьевич;12.04.1985;8 (901) 777-13-13;zmarker@marker.example;500100732259;г. Зюзино, тупик Маркера, д. 1
MARKERKEY-2;Зюзюкин Феофилакт;12.04.1985;8 (901) 777-13-13;;;
MARKERKEY-3;Zyuzyukin Feofilakt;1985-04-12;+79017771313;zmarker@marker.example;;
K-4;Смирнова Анна Игоревна;03.09.1990;+7 916 555 66 77;anna.s@example.ru;;
MARKERKEY-5;Зюзюкин;Феофилакт;8 (901) 777-13-13;zmarker@marker.example;too;many;cells;here
`

// TestNoValueLeavesTheMapOfPersonalData runs everything that writes with one marked person and
// looks for the marks in all columns off the map, in what is logged and in what is measured.
func TestNoValueLeavesTheMapOfPersonalData(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	var said strings.Builder
	step := func(args ...string) {
		t.Helper()
		_, out, errs := d.run(args...)
		said.WriteString(errs)
		if args[0] == "verify" || args[0] == "maintain" { // the others show a person what was asked for
			said.WriteString(out)
		}
	}
	d.pileUp(step)
	said.WriteString(d.served())
	for _, m := range markers {
		if at := strings.Index(strings.ToLower(said.String()), m); at >= 0 {
			t.Errorf("%q is in what was logged or measured: …%s…", m, said.String()[max(0, at-60):min(said.Len(), at+60)])
		}
	}
	if n := d.scanPlain(); n < 60 {
		t.Errorf("only %d columns were looked at", n)
	}
	if n := d.scanPersonal(); n < 5 {
		t.Errorf("the marks are in %d personal columns only: the test marks nothing", n)
	}
}

// pileUp loads, changes, parts, joins, breaks and checks.
func (d *door) pileUp(step func(args ...string)) {
	d.Helper()
	first, second := d.file("clients.csv", markedRows), d.file("other.csv", crmRows)
	step("load", first, second, "--source", "clients")
	step("load", first, "--source", "clients")
	step("load", second)
	step("load", d.file("changed.csv", strings.ReplaceAll(strings.ReplaceAll(markedRows, "тупик Маркера", "пер. Маркера"), "K-4;", "MARKERKEY-4;")), "--source", "clients", "--full")
	step("load", d.file("broken.csv", strings.ReplaceAll(markedRows, ";", "")), "--source", "clients")
	step("load", d.file("long.csv", strings.Replace(markedRows, "MARKERKEY-2", strings.Repeat("MARKERKEY", 200), 1)), "--source", "long", "--key", "client_id")
	step("decide", "different", "clients/MARKERKEY-1", "clients/MARKERKEY-3")
	step("decide", "same", "clients/MARKERKEY-1", "clients/MARKERKEY-3")
	step("decide", "same", "clients/MARKERKEY-1", "other/1", "--reason", "seen")
	step("show", "clients/MARKERKEY-99")
	step("maintain")
	step("export", "golden", "--format", "csv")
	step("export", "rejects")
	step("verify")
}

// scanPlain looks for the marks in every column off the map and gives how many columns there are.
func (d *door) scanPlain() int {
	d.Helper()
	_, plain := store.PersonalMap()
	n := 0
	d.scan(plain, func(place string, hits []string) {
		n++
		if len(hits) > 0 {
			d.Errorf("%s holds %v: it is not on the map of personal data", place, hits)
		}
	})
	return n
}

func (d *door) scanPersonal() int {
	d.Helper()
	personal, _ := store.PersonalMap()
	n := 0
	d.scan(personal, func(_ string, hits []string) {
		if len(hits) > 0 {
			n++
		}
	})
	return n
}

// scan reads columns as text, bytes with their letters, and tells which marks each holds.
func (d *door) scan(columns map[string][]string, tell func(place string, hits []string)) {
	d.Helper()
	conn, err := pgx.Connect(d.Context(), d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = conn.Close(d.Context()) }()
	for _, table := range slices.Sorted(maps.Keys(columns)) {
		for _, column := range columns[table] {
			var all []byte
			if err := conn.QueryRow(d.Context(), fmt.Sprintf(`SELECT coalesce(string_agg(CASE WHEN pg_typeof(%[1]s) = 'bytea'::regtype THEN (to_json(%[1]s) #>> '{}')::bytea
				ELSE convert_to(%[1]s::text, 'UTF8') END, ' '::bytea), '') FROM %[2]s`, pgx.Identifier{column}.Sanitize(), pgx.Identifier{table}.Sanitize())).Scan(&all); err != nil {
				d.Fatalf("%s.%s: %v", table, column, err)
			}
			text := strings.ToLower(strings.ToValidUTF8(string(all), " "))
			var hits []string
			for _, m := range markers {
				if strings.Contains(text, m) {
					hits = append(hits, m)
				}
			}
			tell(table+"."+column, hits)
		}
	}
}

// served runs serve for as long as it takes to ask it, publishes if there is a broker, and gives
// what it logged and measured, and the keys and headers of what it published.
func (d *door) served() string {
	d.Helper()
	ctx, cancel := context.WithCancel(d.Context())
	defer cancel()
	logged := &watched{}
	args := []string{"serve", "--listen", "127.0.0.1:0", "--insecure-no-auth", "--state", d.dir}
	broker, prefix := os.Getenv("KARTOTEKA_TEST_KAFKA"), fmt.Sprintf("markers%d", time.Now().UnixNano())
	if broker != "" {
		args = append(args, "--brokers", broker, "--prefix", prefix)
	}
	ended := make(chan int, 1)
	lookup := func(name string) (string, bool) { return d.url, name == "KARTOTEKA_DATABASE_URL" }
	go func() { ended <- run(ctx, args, &app{out: io.Discard, err: logged, lookup: lookup}) }()
	address := logged.wait(d.T, regexp.MustCompile(`http://[\d.:]+`))
	var answers strings.Builder
	for _, path := range []string{"/healthz", "/v1/changes?after=0", "/v1/crosswalk/clients/MARKERKEY-99", "/v1/golden/no-code", "/metrics"} {
		answers.WriteString(fetched(d.T, address+path))
	}
	if broker != "" {
		d.awaitPublished(logged)
		answers.WriteString(headersOf(d.T, broker, feed.TopicsOf(prefix)))
	}
	cancel()
	<-ended
	return logged.String() + answers.String()
}

func fetched(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// headersOf reads keys and headers of all topics, and the values of the events, which hold names
// of attributes and no values.
func headersOf(t *testing.T, broker string, topics feed.Topics) string {
	t.Helper()
	var b strings.Builder
	for _, topic := range []string{topics.Golden, topics.Events, topics.Crosswalk} {
		r := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{broker}, Topic: topic, GroupID: topic, StartOffset: kafka.FirstOffset, MaxWait: 200 * time.Millisecond})
		n, patience := 0, 20*time.Second // joining the group takes its time
		for {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			m, err := r.ReadMessage(ctx)
			cancel()
			if err != nil {
				break
			}
			n, patience = n+1, 2*time.Second
			fmt.Fprintf(&b, "%s %v\n", m.Key, m.Headers)
			for _, h := range m.Headers {
				fmt.Fprintf(&b, "%s=%s\n", h.Key, h.Value)
			}
			if topic != topics.Golden {
				b.Write(m.Value)
			}
		}
		_ = r.Close()
		if n == 0 {
			t.Errorf("%s: nothing was published", topic)
		}
	}
	return b.String()
}

// watched keeps what is written and lets a test wait for a word of it.
type watched struct {
	mu      sync.Mutex
	buffer  bytes.Buffer
	written chan struct{}
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.written != nil {
		close(w.written)
		w.written = nil
	}
	return w.buffer.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buffer.String()
}

func (w *watched) wait(t *testing.T, word *regexp.Regexp) string {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		w.mu.Lock()
		found := word.FindString(w.buffer.String())
		if w.written == nil {
			w.written = make(chan struct{})
		}
		next := w.written
		w.mu.Unlock()
		if found != "" {
			return found
		}
		select {
		case <-next:
		case <-deadline:
			t.Fatalf("%s was never said: %s", word, w)
		}
	}
}
