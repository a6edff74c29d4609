package steward

import (
	"regexp"
	"strings"
)

// Command is something that a key does. A key is taken by its place on the keyboard
// (KeyboardEvent.code), so that it is the same in every layout.
type Command struct {
	ID    string // task.same
	Scope string // any, task, list, cluster
	Keys  string // chords one after the other: "KeyG KeyQ", "Shift+Slash"
	Label string // key of a phrase
	Goes  string // where it leads, "" if the script does it
}

// The scopes: a command of any is heard everywhere, the others on their pages.
const (
	scopeAny     = "any"
	scopeTask    = "task"
	scopeList    = "list"
	scopeCluster = "cluster"
)

// commands is the one registry of keys.
var commands = []Command{
	{"help", scopeAny, "Shift+Slash", "steward.key.help", ""},
	{"palette", scopeAny, "Ctrl+KeyK", "steward.key.palette", ""},
	{"search", scopeAny, "Slash", "steward.key.search", ""},
	{"undo", scopeAny, "KeyZ", "steward.key.undo", ""},
	{"go.queue", scopeAny, "KeyG KeyQ", "steward.key.go.queue", "/tasks"},
	{"go.customers", scopeAny, "KeyG KeyP", "steward.key.go.customers", "/customers"},
	{"go.quality", scopeAny, "KeyG KeyC", "steward.key.go.quality", "/quality"},
	{"go.settings", scopeAny, "KeyG KeyA", "steward.key.go.settings", "/settings"},
	{"go.sources", scopeAny, "KeyG KeyS", "steward.key.go.sources", "/sources"},
	{"task.same", scopeTask, "Digit1", "steward.key.same", ""},
	{"task.different", scopeTask, "Digit2", "steward.key.different", ""},
	{"task.unsure", scopeTask, "Digit3", "steward.key.unsure", ""},
	{"task.snooze", scopeTask, "Digit4", "steward.key.snooze", ""},
	{"task.snooze.h", scopeTask, "KeyH", "steward.key.snooze", ""},
	{"task.comment", scopeTask, "KeyC", "steward.key.comment", ""},
	{"task.assign", scopeTask, "KeyA", "steward.key.assign", ""},
	{"row.next", scopeTask, "KeyJ", "steward.key.row.next", ""},
	{"row.previous", scopeTask, "KeyK", "steward.key.row.previous", ""},
	{"column.next", scopeTask, "ArrowRight", "steward.key.column.next", ""},
	{"column.previous", scopeTask, "ArrowLeft", "steward.key.column.previous", ""},
	{"row.pick", scopeTask, "Enter", "steward.key.pick", ""},
	{"row.edit", scopeTask, "KeyE", "steward.key.edit", ""},
	{"task.next", scopeTask, "BracketRight", "steward.key.next", ""},
	{"task.previous", scopeTask, "BracketLeft", "steward.key.previous", ""},
	{"show.only", scopeTask, "KeyD", "steward.key.only", ""},
	{"show.raw", scopeTask, "KeyR", "steward.key.raw", ""},
	{"show.latin", scopeTask, "KeyL", "steward.key.latin", ""},
	{"show.score", scopeTask, "KeyS", "steward.key.score", ""},
	{"show.all", scopeTask, "KeyO", "steward.key.all", ""},
	{"list.next", scopeList, "KeyJ", "steward.key.list.next", ""},
	{"list.previous", scopeList, "KeyK", "steward.key.list.previous", ""},
	{"list.start", scopeList, "KeyN", "steward.key.start", ""},
	{"cluster.select", scopeCluster, "KeyX", "steward.key.select", ""},
	{"cluster.move", scopeCluster, "KeyM", "steward.key.move", ""},
}

// Commands lists the registry.
func Commands() []Command { return append([]Command(nil), commands...) }

func commandByID(id string) *Command {
	for i := range commands {
		if commands[i].ID == id {
			return &commands[i]
		}
	}
	return nil
}

var chordForm = regexp.MustCompile(`^((Ctrl\+)?(Shift\+)?[A-Z][A-Za-z]*[0-9]?)(~((Ctrl\+)?(Shift\+)?[A-Z][A-Za-z]*[0-9]?))?$`)

// validChord reports whether a text is one or two chords, "~" between them.
func validChord(text string) bool { return len(text) < 60 && chordForm.MatchString(text) }

// collision is two commands of one scope that one key would do. A sequence collides with a key
// that is its beginning.
type collision struct{ Keys, A, B string }

// collisions finds what would make a key ambiguous.
func collisions(keysOf func(*Command) string) (out []collision) {
	for i := range commands {
		for j := range commands[:i] {
			a, b := &commands[i], &commands[j]
			x, y := keysOf(a), keysOf(b)
			if x == "" || y == "" || a.Scope != b.Scope && a.Scope != scopeAny && b.Scope != scopeAny {
				continue
			}
			if x == y || strings.HasPrefix(x, y+" ") || strings.HasPrefix(y, x+" ") {
				out = append(out, collision{x, b.ID, a.ID})
			}
		}
	}
	return out
}

var keyNames = map[string]string{"BracketLeft": "[", "BracketRight": "]", "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓",
	"Slash": "/", "Shift+Slash": "?", "Space": "␣", "Comma": ",", "Period": ".", "Semicolon": ";", "Quote": "'", "Minus": "-", "Equal": "=", "Backquote": "`", "Backslash": "\\"}

// KeyNames gives chords as they stand on the keys of a Latin keyboard.
func KeyNames(chords string) []string {
	var out []string
	for chord := range strings.FieldsSeq(chords) {
		if name, special := keyNames[chord]; special {
			out = append(out, name)
			continue
		}
		parts := strings.Split(chord, "+")
		last := parts[len(parts)-1]
		if name, special := keyNames[last]; special {
			last = name
		}
		parts[len(parts)-1] = strings.TrimPrefix(strings.TrimPrefix(last, "Key"), "Digit")
		out = append(out, strings.Join(parts, "+"))
	}
	return out
}

// keysFor are a person's keys.
func (p prefs) keysFor(c *Command) string {
	if own := p.Keys[c.ID]; own != "" {
		return own
	}
	return c.Keys
}

// commandGroup is the commands of a scope with a person's keys.
type commandGroup struct {
	Scope    string
	Commands []meKey
}

func commandsByScope(p prefs) []commandGroup {
	var out []commandGroup
	for _, scope := range []string{scopeTask, scopeList, scopeCluster, scopeAny} {
		g := commandGroup{Scope: scope}
		for i := range commands {
			if c := &commands[i]; c.Scope == scope {
				g.Commands = append(g.Commands, meKey{*c, p.keysFor(c), p.keysFor(c) != c.Keys})
			}
		}
		out = append(out, g)
	}
	return out
}
