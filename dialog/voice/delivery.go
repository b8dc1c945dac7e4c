package voice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"parley/dialog"
	"parley/media"
	"parley/tts"
	"parley/tts/sentence"
)

// ttsTries is how often the rest of a sentence is tried again when a voice breaks in the middle.
const ttsTries = 3

// delivery is one reply on its way through the voice. Fields below mu are
// guarded by the mouth's.
type delivery struct {
	m     *mouth
	msg   dialog.Message
	voice tts.Voice
	ready *prepared // of the first sentence, until it is spoken; nil is none

	// guarded by m.mu
	timing    dialog.Timing // Retrieved, Sentence, Audio by the makers; Packet by Pull
	buf       *playlist
	marks     marks
	segs      []*segment
	text      strings.Builder // all of the reply that came so far
	cites     []cite
	expect    dialog.Expect
	shown     strings.Builder
	audible   bool
	spoken    int // segments whose beginning was announced
	done      chan struct{}
	finished  bool
	finishAt  media.CallTime // when the last sample is heard; 0: not yet known
	startedAt media.CallTime
	endedAt   media.CallTime
	readErr   error

	captioned int      // bytes of the reply that were shown as spoken
	final     *segment // the sentence that it is to end with; nil: it is said whole
	stop      context.CancelCauseFunc
}

// segment is one synthesised stretch of the reply's text.
type segment struct {
	text       string
	offset     int   // of text in the reply
	start, end int64 // in the playlist; end is -1 while it is being made
	broke      bool  // its voice broke before its end
	speech     tts.Speech
}

// until is the end, in the reply, of what the segment says when it is played whole.
func (s *segment) until() int {
	if s.broke {
		return s.offset + s.speech.Heard(s.end-s.start).End
	}
	return s.offset + len(s.text)
}

// cite is a citation and the place in the reply's text that it stands behind.
type cite struct {
	dialog.Citation
	offset int
}

func newDelivery(m *mouth, msg dialog.Message, v tts.Voice) *delivery {
	// The wait began with what was heard; the makers and Pull add to it.
	t := dialog.Timing{SpeechEnd: msg.Timing.SpeechEnd, Decided: msg.Timing.Decided, Usable: msg.Timing.Usable}
	return &delivery{m: m, msg: msg, voice: v, timing: t, buf: newPlaylist(), done: make(chan struct{}), startedAt: -1}
}

// run makes, speaks and plays the reply. It returns when all of it was heard,
// when ctx ends (with its cause), or when it cannot go on.
func (d *delivery) run(ctx context.Context) error {
	made, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	d.m.mu.Lock()
	d.stop = cancel
	d.m.mu.Unlock()
	sentences := make(chan string, 1) // one sentence ahead
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(sentences)
		d.readErr = d.take(made, sentences)
	}()
	err := d.speak(made, sentences)
	if err != nil {
		cancel(err)
	}
	<-read
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	d.m.mu.Lock()
	d.buf.eof = true
	if d.buf.end == 0 {
		d.finish()
	}
	d.m.mu.Unlock()
	if errors.Is(err, dialog.ErrYield) || errors.Is(d.readErr, dialog.ErrYield) { // the sentence was to be the last
		err, d.readErr = dialog.ErrYield, nil
	}
	select {
	case <-d.done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err == nil && d.rest() {
		return dialog.ErrYield
	}
	return errors.Join(err, d.readErr)
}

// rest reports whether sentences were left unsaid.
func (d *delivery) rest() bool {
	d.m.mu.Lock()
	defer d.m.mu.Unlock()
	return d.final != nil && d.buf.last >= 0 && d.buf.last < d.buf.end
}

