package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"kartoteka/config"
	"kartoteka/failpoint"
)

// about is the first line of the help.
const about = "One customer, one card, one personal code: reads customers from many systems, finds out who is who, and streams golden records."

// root is the command line: the flags of every verb, then the verbs.
type root struct {
	globals

	Init       initCommand       `cmd:"" help:"Write a configuration to start from."`
	Config     configCommand     `cmd:"" help:"Check, print or describe the configuration."`
	Load       loadCommand       `cmd:"" help:"Load files: find out what they are, who is who, and report."`
	Run        runCommand        `cmd:"" help:"Load configured sources."`
	Serve      serveCommand      `cmd:"" help:"Answer over HTTP, publish changes, load sources when they are due."`
	Schedules  schedulesCommand  `cmd:"" help:"Show what serve does by itself, when, and what came of it."`
	Feed       feedCommand       `cmd:"" help:"Look at the change log and how far it is published."`
	Show       showCommand       `cmd:"" help:"Show a customer: golden record, where it comes from, what happened."`
	History    historyCommand    `cmd:"" help:"Tell what happened to a code: when, who, why, which values."`
	Why        whyCommand        `cmd:"" help:"Explain why two customers or records are one, or are not."`
	How        howCommand        `cmd:"" help:"Tell how a customer came about: what joined, why, and the weakest link."`
	Whatif     whatifCommand     `cmd:"" help:"Tell what would turn the verdict on two customers or records."`
	Find       findCommand       `cmd:"" help:"Look for a customer by anything known: name, phone, number, key."`
	Export     exportCommand     `cmd:"" help:"Export golden records, the crosswalk, or rejects."`
	Decide     decideCommand     `cmd:"" help:"Decide that records are one customer, or that they are not."`
	Merge      mergeCommand      `cmd:"" help:"Make customers one."`
	Split      splitCommand      `cmd:"" help:"Take records out of a customer."`
	Unmerge    unmergeCommand    `cmd:"" help:"Undo a merge, a person's or the machine's."`
	Move       moveCommand       `cmd:"" help:"Move a source record to another customer."`
	Confirm    confirmCommand    `cmd:"" help:"Say that a person checked a customer."`
	Keep       keepCommand       `cmd:"" help:"Choose a code to survive joins."`
	Pin        pinCommand        `cmd:"" help:"Fix a value of a golden record."`
	Unpin      unpinCommand      `cmd:"" help:"Take a pinned value back."`
	Grant      grantCommand      `cmd:"" help:"Keep a consent that a customer gave."`
	Revoke     revokeCommand     `cmd:"" help:"Take back what an operation decided."`
	Tasks      tasksCommand      `cmd:"" help:"Answer the questions that only a person should settle."`
	Stats      statsCommand      `cmd:"" help:"Count customers, duplicates, sources and questions."`
	Maintain   maintainCommand   `cmd:"" help:"Count closed keys and shared values again."`
	Erase      eraseCommand      `cmd:"" help:"Forget a customer, with a receipt."`
	Backup     backupCommand     `cmd:"" help:"Write the whole hub into a directory, and see that it can be restored."`
	Restore    restoreCommand    `cmd:"" help:"Fill the hub with a backup."`
	Users      usersCommand      `cmd:"" help:"Keep the accounts of people who work with the hub."`
	Tokens     tokensCommand     `cmd:"" help:"Keep the tokens by which programs ask the hub."`
	Audit      auditCommand      `cmd:"" help:"Tell who did what and why, and prove that nobody changed the record of it."`
	Verify     verifyCommand     `cmd:"" help:"Check the hub's promises and name what breaks them."`
	Plan       planCommand       `cmd:"" help:"Compute what another ruleset would change, and change nothing."`
	Apply      applyCommand      `cmd:"" help:"Carry out a plan."`
	Demo       demoCommand       `cmd:"" help:"See it all on an invented company: files in, golden records and a feed out."`
	Match      matchCommand      `cmd:"" help:"Measure and explain matching."`
	Connectors connectorsCommand `cmd:"" help:"List the kinds of sources and their settings."`
	Completion completionCommand `cmd:"" help:"Print what a shell needs to complete the command line."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

// globals are the flags that every verb has.
type globals struct {
	State   string `placeholder:"DIR" env:"KARTOTEKA_STATE" help:"Directory of the hub's own data; the default follows XDG, for root it is /var/lib/kartoteka."`
	Config  string `name:"config" placeholder:"FILE" env:"KARTOTEKA_CONFIG" help:"Configuration; else ./kartoteka.yaml, else STATE/kartoteka.yaml, else the built-in one."`
	Output  string `enum:"human,json" default:"human" env:"KARTOTEKA_OUTPUT" help:"Form of the result on stdout: human or json."`
	Quiet   bool   `short:"q" help:"Print results and errors only."`
	NoColor bool   `env:"NO_COLOR" help:"Print without colors."`
}

// verb is a command that can be run.
type verb interface {
	// run does the work. Progress and remarks go to [app.remark], the result comes back.
	// Output that arrived with an error is shown as well.
	run(ctx context.Context, a *app) (output, error)
	// Help is the text below the flags; it holds an example.
	Help() string
}

// output is what a verb has to say.
type output struct {
	summary any                   // counts; one flat struct
	result  any                   // all the rest, as JSON shows it
	human   func(io.Writer) error // the same for people; nil prints nothing
	// streamed says that all was printed while the verb ran; only an error is still to be told.
	streamed bool
}

// app is what a verb needs of its process.
type app struct {
	globals
	command  string
	out, err io.Writer
	lookup   func(string) (string, bool)
}

// remark tells a person something that is no result; --quiet silences it.
func (a *app) remark(format string, args ...any) {
	if !a.Quiet {
		_, _ = fmt.Fprintf(a.err, format+"\n", args...)
	}
}

// run reads the arguments, runs the verb and gives the exit code.
func run(ctx context.Context, args []string, a *app) int {
	var r root
	helped := false
	parser, err := newParser(&r, a, func(int) { helped = true })
	if err != nil {
		return a.fail(output{}, err)
	}
	if a.complete(parser) {
		return exitOK
	}
	parsed, err := parser.Parse(args)
	if err == nil {
		err = failpoint.Check()
	}
	a.globals = r.globals
	if helped {
		return exitOK
	}
	if err != nil {
		a.globals.Output = wantedOutput(args, r.Output)
		return a.fail(output{}, fmt.Errorf("%w: %w; see kartoteka --help", errUsage, err))
	}
	a.command = parsed.Command()
	v, ok := parsed.Selected().Target.Addr().Interface().(verb)
	if !ok {
		return a.fail(output{}, fmt.Errorf("%w: %s needs a verb; see kartoteka %s --help", errUsage, a.command, a.command))
	}
	out, err := v.run(local(ctx), a)
	if err != nil {
		return a.fail(out, err)
	}
	return a.show(out)
}

func newParser(r *root, a *app, exit func(int)) (*kong.Kong, error) {
	return kong.New(r, kong.Name("kartoteka"), kong.Description(about), kong.Writers(a.out, a.err), kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"presets": strings.Join(config.Presets(), ", ")})
}

// wantedOutput finds out how to print when the arguments themselves are wrong.
func wantedOutput(args []string, parsed string) string {
	for i, s := range args {
		if s == "--output=json" || s == "--output" && i+1 < len(args) && args[i+1] == "json" {
			return "json"
		}
	}
	return parsed
}

// show prints the result of a verb that did its work.
func (a *app) show(o output) int {
	if err := a.write(o, nil); err != nil {
		return a.fail(output{}, errors.Join(errSurroundings, err))
	}
	return exitOK
}

// fail prints what there is and the error, and gives its exit code.
func (a *app) fail(o output, err error) int {
	if a.globals.Output != "json" {
		_, _ = fmt.Fprintf(a.err, "kartoteka: %v\n", err)
	}
	if failed := a.write(o, err); failed != nil {
		_, _ = fmt.Fprintf(a.err, "kartoteka: %v\n", failed)
	}
	return exitCode(err)
}
