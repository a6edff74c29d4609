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
