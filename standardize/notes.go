package standardize

// Notes on values: keys of phrases.
const (
	noteAddressGuessed = "address.guessed"      // parts were found by their place alone
	noteAddressShape   = "address.shape"        // no address
	noteCalendar       = "date.calendar"        // no such day
	noteCentury        = "date.century"         // two digits of the year
	noteDayMonth       = "date.day_month"       // day and month may be swapped
	noteMonth          = "date.month_first"     // month before day, against the habit of the country
	notePartial        = "date.partial"         // year, or year and month only
	noteSerial         = "date.serial"          // the serial number of a spreadsheet
	noteLifetime       = "date.lifetime"        // a birth date at which nobody who lives can have been born
	noteDateShape      = "date.shape"           // no date at all
	noteEmailMended    = "email.mended"         // a slip of writing was mended: of the provider's domain, @@, a comma
	noteEmailShape     = "email.shape"          // no address of the shape name@domain
	noteGender         = "gender.unknown"       // a word that names no gender
	noteCheckDigit     = "id.check_digit"       // the check digit is wrong: weak evidence only
	noteLost           = "id.digits_lost"       // a spreadsheet rounded the number
	noteOtherDocument  = "id.other_document"    // a document of another kind, kept as written
	noteOtherKind      = "id.other_kind"        // the number of the other kind of customer
	noteRestored       = "id.restored_zeros"    // leading zeros that a spreadsheet lost were put back
	noteShape          = "id.shape"             // not the length or the signs of such a number
	noteDeclined       = "name.declined"        // written in an oblique case: put into the nominative
	noteOrganization   = "name.organization"    // a legal form stands in a person's name
	noteTwoPersons     = "name.two_persons"     // two persons in one field: the first one counts
	noteOrder          = "name.guessed_order"   // which word is the surname was guessed
	noteKeyboard       = "name.keyboard_layout" // typed with the keyboard switched to English
	noteName           = "name.shape"           // no name, or far too many words
	noteSwapped        = "name.swapped_fields"  // surname and given name stood in each other's column
	noteOrgPerson      = "organization.person"  // a person's name in an organization's field
	noteOrgShape       = "organization.shape"   // no name
	noteArea           = "phone.guessed_area"   // the area code is that of the row's city
	noteLetters        = "phone.letters"        // letters among the digits: read as the digits they stand for, else refused
	noteLength         = "phone.length"         // too few or too many digits
	noteNoArea         = "phone.no_area_code"   // a local number: comparable as written, not E.164
	notePlan           = "phone.numbering_plan" // right length, but such a number is not given out
	noteUnplaced       = "phone.unplaced"       // fits no numbering plan; comparable as written, not E.164
	noteSlips          = "text.look_alikes"     // letters were read as the digits that they look like
	noteMarkup         = "text.markup"          // tags and entities of a web page were taken out
	noteMember         = "set.unknown"          // not in the closed list
)

// Notes lists every note that a value can carry, in order; phrases has a sentence for each.
func Notes() []string {
	return []string{noteAddressGuessed, noteAddressShape, noteCalendar, noteCentury, noteDayMonth, noteMonth, notePartial, noteSerial, noteDateShape, noteEmailMended, noteEmailShape, noteGender, noteCheckDigit, noteLost, noteOtherDocument, noteOtherKind, noteRestored, noteShape, noteDeclined, noteOrganization, noteTwoPersons, noteOrder, noteKeyboard, noteName, noteSwapped, noteOrgPerson, noteOrgShape, noteArea, noteLetters, noteLength, noteNoArea, notePlan, noteUnplaced, noteMember, noteMarkup, noteLifetime, noteSlips}
}
