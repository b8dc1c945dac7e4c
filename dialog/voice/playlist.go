package voice

import (
	"sync"

	"parley/media"
)

// How much speech is kept on either side of what is being played: enough ahead
// to hide the next sentence's synthesis, enough behind to go back to a word's start.
const (
	aheadSamples  = 3 * media.SampleRate
	behindSamples = media.SampleRate * 3 / 2
	refill        = aheadSamples / 6 // of space, until a writer that waits for it is woken
)

// playlist holds the samples of one reply around the place being played.
// Positions count samples from the reply's first one. Not safe for concurrent use.
type playlist struct {
	mem  *[aheadSamples + behindSamples]int16
	buf  []int16
	end  int64 // after the last one written
	pos  int64 // next to play
	eof  bool  // nothing more will be written
	full bool  // the writer waits for space
	last int64 // where playing ends, whatever is written after it; -1: at the end

	space chan struct{} // one token: there may be space again
}

// buffers are those of replies that are over, for those to come.
var buffers = sync.Pool{New: func() any { return new([aheadSamples + behindSamples]int16) }}

func newPlaylist() *playlist {
	mem := buffers.Get().(*[aheadSamples + behindSamples]int16)
	return &playlist{mem: mem, buf: mem[:], last: -1, space: make(chan struct{}, 1)}
}

// release gives the memory back. Nothing may be written, taken or rewound after it.
func (b *playlist) release() {
	if b.mem != nil {
		buffers.Put(b.mem)
		b.mem, b.buf = nil, nil
	}
}

// write takes what there is room for and returns how much that was.
func (b *playlist) write(pcm []int16) int {
	n := min(int64(len(pcm)), b.pos+aheadSamples-b.end)
	if n <= 0 {
		b.full = true
		return 0
	}
	w := int(b.end % int64(len(b.buf)))
	c := copy(b.buf[w:], pcm[:n])
	copy(b.buf, pcm[c:n])
	b.end += n
	b.full = int(n) < len(pcm)
	return int(n)
}

// take appends one tick to dst, padded with silence when less is left, and
// returns how many samples of the reply are in it. While a sentence is still being made,
// less than a tick waits for the rest.
func (b *playlist) take(dst []int16) ([]int16, int) {
	end := b.end
	if b.last >= 0 {
		end = min(end, b.last)
	}
	n := min(media.TickSamples, end-b.pos)
	if n <= 0 || (n < media.TickSamples && !b.eof && end != b.last) {
		return dst, 0
	}
	r := int(b.pos % int64(len(b.buf)))
	c := min(int(n), len(b.buf)-r)
	dst = append(append(dst, b.buf[r:r+c]...), b.buf[:int(n)-c]...)
	b.pos += n
	for len(dst) < media.TickSamples {
		dst = append(dst, 0)
	}
	if b.full && b.pos+aheadSamples-b.end >= refill {
		b.full = false
		select {
		case b.space <- struct{}{}:
		default:
		}
	}
	return dst, int(n)
}

// rewind goes back to pos, as far as there is history.
func (b *playlist) rewind(pos int64) {
	b.pos = max(min(pos, b.pos), b.end-int64(len(b.buf)), 0)
}

// played reports whether all there ever will be has been played.
func (b *playlist) played() bool { return b.eof && b.pos >= b.end || b.stopped() }

// stopped reports whether playing has come to where it was to end.
func (b *playlist) stopped() bool { return b.last >= 0 && b.pos >= b.last }

// marks remembers at which call time which place of the reply had been written out.
type marks struct {
	ring [128]mark // 2.5 s
	n    int
}

type mark struct {
	at  media.CallTime // when the packet has wholly gone
	pos int64
}

func (k *marks) add(at media.CallTime, pos int64) {
	k.ring[k.n%len(k.ring)] = mark{at, pos}
	k.n++
}

// until is the furthest place that had been written out by call time at.
func (k *marks) until(at media.CallTime) int64 {
	var pos int64
	for i := max(0, k.n-len(k.ring)); i < k.n; i++ {
		if m := k.ring[i%len(k.ring)]; m.at <= at {
			pos = max(pos, m.pos)
		}
	}
	if pos == 0 && k.n > len(k.ring) { // older than we remember: the oldest is the best answer
		pos = k.ring[k.n%len(k.ring)].pos
	}
	return pos
}
