package voice

import (
	"context"
	"strings"
	"unicode"

	"parley/asr"
	"parley/dialog"
	"parley/media"
)

// utterance is one stretch of speech at the recogniser. Guarded by the ear's mutex.
type utterance struct {
	from   media.CallTime
	ring   *media.Ring
	cancel context.CancelFunc
	closed bool // no more audio goes in
	final  bool // no more text comes out
	text   string
	lang   string
	conf   float64
}

// finish says that the utterance is over.
func (u *utterance) finish() {
	if !u.closed {
		u.closed = true
		u.ring.Close(nil)
	}
}

// recognise runs the recogniser over an utterance in a goroutine of the ear's lifetime.
func (e *ear) recognise(u *utterance, o asr.Options) {
	ctx, cancel := context.WithCancel(e.life.ctx)
	u.cancel = cancel
	t := e.turn
	e.life.wg.Go(func() {
		defer cancel()
		defer u.ring.Close(context.Canceled)
		var failed error
		for r, err := range e.rec.Recognize(ctx, &contextSource{ctx, u.ring}, o) {
			if err != nil {
				failed = err
				break
			}
			e.result(t, u, r)
		}
		e.finished(t, u, failed)
		if failed != nil && ctx.Err() == nil {
			e.emit(dialog.Failed{Part: "asr", Err: failed})
		}
	})
}

// result takes what the recogniser believes now.
func (e *ear) result(t *turn, u *utterance, r asr.Result) {
	e.mu.Lock()
	now := e.now
	e.mu.Unlock()
	said := e.saying(now)
	e.mu.Lock()
	defer e.mu.Unlock()
	if u.final || e.turn != t {
		return
	}
	changed := r.Text != u.text
	u.text, u.final = strings.TrimSpace(r.Text), r.Final
	if r.Language != "" {
		u.lang = r.Language
	}
	if r.Confidence > 0 {
		u.conf = r.Confidence
	}
	if r.Final {
		u.closed = true
	}
	text := t.text()
	e.end.Text(text, t.final())
	if changed && text != "" {
		p := dialog.Partial{At: e.now.Duration(), Text: text, Language: t.language(e.lang)}
		if said != "" && e.echo.Repeats(text, said, e.lang) {
			p.Echo, t.echoes = true, said
		}
		e.emit(p)
	}
	if last := t.utts[len(t.utts)-1]; last.closed && !e.talking && t.decided == 0 {
		e.tentative()
	}
	e.settle()
}

// finished notes that no more comes from the recogniser.
func (e *ear) finished(t *turn, u *utterance, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	u.closed = true
	if !u.final {
		u.final = true
		if err != nil && e.turn == t {
			t.voiced += clearSpeech // the customer was not heard, and should know
		}
	}
	if e.turn == t {
		e.settle()
	}
}

// text of all utterances of the turn, joined as the script wants it.
func (t *turn) text() string {
	var b strings.Builder
	for _, u := range t.utts {
		if u.text == "" {
			continue
		}
		if b.Len() > 0 && !(endsHan(b.String()) && startsHan(u.text)) {
			b.WriteByte(' ')
		}
		b.WriteString(u.text)
	}
	return b.String()
}

func (t *turn) final() bool {
	for _, u := range t.utts {
		if !u.final {
			return false
		}
	}
	return true
}

// language is the last one that an engine detected.
func (t *turn) language(other string) string {
	for i := len(t.utts) - 1; i >= 0; i-- {
		if t.utts[i].lang != "" {
			return t.utts[i].lang
		}
	}
	return other
}

// confidence is the lowest of the utterances that have one.
func (t *turn) confidence() float64 {
	c := 0.0
	for _, u := range t.utts {
		if u.conf > 0 && (c == 0 || u.conf < c) {
			c = u.conf
		}
	}
	return c
}

func endsHan(s string) bool {
	r := []rune(s)
	return len(r) > 0 && unicode.Is(unicode.Han, r[len(r)-1])
}

func startsHan(s string) bool {
	for _, r := range s {
		return unicode.Is(unicode.Han, r)
	}
	return false
}

// contextSource is a ring that also ends with a context.
type contextSource struct {
	ctx context.Context
	*media.Ring
}

func (s *contextSource) ReadFrame(f *media.Frame) error { return s.ReadContext(s.ctx, f) }

// history keeps the last stretch of a leg's audio.
type history struct {
	buf []int16
	end media.CallTime // after the last sample kept
	n   int            // samples kept
}

func newHistory(length media.CallTime) history { return history{buf: make([]int16, length)} }

func (h *history) add(at media.CallTime, pcm []int16) {
	for i, s := range pcm {
		h.buf[(int(at)+i)%len(h.buf)] = s
	}
	h.end = at + media.CallTime(len(pcm))
	h.n = min(h.n+len(pcm), len(h.buf))
}

// since hands on what is kept from call time from on.
func (h *history) since(from media.CallTime, write func(media.CallTime, []int16)) {
	from = max(from, h.end-media.CallTime(h.n), 0)
	for from < h.end {
		i := int(from) % len(h.buf)
		n := min(len(h.buf)-i, int(h.end-from))
		write(from, h.buf[i:i+n])
		from += media.CallTime(n)
	}
}
