package config

import (
	"kartoteka/customer"
	"kartoteka/golden"
)

// typeDefault is what an attribute of a type is unless the portrait says otherwise, so that
// {type: phone} suffices; which value survives is golden's part.
type typeDefault struct {
	holds       customer.Holds
	sharedBy    int
	companies   int // sharedBy of organizations, if it is another
	sensitivity customer.Sensitivity
	open        bool // public when it is an organization's
}

var typeDefaults = map[customer.TypeName]typeDefault{
	customer.TypePersonName: {holds: customer.Many},
	customer.TypeOrgName:    {holds: customer.Many, open: true},
	customer.TypeDate:       {holds: customer.One},
	customer.TypeGender:     {holds: customer.One},
	customer.TypePhone:      {holds: customer.Many, sharedBy: 5, companies: 20},
	customer.TypeEmail:      {holds: customer.Many, sharedBy: 4, companies: 10},
	customer.TypeAddress:    {holds: customer.Many, sharedBy: 40},
	customer.TypeText:       {holds: customer.One},
	customer.TypeCategory:   {holds: customer.One},
	customer.TypeSet:        {holds: customer.Many, open: true},
	customer.TypeRelation:   {holds: customer.Many},
	customer.TypeProduct:    {holds: customer.Many},
	customer.TypeConsent:    {holds: customer.Many},

	customer.TypeINN:        forLife,
	customer.TypeKPP:        {holds: customer.Many, open: true},
	customer.TypeOGRN:       {holds: customer.One, sharedBy: 1, open: true},
	customer.TypeSNILS:      forLife,
	customer.TypeRUPassport: replaced,
	customer.TypeRNOKPP:     forLife,
	customer.TypeEDRPOU:     {holds: customer.One, sharedBy: 1, open: true},
	customer.TypeUAPassport: replaced,
	customer.TypeUNP:        forLife,
	customer.TypeBYPersonal: forLife,
	customer.TypeIIN:        forLife,
	customer.TypeIBAN:       {holds: customer.Many, sharedBy: 2, sensitivity: customer.Secret},
	customer.TypeNumber:     replaced,
}

var (
	// forLife is a number that somebody has one of; an organization's is in public registers.
	forLife = typeDefault{holds: customer.One, sharedBy: 1, sensitivity: customer.Secret, open: true}
	// replaced is a document's number: a new one comes with each document.
	replaced = typeDefault{holds: customer.Many, sharedBy: 1, sensitivity: customer.Secret}
)

// HasDefaults reports whether config knows a type.
func HasDefaults(t customer.TypeName) bool { return typeDefaults[t].holds != "" }

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

// survivorship is golden's part of the types; it never changes.
var survivorship = golden.Types()

// defaultsOf is an attribute of which nothing is said but its type.
func defaultsOf(kind customer.Kind, t customer.TypeName) customer.Attribute {
	d, s := typeDefaults[t], survivorship[t]
	a := customer.Attribute{Kind: kind, Type: t, Holds: d.holds, SharedBy: d.sharedBy, Sensitivity: d.sensitivity,
		Keep: s.Keep, AtMost: s.AtMost, First: s.First, By: s.By}
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
