package access

// Everything stands for every attribute in the lists of [Rights].
const Everything = "*"

// Rights is what a role may and what it sees.
type Rights struct {
	May []Act
	// Mask lists attributes that are seen by a hint only; nil: the secret ones of the portrait;
	// [Everything]: all.
	Mask []string
	// Hide lists attributes that are not seen at all; [Everything]: all.
	Hide []string
	// Write lists the attributes whose values may be pinned; nil: all that are seen.
	Write []string
}

// reading is what everybody may who works with customers.
var reading = []Act{ReadCustomer, Search}

// deciding is what a steward may.
var deciding = append([]Act{Reveal, ReadHistory, Merge, Split, Unmerge, Pin, Judge, ReadTasks, AnswerTask,
	ReadSources, ReadRejects, ReplayRejects, ReadStats}, reading...)

// builtIn are the rights of roles of which the configuration says nothing.
var builtIn = map[Role]Rights{
	Viewer:   {May: reading},
	Steward:  {May: deciding},
	Approver: {May: append([]Act{Approve, Bulk}, deciding...)},
	// An admin runs the hub and reads no customers; who does both has both roles.
	Admin: {May: []Act{ReadSources, RunSource, ReadRejects, ReplayRejects, ReadChanges, ReadMetrics, ReadStats,
		ReadSettings, Plan, Apply, ManageUsers, ManageTokens, ReadAudit}, Mask: []string{Everything}},
	// An auditor sees what was done to whom, by hints.
	Auditor:        {May: []Act{ReadCustomer, ReadHistory, ReadTasks, ReadSources, ReadStats, ReadSettings, ReadAudit}, Mask: []string{Everything}, Write: []string{}},
	PrivacyOfficer: {May: append([]Act{Reveal, ReadHistory, Export, Erase, ReadSources, ReadRejects, ReadAudit}, reading...)},
	// A service is a program; the scopes of its token say what of this it may.
	Service: {May: []Act{ReadCustomer, Search, Reveal, ReadHistory, Export, Merge, Split, Unmerge, Pin, Judge, ReadTasks, AnswerTask,
		ReadSources, RunSource, WriteRecords, ReadRejects, ReplayRejects, ReadChanges, ReadMetrics, ReadStats, ReadSettings, Plan, ReadAudit}},
}

// BuiltIn gives the rights of a role of which the configuration says nothing.
func BuiltIn(r Role) Rights { return builtIn[r] }
