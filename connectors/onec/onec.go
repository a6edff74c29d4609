// Package onec reads what 1C:Enterprise writes for other systems: EnterpriseData messages and CommerceML 2 orders.
package onec

import (
	"context"
	"fmt"
	"time"

	"kartoteka/connectors"
	"kartoteka/connectors/sniff"
)

// Settings of a 1C file source.
type Settings struct {
	File     string `yaml:"file" doc:"path of the message (xml, or zip with one xml), or a pattern"`
	TimeZone string `yaml:"time_zone" doc:"zone of the infobase, like Europe/Moscow: 1C writes times without one; UTC by default"`
}

func settings() any { return &Settings{} }

func file(path string) any { return &Settings{File: path} }

// EnterpriseDataKind declares the connector of EnterpriseData messages.
func EnterpriseDataKind() connectors.Kind {
	return connectors.Kind{
		Name:     "1c-enterprisedata",
		Summary:  "1C EnterpriseData messages: Контрагенты, ФизическиеЛица, КонтактныеЛица and their deletions.",
		Example:  "file: /srv/exchange/ut/Message_UT_HUB.xml\n",
		Formats:  []string{sniff.EnterpriseData},
		Settings: settings, File: file,
		New:      func(s any) (connectors.Connector, error) { return newConnector(s.(*Settings), sniff.EnterpriseData) },
		Standard: standardMapping(),
	}
}

// CommerceMLKind declares the connector of CommerceML 2 files.
func CommerceMLKind() connectors.Kind {
	return connectors.Kind{
		Name:     "1c-commerceml",
		Summary:  "1C CommerceML 2 files: the Контрагент of each order and of the root.",
		Example:  "file: /srv/exchange/site/orders-*.xml\ntime_zone: Europe/Moscow\n",
		Formats:  []string{sniff.CommerceML},
		Settings: settings, File: file,
		New:      func(s any) (connectors.Connector, error) { return newConnector(s.(*Settings), sniff.CommerceML) },
		Standard: standardMapping(),
	}
}

func newConnector(s *Settings, format string) (connectors.Connector, error) {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time_zone: %q is not known; write one like Europe/Moscow", s.TimeZone)
	}
	return connectors.NewFileReader(s.File, func(_ context.Context, in *connectors.Input) (connectors.Items, error) {
		return open(in, format, zone)
	}), nil
}

func open(in *connectors.Input, name string, zone *time.Location) (connectors.Items, error) {
	format, err := sniff.Expect(in, name)
	if err != nil {
		return nil, err
	}
	d, err := openDocument(in, format)
	if err != nil {
		return nil, err
	}
	t := newTables(in)
	if name == sniff.EnterpriseData {
		return newEnterprise(d, t), nil
	}
	return newCommerce(d, t, zone), nil
}
