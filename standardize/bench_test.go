package standardize

import (
	"testing"

	"kartoteka/customer"
)

// benchRows are rows as the mapping gives them: name, birth date, phone, e-mail and address, of a
// Russian and of a British source.
func benchRows(p *customer.Portrait) map[string][]customer.Mapped {
	id := func(t customer.TypeName) customer.AttributeID {
		a, _ := p.Lookup(customer.Person, string(t))
		return a
	}
	row := func(name []string, date, phone, email string, address []string) customer.Mapped {
		full := customer.RawValue{Attribute: id(customer.TypePersonName), Parts: name}
		if len(name) == 1 {
			full = customer.RawValue{Attribute: full.Attribute, Text: name[0]}
		}
		place := customer.RawValue{Attribute: id(customer.TypeAddress), Parts: address}
		if len(address) == 1 {
			place = customer.RawValue{Attribute: place.Attribute, Text: address[0]}
		}
		return customer.Mapped{Values: []customer.RawValue{full, {Attribute: id(customer.TypeDate), Text: date},
			{Attribute: id(customer.TypePhone), Text: phone}, {Attribute: id(customer.TypeEmail), Text: email}, place}}
	}
	parts := func(postcode, city, street string) []string {
		return []string{postcode, "", "", city, street, "", "", ""}
	}
	return map[string][]customer.Mapped{
		"GB": {
			row([]string{"Viton", "Lenoel", "", "", "", "", ""}, "1945-07-07", "", "viton45@post.example", parts("", "Mamouth", "2 Zatenaa Lane")),
			row([]string{"Viloford", "Gatara", "", "", "", "", ""}, "1978-04-17", "07760201627", "gatara14@mail.example", parts("TA6 5LF", "Tavik", "2 Fetehill Drive")),
			row([]string{"Smith", "Anna Mary", "", "", "", "", ""}, "03/09/1990", "020 7946 0018", "Anna.Smith@mail.example", parts("SW1A 1AA", "London", "221b Example Street")),
			row([]string{"O'Brien", "Jack", "", "", "", "", ""}, "1961-12-01", "+44 7700 900123", "jack@post.example", parts("M1 1AE", "Manchester", "14 High Rd, Flat 2")),
		},
		"RU": {
			row([]string{"Ковалёв Александр Петрович"}, "12.04.1985", "8 (901) 123-45-67", "kovalev@example.ru", []string{"101000, г Москва, ул Примерная, д 1, кв 2"}),
			row([]string{"ИВАНОВА МАРИЯ СЕРГЕЕВНА"}, "1990-02-01", "+79165556677", "MARIA@EXAMPLE.RU", []string{"г. Казань, пр-т Победы, 48к3, 27"}),
			row([]string{"Смирнова", "Анна", "Игоревна", "", "", "", ""}, "03.09.1990", "84951234567", "", parts("101000", "Москва", "ул. Ленина")),
			row([]string{"Petrov Ivan"}, "01.02.1970", "495 123 45 67; 8 916 111 22 33", "petrov@example.ru", []string{"Самара, Мира 5-12"}),
		},
	}
}

// BenchmarkCountries measures one record of name, birth date, phone, e-mail and address.
func BenchmarkCountries(b *testing.B) {
	p := testPortrait(b)
	for country, rows := range benchRows(p) {
		z := New(p, Settings{Country: country})
		b.Run(country, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				z.Row(&rows[i%len(rows)])
			}
		})
	}
}

// BenchmarkCountriesIn is the same out of a memory that is used again.
func BenchmarkCountriesIn(b *testing.B) {
	p := testPortrait(b)
	for country, rows := range benchRows(p) {
		z := New(p, Settings{Country: country})
		b.Run(country, func(b *testing.B) {
			b.ReportAllocs()
			var memory Memory
			for i := 0; b.Loop(); i++ {
				if i%256 == 0 {
					memory.Reset()
				}
				z.RowIn(&rows[i%len(rows)], &memory)
			}
		})
	}
}
