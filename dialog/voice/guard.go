package voice

import (
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/card"
	"parley/media"
)

// Cards keeps card data that a call's customer gives; *card.Vault is one.
type Cards interface {
	Take(id dialog.ConversationID, asked, text string, final bool) (string, []dialog.Sealed)
	Key(id dialog.ConversationID, asked, digits string) dialog.Sealed
}

// Times of the guard, in call time.
const (
	keyWait = media.CallTime(media.SampleRate * 4) // after the last key of card data
	beside  = 400 * time.Millisecond               // silenced around what was said
	maxKeys = 24
)

// guard keeps card data from staying: it stands between the customer's ear and the
// conversation. While such data is asked for, and from the moment that words begin to look
// like a card's number, nobody hears the customer but the recogniser, and the recording
// keeps silence; what had been kept before is silenced. Its methods are called by the
// tick, too: they wait for nobody.
type guard struct {
	conversation dialog.ConversationID
	call         dialog.CallID
	cards        Cards
	push         func(dialog.Event)
	veil         func(on bool)                // the customer's voice
	wipe         func(from, to time.Duration) // of the recording

	mu      sync.Mutex
	asked   string // the kind of card data that is asked for
	doubted bool   // what is being said may be a card's number
	veiled  bool
	keys    []byte
	keyed   media.CallTime // when the last of keys was pressed
}

// event passes on what the ear tells, without card data.
func (g *guard) event(e dialog.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch e := e.(type) {
	case dialog.Partial:
		g.partial(e)
	case dialog.Tentative:
		if text, _ := g.cards.Take(g.conversation, g.asked, e.Turn.Text, false); text != e.Turn.Text || g.doubtful(e.Turn.Text) {
			return // no draft is made of what may not be kept
		}
		g.push(e)
	case dialog.Said:
		g.said(e)
	case dialog.Key:
		if !g.key(e) {
			g.push(e)
		}
	default:
		g.push(e)
	}
}

// partial shows no more of a number than its first digits.
func (g *guard) partial(e dialog.Partial) {
	text, _ := g.cards.Take(g.conversation, g.asked, e.Text, false)
	if text == e.Text && g.doubtful(e.Text) {
		from, _ := card.Brewing(e.Text)
		text = e.Text[:from] + card.Mark
	}
	if text != e.Text {
		g.doubted = true
		g.settle()
	}
	e.Text = text
	g.push(e)
}

// doubtful reports whether words may be, or go on to be, a card's number.
func (g *guard) doubtful(text string) bool {
	_, ok := card.Brewing(text)
	return ok
}

// said takes what was said in the end.
func (g *guard) said(e dialog.Said) {
	text, sealed := g.cards.Take(g.conversation, g.asked, e.Turn.Text, true)
	if text == e.Turn.Text && g.doubted {
		text, _ = card.MaskHeard(text)
	}
	if text != e.Turn.Text {
		g.wipe(max(e.Turn.Start-beside, 0), e.Turn.End+beside)
		e.Turn.Text, e.Turn.Sealed = text, sealed
	}
	g.doubted = false
	g.settle()
	g.push(e)
}

// key takes a key that is card data.
func (g *guard) key(e dialog.Key) bool {
	if g.asked == "" {
		return false
	}
	g.push(dialog.Key{At: e.At}) // whoever speaks gives way
	switch {
	case e.Digit == '#':
		g.enter()
	case e.Digit >= '0' && e.Digit <= '9' && len(g.keys) < maxKeys:
		g.keys, g.keyed = append(g.keys, e.Digit), media.At(e.At)
		if card.Complete(g.asked, string(g.keys)) {
			g.enter()
		}
	case e.Digit == '*':
		g.keys = g.keys[:0] // once more from the beginning
	}
	return true
}

// enter hands on what was keyed.
func (g *guard) enter() {
	if len(g.keys) == 0 {
		return
	}
	s := g.cards.Key(g.conversation, g.asked, string(g.keys))
	clear(g.keys)
	g.keys = g.keys[:0]
	g.push(dialog.Said{Turn: dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: card.Mark, Call: g.call, Confidence: 1, Sealed: []dialog.Sealed{s}}})
}

// tick tells the guard what time it is.
func (g *guard) tick(now media.CallTime) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.keys) > 0 && now-g.keyed > keyWait {
		g.enter()
	}
}

// expect says what kind of answer the bot asks for.
func (g *guard) expect(x dialog.Expect) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if kind := x.Card(); kind != g.asked {
		clear(g.keys)
		g.asked, g.keys = kind, g.keys[:0]
		g.settle()
	}
}

// asks is expect at the moment at which the bot begins to ask.
func (g *guard) asks(x dialog.Expect) {
	if x.Card() != "" {
		g.expect(x)
	}
}

func (g *guard) settle() {
	if on := g.asked != "" || g.doubted; on != g.veiled {
		g.veiled = on
		g.veil(on)
	}
}
