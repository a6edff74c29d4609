package failpoint

// Point is a place in the program where a crash must lose nothing.
type Point struct {
	Name  string `json:"name"`  // area.what
	Where string `json:"where"` // what has happened there, and what has not
}

// Points lists all of them, area by area.
var Points = []Point{
	{"migrate.locked", "the schema may be changed, nothing is changed yet"},
	{"migrate.applied", "a migration was carried out and not committed"},
	{"migrate.committed", "a migration was committed, more may follow"},
	{"migrate.hub", "the schema is there, the hub's own row may not be"},

	{"load.begun", "a run was begun, nothing was read"},
	{"load.read", "a chunk of rows was read, none of it landed"},
	{"load.landed", "a chunk landed, the position in the source did not move; not committed"},
	{"load.committed", "a chunk landed with its position and is not resolved"},
	{"load.ended", "a run was ended, its last chunk is not resolved"},

	{"bulk.begun", "the first load holds the lane, nothing was read"},
	{"bulk.batch", "the first load read a batch of rows"},
	{"bulk.read", "all rows of the first load were copied, none is resolved"},
	{"bulk.resolved", "codes and golden records of the first load were copied"},
	{"bulk.indexed", "the first load is complete and not committed"},
	{"bulk.committed", "the first load is committed, nobody was told"},

	{"lane.wanted", "a transaction is about to ask for the lane"},
	{"lane.taken", "a transaction holds the lane and did nothing"},
	{"lane.written", "a transaction did its work in the lane and is not committed"},
	{"lane.left", "a transaction of the lane is committed, nobody was told"},

	{"turn.taken", "a turn knows what it will resolve"},
	{"turn.written", "a turn wrote codes, golden records, changes and audit; not committed"},
	{"turn.committed", "a turn is committed, more may wait"},

	{"decide.written", "a decision and what follows from it were written, not committed"},
	{"decide.committed", "a decision is committed, nobody was told"},
	{"maintain.written", "closed keys and shared values were counted again, not committed"},
	{"maintain.committed", "a maintenance is committed, nobody was told"},
	{"erase.journaled", "an erasure stands in the journal, nothing was erased"},
	{"erase.written", "a customer was erased, not committed"},

	{"backup.written", "a backup was written and checked, and does not have its name"},
	{"restore.begun", "a restored hub has its new epoch, nothing was sent again"},
	{"restore.turn", "some codes of a restored hub are sent again, more may follow"},

	{"apply.begun", "a plan closed the lane to all others, none of it was written"},
	{"apply.turn", "a turn of a plan is committed, more may follow"},

	{"checkpoint.checked", "the audit chain holds up to its end, which is not signed yet"},
	{"checkpoint.written", "a checkpoint of the audit was signed, nobody was told"},
	{"repair.written", "a turn of a repair was written, not committed"},
	{"repair.turn", "a turn of a repair is committed, more may follow"},

	{"job.taken", "a process took the lease of a job and did nothing"},
	{"job.done", "a job was done, its lease does not know"},

	{"feed.acquired", "a dispatcher took the lease over"},
	{"feed.prepared", "a dispatcher found its topics, nothing was sent"},
	{"feed.read", "a window of changes was read, nothing of it was sent"},
	{"feed.golden", "the golden records of a window were sent, nothing else of it"},
	{"feed.crosswalk", "golden records and crosswalk of a window were sent, its events were not"},
	{"feed.events", "a window was sent, nothing is marked"},
	{"feed.settle", "doubtful messages are due, and were not sent again"},
	{"feed.advance", "everything is settled, the position did not move"},
	{"feed.advanced", "the position moved"},
	{"feed.resent", "a piece of what was asked for was sent again, nobody was told"},
	{"back.delivered", "codes were delivered to a source, the position does not know"},
	{"feed.resigned", "a dispatcher gave its lease back"},

	{"file.written", "a file was written under another name"},
	{"file.renamed", "a file has its name, nobody was told"},
	{"verify.begun", "a check has its snapshot"},
}