// take takes the reply apart into sentences.
func (d *delivery) take(ctx context.Context, out chan<- string) error {
	split := sentence.New(d.msg.Language)
	send := func(ss []string) error {
		for _, s := range ss {
			d.m.mu.Lock()
			d.stamp(&d.timing.Sentence)
			d.m.mu.Unlock()
			select {
			case out <- s:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	}
	for delta, err := range d.msg.Reply(ctx) {
		if err != nil {
			return errors.Join(err, send(split.Flush()))
		}
		d.keep(delta)
		if delta.Text != "" {
			if err := send(split.Push(delta.Text)); err != nil {
				return err
			}
		}
	}
	return send(split.Flush())
}

// stamp sets a time that is not set yet to now. The lock is held.
func (d *delivery) stamp(at *time.Duration) {
	if *at == 0 {
		*at = d.m.now().Duration()
	}
}

// keep keeps what a delta brings beside words to speak.
func (d *delivery) keep(delta dialog.Delta) {
	d.m.mu.Lock()
	defer d.m.mu.Unlock()
	if delta.Retrieved {
		d.stamp(&d.timing.Retrieved)
	}
	if delta.Expect != dialog.ExpectAnything {
		d.expect = delta.Expect
		if d.m.asks != nil {
			d.m.asks(delta.Expect)
		}
	}
	d.text.WriteString(delta.Text)
	d.shown.WriteString(delta.Shown)
	if delta.Citation != nil {
		d.cites = append(d.cites, cite{*delta.Citation, d.text.Len()})
	}
}

// speak synthesises sentence after sentence into the playlist.
func (d *delivery) speak(ctx context.Context, sentences <-chan string) error {
	offset := 0
	for s := range sentences {
		if strings.TrimSpace(s) != "" {
			if err := d.say(ctx, s, offset); err != nil {
				return err
			}
		}
		offset += len(s)
	}
	return nil
}

// say speaks one sentence; when the voice breaks in the middle, its rest again.
func (d *delivery) say(ctx context.Context, text string, offset int) error {
	var last error
	for range ttsTries {
		sp, err := d.synthesise(ctx, text)
		if err != nil {
			return fmt.Errorf("voice: synthesise: %w", err)
		}
		seg := d.add(text, offset, sp)
		last = d.pump(ctx, sp)
		d.m.mu.Lock()
		seg.end = d.buf.end
		if seg == d.final {
			d.buf.last = seg.end
		}
		seg.broke = last != nil
		n := sp.Heard(seg.end - seg.start).End
		d.m.mu.Unlock()
		if last == nil || ctx.Err() != nil {
			return last
		}
		text, offset = text[n:], offset+n
		if strings.TrimSpace(text) == "" {
			return nil
		}
	}
	return fmt.Errorf("voice: speak: %w", last)
}

func (d *delivery) add(text string, offset int, sp tts.Speech) *segment {
	d.m.mu.Lock()
	defer d.m.mu.Unlock()
	seg := &segment{text: text, offset: offset, start: d.buf.end, end: -1, speech: sp}
	d.segs = append(d.segs, seg)
	return seg
}

// pump moves one speech's samples into the playlist as there is room.
func (d *delivery) pump(ctx context.Context, sp tts.Speech) error {
	var f media.Frame
	for {
		if err := sp.ReadFrame(&f); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		for pcm := f.PCM; len(pcm) > 0; {
			d.m.mu.Lock()
			d.stamp(&d.timing.Audio)
			n := d.buf.write(pcm)
			d.m.mu.Unlock()
			pcm = pcm[n:]
			if len(pcm) == 0 {
				break
			}
			select {
			case <-d.buf.space:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
}

// begun announces each sentence as its first sample is played. Called by Pull with the lock held.
func (d *delivery) begun(m *mouth) {
	if d.startedAt < 0 {
		d.startedAt = m.now()
	}
	for d.spoken < len(d.segs) && d.segs[d.spoken].start < d.buf.pos {
		d.spoken++
		if d.spoken > 1 { // what came before it has been heard, but for the way there
			s := d.segs[d.spoken-1]
			m.emit(dialog.Progress{Reply: d.msg.ID, Heard: strings.TrimSpace(d.text.String()[:s.offset])})
		}
	}
}

// lookahead is how far before its end a word is shown: when it begins, or about then.
const lookahead = media.SampleRate / 4

// read shows what has been spoken, in step with the voice. Called by Pull with the lock held.
func (d *delivery) read(m *mouth) {
	if d.spoken == 0 || d.buf.pos/media.TickSamples%5 != 0 {
		return
	}
	s := d.segs[d.spoken-1]
	n := s.offset + s.speech.Heard(d.buf.pos-s.start+lookahead).End
	if s.end >= 0 && d.buf.pos+lookahead >= s.end {
		n = s.until()
	}
	if n > d.captioned {
		d.captioned = n
		m.emit(dialog.Spoken{Reply: d.msg.ID, Text: strings.TrimSpace(d.text.String()[:n])})
	}
}

// settle ends the delivery when the customer has heard its last sample.
func (d *delivery) settle(at, delay media.CallTime) {
	if d.finished || !d.buf.played() {
		return
	}
	if d.finishAt == 0 {
		d.finishAt = at + delay
	}
	if at >= d.finishAt {
		d.finish()
		if d.buf.stopped() && d.stop != nil {
			d.stop(dialog.ErrYield) // nothing more is to be made
		}
	}
}

// finishSentence makes the sentence that is being spoken the last. The lock is held.
func (d *delivery) finishSentence() {
	if d.final != nil || len(d.segs) == 0 {
		return
	}
	d.final = d.segs[max(0, d.spoken-1)]
	if d.final.end >= 0 {
		d.buf.last = d.final.end
	}
}

func (d *delivery) finish() {
	if !d.finished {
		d.finished = true
		close(d.done)
	}
}

// rewind goes back to the start of the word that was being spoken.
func (d *delivery) rewind() {
	pos := d.buf.pos
	for _, s := range d.segs {
		if s.start < pos && (s.end < 0 || pos <= s.end) {
			d.buf.rewind(s.start + s.speech.Boundary(pos-s.start))
			return
		}
	}
}

// heard is how many bytes of the reply the customer has heard by now.
func (d *delivery) heard(by media.CallTime) int {
	pos, n := d.marks.until(by), 0
	for _, s := range d.segs {
		switch {
		case s.end >= 0 && pos >= s.end && pos > s.start:
			n = s.until()
		case pos > s.start:
			return max(n, s.offset+s.speech.Heard(pos-s.start).End)
		}
	}
	return n
}

// recent is the text being spoken and the sentence before it.
func (d *delivery) recent() string {
	if d.spoken == 0 {
		return ""
	}
	from := max(0, d.spoken-2)
	last := d.segs[d.spoken-1]
	return d.text.String()[d.segs[from].offset : last.offset+len(last.text)]
}

// turn is what really arrived. Called with the lock held, after run.
func (d *delivery) turn(err error) dialog.Turn {
	t := dialog.Turn{From: dialog.Bot, Via: dialog.ViaVoice, ReplyTo: d.msg.ReplyTo,
		Language: d.msg.Language, Shown: d.shown.String(), Timing: d.timing, Expect: d.expect}
	n := d.text.Len()
	switch {
	case !d.finished:
		n = d.heard(d.m.now() - d.m.delay())
		t.Cut = n < d.text.Len() || err != nil
	case d.final != nil && d.final.end >= 0 && d.buf.stopped():
		n = d.final.until()
		t.Cut = strings.TrimSpace(d.text.String()[n:]) != ""
	case err != nil: // all that was made was heard to its end
		n, t.Cut = 0, true
		if k := len(d.segs); k > 0 {
			n = d.segs[k-1].until()
		}
	}
	t.Text = strings.TrimSpace(d.text.String()[:n])
	for _, c := range d.cites {
		if c.offset <= n || (t.Text != "" && !t.Cut) {
			t.Citations = append(t.Citations, c.Citation)
		}
	}
	if d.startedAt >= 0 {
		t.Start, t.End = d.startedAt.Duration(), d.m.now().Duration()
	}
	return t
}

func (d *delivery) close() {
	if d.ready != nil {
		d.ready.discard()
	}
	for _, s := range d.segs {
		_ = s.speech.Close()
	}
	d.m.mu.Lock()
	d.buf.release()
	d.m.mu.Unlock()
}
