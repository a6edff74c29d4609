package browser

import (
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// layouts say what the keys of the letters give, from KeyA to KeyZ.
var layouts = map[string]string{
	"en": "abcdefghijklmnopqrstuvwxyz",
	"ru": "фисвуапршолдьтщзйкыегмцчня",
	"uk": "фисвуапршолдьтщзйкіегмцчня",
}

// named are the keys that are not letters: what they give in a Latin layout, and their number.
var named = map[string]struct {
	key, ru, uk string
	number      int64
	text        string
}{
	"Enter": {"Enter", "", "", 13, "\r"}, "Tab": {"Tab", "", "", 9, ""}, "Escape": {"Escape", "", "", 27, ""}, "Space": {" ", "", "", 32, " "},
	"ArrowRight": {"ArrowRight", "", "", 39, ""}, "ArrowLeft": {"ArrowLeft", "", "", 37, ""}, "ArrowDown": {"ArrowDown", "", "", 40, ""},
	"BracketLeft": {"[", "х", "х", 219, "["}, "BracketRight": {"]", "ъ", "ї", 221, "]"}, "Slash": {"/", ".", ".", 191, "/"}, "Shift+Slash": {"?", ",", ",", 191, "?"},
}

// keystroke is what the browser hears when a chord like Ctrl+KeyK is pressed in a layout.
func keystroke(layout, chord string) input.DispatchKeyEventParams {
	var p input.DispatchKeyEventParams
	code := chord
	for _, m := range []struct {
		name string
		bit  int64
	}{{"Ctrl+", 2}, {"Shift+", 8}} {
		if rest, has := strings.CutPrefix(code, m.name); has {
			code, p.Modifiers = rest, p.Modifiers|m.bit
		}
	}
	p.Code = code
	name := code
	if p.Modifiers&8 != 0 {
		name = "Shift+" + code
	}
	if n, special := named[name]; special {
		p.Key, p.WindowsVirtualKeyCode, p.Text = n.key, n.number, n.text
		if other := map[string]string{"ru": n.ru, "uk": n.uk}[layout]; other != "" {
			p.Key, p.Text = other, other
		}
		return p
	}
	if digit, is := strings.CutPrefix(code, "Digit"); is {
		p.Key, p.Text, p.WindowsVirtualKeyCode = digit, digit, int64(digit[0])
		return p
	}
	letter := strings.TrimPrefix(code, "Key")
	p.Key = string([]rune(layouts[layout])[letter[0]-'A'])
	p.WindowsVirtualKeyCode = int64(letter[0])
	if p.Modifiers&2 == 0 {
		p.Text = p.Key
	}
	return p
}

// press presses chords one after the other in a Latin layout.
func (p *tab) press(chords ...string) {
	p.Helper()
	p.pressIn("en", chords...)
}

func (p *tab) pressIn(layout string, chords ...string) {
	p.Helper()
	for _, chord := range chords {
		k := keystroke(layout, chord)
		k.Type = input.DispatchKeyEventTypeRawKeyDown
		if k.Text != "" {
			k.Type = input.DispatchKeyEventTypeKeyDown
		}
		if _, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, k); err != nil {
			p.Fatal(err)
		}
		k.Type, k.Text = input.DispatchKeyEventTypeKeyUp, ""
		if _, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, k); err != nil {
			p.Fatal(err)
		}
		p.arrives()
	}
}
