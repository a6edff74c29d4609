package feed

import (
	"time"

	"kartoteka/customer"

	"github.com/segmentio/kafka-go"
)

// The tests of the dispatcher stand outside the package, because they use feedtest, which imports it.

type (
	Broker  = broker
	History = history
)

var (
	NewBroker  = newBroker
	NewHistory = newHistory
	CheckFeed  = checkFeed
	Header     = header
	Code       = code
	Compacted  = compacted
)

func (d *Dispatcher) UseBroker(b *Broker) { d.dial = func() producer { return b } }

func (b *Broker) SetFaults(share float64) { b.setFaults(share) }

func (b *Broker) SetLate(d time.Duration) { b.late = d }
func (b *Broker) SetLargest(n int)        { b.largest = n }
func (b *Broker) Settle()                 { b.pending.Wait() }

func (b *Broker) Messages(topic string) []kafka.Message { return b.messages(topic) }

func (h *History) Operate()                                { h.operate() }
func (h *History) At() map[customer.RecordID]customer.Code { return h.at }

func (b *Broker) Delay(batches int) { b.set(func() { b.delay = batches }) }

func (b *Broker) Refuse(err error) { b.set(func() { b.refuse = err }) }

func (b *Broker) Create(topics ...string) { b.set(func() { b.created = topics }) }

func (b *Broker) Held() (n int) { b.set(func() { n = b.held }); return n }

func (b *Broker) set(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

var CheckEvents = checkEvents

func (b *Broker) Put(topic string, messages ...kafka.Message) {
	b.set(func() { b.store(topic, messages) })
}
