package back

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kartoteka/customer"
)

// CSV is a file <source>.csv in a folder, with the columns key and code. It is replaced as a whole.
type CSV struct {
	Folder string
	Source customer.Source
}

// Replaces implements [Target].
func (CSV) Replaces() bool { return true }

// Deliver implements [Target].
func (c CSV) Deliver(_ context.Context, d Delivery) error {
	return replace(c.Folder, string(c.Source)+".csv", func(out io.Writer) error {
		w := csv.NewWriter(out)
		if err := w.Write([]string{"key", "code"}); err != nil {
			return err
		}
		for r, err := range d.Rows {
			if err != nil {
				return err
			}
			if r.Code == 0 {
				continue
			}
			if err := w.Write([]string{r.Key, r.Code.String()}); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	})
}

// replace writes a file beside its place and then moves it there, so that nobody sees half of it.
func replace(folder, name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(folder, ".kartoteka-*")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w; make the folder, or let the hub write to it", err)
	}
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone when it got its name
	buffered := bufio.NewWriterSize(f, 256<<10)
	err = errors.Join(write(buffered), buffered.Flush(), f.Chmod(0o640), f.Sync())
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(folder, name)); err != nil {
		return err
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close()) // so that the name outlasts a power failure
}

// OneC is messages for a 1C infobase in an exchange folder: one file for each delivery, with the
// codes that moved, in the frame of EnterpriseData. A program at the other end reads and removes them.
type OneC struct {
	Folder string
	Source customer.Source
	Now    func() time.Time
}

// Replaces implements [Target].
func (OneC) Replaces() bool { return false }

const (
	enterpriseData = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8"
	// oneCHead begins a message; its sender is the hub.
	oneCHead = `<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns:msg="http://www.1c.ru/SSL/Exchange/Message">
	<msg:Header>
		<msg:Format>%s</msg:Format>
		<msg:CreationDate>%s</msg:CreationDate>
		<msg:Confirmation><msg:ExchangePlan>СинхронизацияДанныхЧерезУниверсальныйФормат</msg:ExchangePlan><msg:To>%s</msg:To><msg:From>KARTOTEKA</msg:From><msg:MessageNo>%d</msg:MessageNo></msg:Confirmation>
		<msg:AvailableVersion>1.8</msg:AvailableVersion>
	</msg:Header>
	<Body xmlns="%s">
`
	oneCRow = "\t\t<РегистрСведений.ДополнительныеСведения><Объект><Ссылка>%s</Ссылка></Объект><Свойство>ПерсональныйКод</Свойство><Значение>%s</Значение></РегистрСведений.ДополнительныеСведения>\n"
)

// Deliver implements [Target]. A record that is gone has an empty value. What was erased is not
// named: a message would keep what shall be forgotten.
func (o OneC) Deliver(_ context.Context, d Delivery) error {
	name := fmt.Sprintf("Message_KARTOTEKA_%s_%s.xml", o.Source, strconv.FormatInt(d.Position, 10))
	return replace(o.Folder, name, func(out io.Writer) error {
		if _, err := fmt.Fprintf(out, oneCHead, enterpriseData, o.Now().UTC().Format("2006-01-02T15:04:05"), escaped(string(o.Source)), d.Position, enterpriseData); err != nil {
			return err
		}
		for r, err := range d.Rows {
			if err != nil {
				return err
			}
			code := ""
			if r.Code != 0 {
				code = r.Code.String()
			}
			if _, err := fmt.Fprintf(out, oneCRow, escaped(r.Key), code); err != nil {
				return err
			}
		}
		_, err := io.WriteString(out, "\t</Body>\n</Message>\n")
		return err
	})
}

func escaped(text string) string {
	var b escaper
	_ = xml.EscapeText(&b, []byte(text)) // writing to memory cannot fail
	return string(b)
}

type escaper []byte

func (e *escaper) Write(p []byte) (int, error) {
	*e = append(*e, p...)
	return len(p), nil
}
