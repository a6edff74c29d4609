package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/access"
	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/matching"
)

func load(t *testing.T, name string) *config.Config {
	t.Helper()
	c, err := config.Load("testdata/"+name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBankPortrait(t *testing.T) {
	c := load(t, "good_bank.yaml")
	got := map[string]customer.Attribute{}
	for _, a := range c.Portrait.Attributes {
		a.ID = 0
		got[string(a.Kind)+"."+a.Name] = a
	}
	if len(got) != 20 {
		t.Errorf("%d attributes, want the 20 of the file", len(got))
	}
	for _, want := range []customer.Attribute{
		{Kind: customer.Person, Name: "inn", Type: customer.TypeINN, Holds: customer.One, SharedBy: 1, Sensitivity: customer.Secret, Keep: customer.KeepMostAgreed},
		{Kind: customer.Person, Name: "phone", Type: customer.TypePhone, Holds: customer.Many, SharedBy: 5, Sensitivity: customer.Personal, Keep: customer.KeepAll, AtMost: 5, First: customer.KeepLatest},
		{Kind: customer.Person, Name: "employer", Type: customer.TypeRelation, Holds: customer.Many, Sensitivity: customer.Personal, Keep: customer.KeepLatest, To: customer.Organization},
		{Kind: customer.Organization, Name: "inn", Type: customer.TypeINN, Holds: customer.One, SharedBy: 1, Sensitivity: customer.Public, Keep: customer.KeepMostAgreed},
		{Kind: customer.Organization, Name: "phone", Type: customer.TypePhone, Holds: customer.Many, SharedBy: 20, Sensitivity: customer.Personal, Keep: customer.KeepAll, AtMost: 10, First: customer.KeepLatest},
		{Kind: customer.Organization, Name: "name", Type: customer.TypeOrgName, Holds: customer.Many, Sensitivity: customer.Public, Required: true, Keep: customer.KeepTrusted},
	} {
		if diff := cmp.Diff(want, got[string(want.Kind)+"."+want.Name]); diff != "" {
			t.Errorf("%s.%s: %s", want.Kind, want.Name, diff)
		}
	}
}

func TestBankMatching(t *testing.T) {
	c := load(t, "good_bank.yaml")
	want := matching.DefaultSettings()
	want.Expect = 6_200_000
	want.FalseMerge = 20
	want.Kinds = map[customer.Kind]matching.KindSettings{
		customer.Person: {
			Compare: [][]string{{"name", "gender"}, {"birth_date"}, {"inn"}, {"snils"}, {"passport"}, {"phone"}, {"email"}, {"address"}},
			Candidates: [][]string{{"inn"}, {"snils"}, {"passport"}, {"phone"}, {"email"}, {"name.last.sound", "birth_date"},
				{"name.first", "name.patronymic", "birth_date"}, {"name.last.sound", "name.first.initial", "address.house"}},
		},
		customer.Organization: {
			Compare:    [][]string{{"name"}, {"inn", "kpp"}, {"ogrn"}, {"phone"}, {"address"}},
			Candidates: [][]string{{"inn", "kpp"}, {"ogrn"}, {"name.core", "address.city"}, {"phone"}},
		},
	}
	if diff := cmp.Diff(want, c.Matching); diff != "" {
		t.Error(diff)
	}
	publish := config.Publish{JoinCodes: config.Policy{Ask: true, AutoAbove: 18}, JoinConfirmed: config.Policy{Ask: true},
		SplitCode: config.Policy{Ask: true}, TasksADay: 400}
	if diff := cmp.Diff(publish, c.Publish); diff != "" {
		t.Error(diff)
	}
	if c.Model != "testdata/models/ru-2026-11.json" {
		t.Errorf("the model is looked for at %s", c.Model)
	}
}

func TestBankSources(t *testing.T) {
	c := load(t, "good_bank.yaml")
	want := map[customer.Source]*customer.Mapping{
		"core-banking": {
			Key: []string{"CLIENT_ID"}, Observed: "UPD",
			Kind: &customer.KindRule{Column: "TYPE", Person: []string{"ФЛ", "ИП"}, Organization: []string{"ЮЛ"}},
			Fields: []customer.Field{
				{Attribute: "name", Columns: []string{"FIO"}},
				{Attribute: "birth_date", Columns: []string{"BIRTH"}, Format: "dd.mm.yyyy"},
				{Attribute: "passport", Columns: []string{"DOC_SER", "DOC_NUM"}, When: map[string]string{"DOC_TYPE": "21"}, Issued: "DOC_DATE"},
				{Attribute: "inn", Columns: []string{"INN"}},
				{Attribute: "snils", Columns: []string{"SNILS"}},
				{Attribute: "phone", Columns: []string{"PHONE"}},
				{Attribute: "address", Columns: []string{"ADDR"}, ValueKind: "registration"},
			},
		},
		"core-loans": {
			Key: []string{"LOAN_ID"},
			Fields: []customer.Field{
				{Attribute: "name", Columns: []string{"BORROWER_FIO"}},
				{Attribute: "birth_date", Columns: []string{"BORROWER_BIRTH"}},
				{Attribute: "phone", Columns: []string{"MOBILE"}},
				{Attribute: "phone", Columns: []string{"HOME_PHONE"}},
			},
			Products: []customer.ProductField{{Kind: "loan", Number: "LOAN_NO", Status: "STATE", Opened: "OPEN_DT", Closed: "CLOSE_DT"}},
		},
		"billing": {
			Key: []string{"customer_id"},
			Fields: []customer.Field{
				{Attribute: "name", Columns: []string{"last_name", "first_name", "patronymic"}, Parts: []string{"last", "first", "patronymic"}},
				{Attribute: "birth_date", Columns: []string{"birthday"}},
				{Attribute: "passport", Columns: []string{"doc_series", "doc_number"}, When: map[string]string{"doc_type": "21"}},
				{Attribute: "phone", Columns: []string{"contact_phone"}},
			},
			Products: []customer.ProductField{{Kind: "sim", Number: "msisdn", Opened: "actual_from", Closed: "actual_to"}},
			Consents: []customer.ConsentField{{Purpose: "marketing", Channels: []string{"sms"}, Column: "ADV_SMS", Yes: []string{"Y"}, No: []string{"N"}, At: "ADV_SMS_DT"}},
		},
		"1c-trade": {Standard: "standard"},
		"branch-sheet": {
			Key: []string{"ФИО", "Телефон"}, City: "Город",
			Fields: []customer.Field{
				{Attribute: "name", Columns: []string{"ФИО"}},
				{Attribute: "phone", Columns: []string{"Телефон"}},
				{Attribute: "phone", Columns: []string{"Доп. телефон"}},
				{Attribute: "email", Columns: []string{"Почта"}},
				{Attribute: "birth_date", Columns: []string{"ДР"}},
				{Attribute: "address", Columns: []string{"Адрес"}},
			},
		},
		"web-leads": {
			Key: []string{"tranid"},
			Fields: []customer.Field{
				{Attribute: "name", Columns: []string{"Name"}},
				{Attribute: "phone", Columns: []string{"Phone"}},
				{Attribute: "email", Columns: []string{"Email"}},
			},
			Consents: []customer.ConsentField{{Purpose: "marketing", Channels: []string{"sms", "email"}, Column: "agree"}},
		},
	}
	for name, mapping := range want {
		if diff := cmp.Diff(mapping, c.Source(name).Mapping); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if len(c.Sources) != len(want) || len(c.Trust) != len(want) {
		t.Errorf("%d sources, %d of them in trust, want %d", len(c.Sources), len(c.Trust), len(want))
	}
	if diff := cmp.Diff(&config.Full{Absent: config.AbsentDeleted, Brake: 0.2}, c.Source("branch-sheet").Full); diff != "" {
		t.Error(diff)
	}
	if s := c.Source("billing"); s.SensitiveKey || !cmp.Equal(s.ReusedKeys.Alarm, []string{"name", "birth_date"}) {
		t.Errorf("billing: %+v", s)
	}
	if !c.Source("core-banking").SensitiveKey {
		t.Error("keys are not sensitive unless said")
	}
}

func TestBankFeed(t *testing.T) {
	c := load(t, "good_bank.yaml")
	want := config.Feed{
		Kafka: &config.Kafka{Brokers: []string{"kafka:9092"}, Prefix: "hub", Partitions: 6, Replication: 1},
		Views: []config.View{
			{Name: "crm", View: access.View{AllBut: []string{"snils", "passport"}}},
			{Name: "contact-center", View: access.View{Only: []string{"name", "phone", "email", "address", "products", "consent"}}},
			{Name: "marketing", View: access.View{Only: []string{"name", "phone", "email"}, Where: access.Where{Consent: &access.ConsentWhere{Purpose: "marketing"}}}},
		},
		Back: []config.WriteBack{
			{Source: "1c-trade", To: "file", Format: "1c-enterprisedata", Folder: "/srv/exchange/ut-in"},
			{Source: "core-banking", To: "table", URL: "${env:ABS_BACK_URL}", Table: "abs.client_code"},
		},
	}
	if diff := cmp.Diff(want, c.Feed); diff != "" {
		t.Error(diff)
	}
}
