package config

import "kartoteka/customer"

// typeDefault is what an attribute of a type is unless the portrait says otherwise, so that
// {type: phone} suffices.
type typeDefault struct {
	holds       customer.Holds
	sharedBy    int
	companies   int // sharedBy of organizations, if it is another
	sensitivity customer.Sensitivity
	open        bool // public when it is an organization's
	keep        customer.Keep
	atMost      int
	first       customer.Keep
	by          string
}

var typeDefaults = map[customer.TypeName]typeDefault{
	customer.TypePersonName: {holds: customer.Many, keep: customer.KeepTrusted},
	customer.TypeOrgName:    {holds: customer.Many, keep: customer.KeepTrusted, open: true},
	customer.TypeDate:       {holds: customer.One, keep: customer.KeepMostAgreed},
	customer.TypeGender:     {holds: customer.One, keep: customer.KeepMostAgreed},
	customer.TypePhone:      {holds: customer.Many, sharedBy: 5, companies: 20, keep: customer.KeepAll, atMost: 5, first: customer.KeepLatest},
	customer.TypeEmail:      {holds: customer.Many, sharedBy: 4, companies: 10, keep: customer.KeepAll, atMost: 3, first: customer.KeepLatest},
	customer.TypeAddress:    {holds: customer.Many, sharedBy: 40, keep: customer.KeepLatest, by: "kind"},
	customer.TypeText:       {holds: customer.One, keep: customer.KeepTrusted},
	customer.TypeCategory:   {holds: customer.One, keep: customer.KeepMostAgreed},
	customer.TypeSet:        {holds: customer.Many, keep: customer.KeepAll, open: true},
	customer.TypeRelation:   {holds: customer.Many, keep: customer.KeepLatest},
	customer.TypeProduct:    {holds: customer.Many, keep: customer.KeepAll},
	customer.TypeConsent:    {holds: customer.Many, keep: customer.KeepAll},

	customer.TypeINN:        secretID(),
	customer.TypeKPP:        {holds: customer.Many, keep: customer.KeepAll, open: true},
	customer.TypeOGRN:       {holds: customer.One, sharedBy: 1, keep: customer.KeepMostAgreed, open: true},
	customer.TypeSNILS:      secretID(),
	customer.TypeRUPassport: document(),
	customer.TypeRNOKPP:     secretID(),
	customer.TypeEDRPOU:     {holds: customer.One, sharedBy: 1, keep: customer.KeepMostAgreed, open: true},
	customer.TypeUAPassport: document(),
	customer.TypeUNP:        secretID(),
	customer.TypeIIN:        secretID(),
	customer.TypeIBAN:       {holds: customer.Many, sharedBy: 2, sensitivity: customer.Secret, keep: customer.KeepAll},
	customer.TypeNumber:     document(),
}

// secretID is a number for life; an organization's is in public registers.
func secretID() typeDefault {
	return typeDefault{holds: customer.One, sharedBy: 1, sensitivity: customer.Secret, open: true, keep: customer.KeepMostAgreed}
}

// document is a number that is replaced from time to time.
func document() typeDefault {
	return typeDefault{holds: customer.Many, sharedBy: 1, sensitivity: customer.Secret, keep: customer.KeepLatest}
}

// Complete gives an attribute with the defaults of its type where it says nothing. One
// whose Holds is empty says nothing about SharedBy either.
func Complete(a customer.Attribute) customer.Attribute {
	d := defaultsOf(a.Kind, a.Type)
	if a.Holds == "" {
		a.Holds = d.Holds
		if a.SharedBy == 0 {
			a.SharedBy = d.SharedBy
		}
	}
	if a.Sensitivity == "" {
		a.Sensitivity = d.Sensitivity
	}
	if a.Keep == "" {
		a.Keep, a.AtMost, a.First = d.Keep, d.AtMost, d.First
	}
	if a.By == "" {
		a.By = d.By
	}
	return a
}

// defaultsOf is an attribute of which nothing is said but its type.
func defaultsOf(kind customer.Kind, t customer.TypeName) customer.Attribute {
	d := typeDefaults[t]
	a := customer.Attribute{Kind: kind, Type: t, Holds: d.holds, SharedBy: d.sharedBy, Sensitivity: d.sensitivity,
		Keep: d.keep, AtMost: d.atMost, First: d.first, By: d.by}
	if kind == customer.Organization && d.companies > 0 {
		a.SharedBy = d.companies
	}
	if kind == customer.Organization && d.open {
		a.Sensitivity = customer.Public
	}
	if a.Sensitivity == "" {
		a.Sensitivity = customer.Personal
	}
	return a
}
