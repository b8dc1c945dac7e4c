package bench

import (
	"cmp"
	"slices"
	"time"
)

// wait is one wait for an answer: from the end of the caller's speech to the first
// sound of the reply, and who had it in hand meanwhile.
type wait struct {
	from, to time.Time
	busy     []span // endpointing and providers, in order of their beginning
	marks    [3]time.Time
}

// waitOf puts a turn together with what the providers did for it; false when its
// way could not be followed.
func waitOf(t turn, p *peers, d Delays) (wait, bool) {
	asr, llm, tts, ok := p.way(question(t.text), t.answered)
	if !ok || !llm.whole() || tts.to.Before(t.ended) {
		return wait{}, false
	}
	w := wait{from: t.ended, to: t.answered, marks: [3]time.Time{asr.from, llm.from, tts.from}}
	w.busy = []span{{t.ended, t.ended.Add(d.Endpoint)}, asr, llm, tts}
	slices.SortFunc(w.busy, func(a, b span) int { return cmp.Compare(a.from.UnixNano(), b.from.UnixNano()) })
	return w, true
}

// gaps calls f with each stretch in which nobody but Parley had the turn in hand:
// what is left of the wait when endpointing and providers, which may overlap, are
// taken out.
func (w wait) gaps(f func(from, to time.Time)) {
	at := w.from
	for _, s := range append(w.busy, span{w.to, w.to}) {
		if from := earlier(s.from, w.to); from.After(at) {
			f(at, from)
		}
		if s.to.After(at) {
			at = s.to
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// own is how long the wait was Parley's.
func (w wait) own() (d time.Duration) {
	w.gaps(func(from, to time.Time) { d += to.Sub(from) })
	return d
}

// stages is the same by what was reached next: the recogniser was told of the end,
// the model was asked, the voice was asked, the caller heard it.
func (w wait) stages() (out [4]time.Duration) {
	w.gaps(func(from, to time.Time) {
		for i, m := range w.marks {
			if !m.Before(to) {
				out[i] += to.Sub(from)
				return
			}
		}
		out[3] += to.Sub(from)
	})
	return out
}
