package access

// Act is what somebody asks the hub for. Acts are the vocabulary of the policy: roles are lists
// of them, and so are the scopes of a token.
type Act string

// The acts.
const (
	ReadCustomer  Act = "customer.read"    // golden record, source records, provenance; masked by the view
	Search        Act = "customer.search"  // find by anything known, and search before create
	Reveal        Act = "customer.reveal"  // a masked value whole, with a reason, within a budget
	ReadHistory   Act = "customer.history" // what happened to a code, as-of, why, how, what-if
	Export        Act = "customer.export"  // many customers at once, as a file
	Merge         Act = "customer.merge"
	Split         Act = "customer.split" // also move: records leave one customer
	Unmerge       Act = "customer.unmerge"
	Pin           Act = "customer.pin"   // and unpin
	Judge         Act = "customer.judge" // decide, confirm, keep, grant, revoke
	Erase         Act = "customer.erase"
	ReadTasks     Act = "task.read"
	AnswerTask    Act = "task.answer" // claim, answer, skip, comment
	Approve       Act = "task.approve"
	Bulk          Act = "task.bulk" // answer many tasks at once, and revert that
	ReadSources   Act = "source.read"
	RunSource     Act = "source.run"
	WriteRecords  Act = "source.write" // send records of a source
	ReadRejects   Act = "reject.read"
	ReplayRejects Act = "reject.replay"
	ReadChanges   Act = "feed.read" // change log and snapshot
	ReadMetrics   Act = "metrics.read"
	ReadStats     Act = "stats.read"
	ReadSettings  Act = "settings.read"
	Plan          Act = "settings.plan"
	Apply         Act = "settings.apply"
	ManageUsers   Act = "users.manage"
	ManageTokens  Act = "tokens.manage" // of others; one's own needs nothing
	ReadAudit     Act = "audit.read"
)

// Acts lists every act, in the order of the reference page.
func Acts() []Act {
	return []Act{ReadCustomer, Search, Reveal, ReadHistory, Export, Merge, Split, Unmerge, Pin, Judge, Erase,
		ReadTasks, AnswerTask, Approve, Bulk, ReadSources, RunSource, WriteRecords, ReadRejects, ReplayRejects,
		ReadChanges, ReadMetrics, ReadStats, ReadSettings, Plan, Apply, ManageUsers, ManageTokens, ReadAudit}
}

// Role is a named list of acts with a way to see values. A subject may have several.
type Role string

// The roles.
const (
	Viewer         Role = "viewer"
	Steward        Role = "steward"
	Approver       Role = "approver"
	Admin          Role = "admin"
	Auditor        Role = "auditor"
	PrivacyOfficer Role = "privacy_officer"
	Service        Role = "service"
)

// Roles lists every role, in the order of the reference page.
func Roles() []Role {
	return []Role{Viewer, Steward, Approver, Admin, Auditor, PrivacyOfficer, Service}
}
