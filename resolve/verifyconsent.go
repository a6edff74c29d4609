package resolve

import (
	"encoding/json"
	"fmt"
	"slices"

	"kartoteka/customer"
	"kartoteka/golden"
)

// ConsentFaults tells of consents that a code's golden record assumes though one of its records
// refuses them (I14). It does not recompute the golden record: it holds what is published against
// what each person said.
func ConsentFaults(s *customer.GoldenSet, found func(customer.Violation)) error {
	if s.State != customer.CodeActive {
		return nil
	}
	var d customer.Document
	if err := json.Unmarshal(s.Document, &d); err != nil {
		return fmt.Errorf("document of code %s: %w", s.Code, err)
	}
	for _, granted := range d.Consents {
		if !granted.Given {
			continue
		}
		for i := range s.Members {
			rec := &s.Members[i]
			if golden.Refuses(rec.Standard.Consents, granted) && !grantedSince(s.Grants, rec.ID, granted) {
				found(customer.Violation{Codes: []customer.Code{s.Code}, Records: []customer.RecordID{rec.ID},
					What: "the golden record assumes a consent that the record refuses",
					Cure: cureRepair, Mend: customer.MendCode})
			}
		}
	}
	return nil
}

// grantedSince reports whether the customer granted the scope when the record already was theirs.
func grantedSince(grants []customer.Grant, id customer.RecordID, scope customer.Consent) bool {
	return slices.ContainsFunc(grants, func(g customer.Grant) bool {
		return g.Given && g.Purpose == scope.Purpose && g.Channel == scope.Channel && g.Address == scope.Address && slices.Contains(g.Records, id)
	})
}
