package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	completion "github.com/jotaen/kong-completion"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" placeholder:"SHELL" help:"bash, zsh or fish."`
}

func (completionCommand) Help() string {
	return `Prints what a shell needs to complete verbs, flags and their values when Tab is pressed. The shell asks
this program, so nothing is to be renewed after an update.

Example:

    $ source <(kartoteka completion bash)              # or in ~/.bashrc
    $ source <(kartoteka completion zsh)               # or in ~/.zshrc
    $ kartoteka completion fish | source               # or in ~/.config/fish/config.fish`
}

// shells are the initialization codes; %s is where this program is. Where it has no answer, the shell
// offers file names.
var shells = map[string]string{
	"bash": "complete -o default -o bashdefault -C %s kartoteka\n",
	"zsh": `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
complete -o default -o bashdefault -C %s kartoteka
`,
	"fish": `function __complete_kartoteka
    set -lx COMP_LINE (commandline -cp)
    test -z (commandline -ct)
    and set COMP_LINE "$COMP_LINE "
    %s
end
complete -c kartoteka -a "(__complete_kartoteka)"
`,
}

func (c completionCommand) run(context.Context, *app) (output, error) {
	program, err := os.Executable()
	if err != nil {
		return output{}, fmt.Errorf("%w: finding this program: %w", errSurroundings, err)
	}
	code := fmt.Sprintf(shells[c.Shell], "'"+strings.ReplaceAll(program, "'", `'\''`)+"'")
	return output{result: map[string]string{"shell": c.Shell, "code": code}, human: func(w io.Writer) error {
		_, err := io.WriteString(w, code)
		return err
	}}, nil
}

// complete answers a shell that asks what could come next, which it does by COMP_LINE; it reports
// whether one asked.
func (a *app) complete(parser *kong.Kong) (asked bool) {
	if _, asked = a.lookup("COMP_LINE"); asked {
		completion.Register(parser, completion.WithExitFunc(func(int) {}))
	}
	return asked
}
