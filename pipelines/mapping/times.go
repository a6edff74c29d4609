package mapping

import (
	"strconv"
	"time"

	"kartoteka/customer"
)

// instantForms are how sources write the time of a change, the most frequent first.
var instantForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05.999999", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05.999999-07", "2006-01-02 15:04", "2006-01-02",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", "2.1.2006", "02.01.2006T15:04:05", "2006/01/02 15:04:05", "2006/01/02", "20060102150405", "20060102",
}

// parseInstant reads a time, one without a zone in the given one; a number is seconds or
// milliseconds since 1970.
func parseInstant(s string, zone *time.Location) (customer.Instant, bool) {
	for _, form := range instantForms {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			if t.Year() <= 1 {
				return customer.Instant{}, false // 0001-01-01: 1C's empty date
			}
			return t.UTC(), true
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n < 1e8:
		return customer.Instant{}, false
	case n >= 1e14: // Debezium's microseconds
		return time.UnixMicro(n).UTC(), true
	case n >= 1e11:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Unix(n, 0).UTC(), true
}

// parseDate reads the dates of relations; anything else is no date.
func parseDate(s string) customer.Date {
	if s == "" {
		return customer.Date{}
	}
	t, ok := parseInstant(s, time.UTC)
	if !ok {
		return customer.Date{}
	}
	return customer.Date{Year: int16(t.Year()), Month: int8(t.Month()), Day: int8(t.Day())}
}
