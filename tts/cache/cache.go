// Package cache keeps what is said often, encoded: a sentence that was spoken to
// its end twice is played from memory. Most are said once, and cost nothing here.
// An apology in every language is always in it, for the day the engines die.
package cache

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"
	"sync"

	"parley/media"
	"parley/media/codec"
	"parley/tts"
	"parley/tts/normal"
	"parley/tts/speech"
)

// maxText is the longest text that is kept, in bytes: what is said often is short.
const maxText = 400

// onceSaid is how many texts that were said once are remembered, by their hash alone.
const onceSaid = 4096

// Options of a Cache.
type Options struct {
	Bytes int // of encoded audio; 0 is 4 MB
	Ready int // bytes of audio that is kept decoded too, what was played last; 0 is 1 MB
	Log   func(err error)

	Normal *normal.Normalizer // of the voices behind; nil is one without a lexicon
}

// Cache is a synthesizer in front of another.
type Cache struct {
	inner  tts.Synthesizer
	normal *normal.Normalizer
	max    int
	most   int // samples in ready

	mu     sync.Mutex
	size   int
	order  *list.List // of *entry, the latest first
	ready  *list.List // of *entry that have pcm, the latest first
	loaded int        // samples in ready
	byKey  map[key]*list.Element
	pinned map[key]*entry
	once   [onceSaid]uint64
	seed   maphash.Seed
	hits   int64
	misses int64
}

var _ tts.Synthesizer = (*Cache)(nil)

type key struct {
	text, language, name string
	rate                 float64
}

type entry struct {
	key     key
	packets [][]byte
	samples int
	bytes   int

	// Under the cache's mu.
	pcm   []int16 // decoded; nil: when it is needed. Nobody changes it.
	ready *list.Element
}

// New returns a cache in front of inner.
func New(inner tts.Synthesizer, o Options) *Cache {
	if o.Bytes == 0 {
		o.Bytes = 4 << 20
	}
	if o.Ready == 0 {
		o.Ready = 1 << 20
	}
	return &Cache{inner: inner, normal: o.Normal, max: o.Bytes, most: o.Ready / 2, order: list.New(), ready: list.New(), byKey: map[key]*list.Element{}, pinned: map[key]*entry{}, seed: maphash.MakeSeed()}
}

func keyOf(text string, v tts.Voice) key {
	return key{strings.TrimSpace(text), v.Language, v.Name, speech.Tempo(v.Rate)}
}

// Synthesize implements tts.Synthesizer.
func (c *Cache) Synthesize(ctx context.Context, text string, v tts.Voice) (tts.Speech, error) {
	k := keyOf(text, v)
	if e := c.find(k); e != nil {
		return c.play(ctx, e, text, v), nil
	}
	sp, err := c.inner.Synthesize(ctx, text, v)
	if err != nil {
		if e := c.findPinned(text, v.Language); e != nil {
			return c.play(ctx, e, text, v), nil
		}
		return nil, err
	}
	if len(text) > maxText || !c.again(k) {
		return sp, nil
	}
	return &recording{Speech: sp, cache: c, key: k}, nil
}

func (c *Cache) find(k key) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.pinned[k]; e != nil {
		c.hits++
		return e
	}
	if el := c.byKey[k]; el != nil {
		c.order.MoveToFront(el)
		c.hits++
		return el.Value.(*entry)
	}
	c.misses++
	return nil
}

// again reports whether a text was said before, as far as is remembered.
func (c *Cache) again(k key) bool {
	h := maphash.Comparable(c.seed, k)
	c.mu.Lock()
	defer c.mu.Unlock()
	slot := &c.once[h%onceSaid]
	if *slot == h {
		return true
	}
	*slot = h
	return false
}

// findPinned finds a text that must be sayable, at whatever tempo it was kept.
func (c *Cache) findPinned(text, language string) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.pinned {
		if k.text == strings.TrimSpace(text) && k.language == language {
			return e
		}
	}
	return nil
}

// Prime speaks texts and keeps them for good: they can be said when no engine
// lives. It goes on after an error, and returns all of them.
func (c *Cache) Prime(ctx context.Context, v tts.Voice, texts ...string) error {
	var errs []error
	for _, text := range texts {
		if err := c.prime(ctx, v, text); err != nil {
			errs = append(errs, fmt.Errorf("cache: %q: %w", text, err))
		}
	}
	return errors.Join(errs...)
}

func (c *Cache) prime(ctx context.Context, v tts.Voice, text string) error {
	sp, err := c.inner.Synthesize(ctx, text, v)
	if err != nil {
		return err
	}
	defer sp.Close()
	var pcm []int16
	var f media.Frame
	for {
		err := sp.ReadFrame(&f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		pcm = append(pcm, f.PCM...)
	}
	e, err := encode(keyOf(text, v), pcm)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pinned[e.key] = e
	return nil
}

// keep adds what was spoken to its end.
func (c *Cache) keep(k key, pcm []int16) {
	c.mu.Lock()
	have := c.byKey[k] != nil
	c.mu.Unlock()
	if have { // several said it at once
		return
	}
	e, err := encode(k, pcm)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[k] != nil || e.bytes > c.max {
		return
	}
	c.byKey[k] = c.order.PushFront(e)
	c.size += e.bytes
	for c.size > c.max {
		el := c.order.Back()
		old := c.order.Remove(el).(*entry)
		delete(c.byKey, old.key)
		c.size -= old.bytes
		c.unloadLocked(old)
	}
}

// Stats of the cache: how often it had what was asked for, and the bytes it holds.
func (c *Cache) Stats() (hits, misses int64, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits, c.misses, c.size
}

// encode packs audio: 32 kbit/s, made once and played often.
func encode(k key, pcm []int16) (*entry, error) {
	enc, err := codec.NewEncoder(media.CodecOpus, codec.Params{Bitrate: 32000})
	if err != nil {
		return nil, err
	}
	e := &entry{key: k, samples: len(pcm)}
	frame := make([]int16, media.TickSamples)
	var b []byte
	// Six more milliseconds than there are: the codec's own delay.
	for left := append(pcm[:len(pcm):len(pcm)], make([]int16, delay)...); len(left) > 0; {
		clear(frame)
		left = left[copy(frame, left):]
		if b, err = enc.Encode(frame, b); err != nil {
			return nil, err
		}
		e.packets = append(e.packets, bytes.Clone(b)) // an encoder's buffer is of the largest packet's size
		e.bytes += len(b)
	}
	e.bytes += len(k.text) + 64
	return e, nil
}

// delay of the Opus codec at 16 kHz, in samples (6.5 ms).
const delay = 104

// play gives an entry as speech.
func (c *Cache) play(ctx context.Context, e *entry, text string, v tts.Voice) tts.Speech {
	return speech.Start(ctx, c.normal.Speakable(text, v.Language), v.Rate, func(ctx context.Context, s *speech.Stream) error {
		pcm := c.decoded(e)
		if pcm == nil {
			var err error
			if pcm, err = e.decode(); err != nil {
				return err
			}
			c.load(e, pcm)
		}
		return s.Give(ctx, pcm)
	})
}

// decoded is an entry's audio, when it is there.
func (c *Cache) decoded(e *entry) []int16 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.ready != nil {
		c.ready.MoveToFront(e.ready)
	}
	return e.pcm
}

// load keeps an entry's audio until others have been played more lately.
func (c *Cache) load(e *entry, pcm []int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.ready != nil || len(pcm) > c.most {
		return
	}
	e.pcm, e.ready = pcm, c.ready.PushFront(e)
	c.loaded += len(pcm)
	for c.loaded > c.most {
		c.unloadLocked(c.ready.Back().Value.(*entry))
	}
}

func (c *Cache) unloadLocked(e *entry) {
	if e.ready != nil {
		c.ready.Remove(e.ready)
		c.loaded -= len(e.pcm)
		e.pcm, e.ready = nil, nil
	}
}

// decode unpacks what encode has packed.
func (e *entry) decode() ([]int16, error) {
	dec, err := codec.NewDecoder(media.CodecOpus)
	if err != nil {
		return nil, err
	}
	out := make([]int16, 0, len(e.packets)*media.TickSamples)
	var pcm []int16
	for _, b := range e.packets {
		if pcm, err = dec.Decode(b, pcm); err != nil {
			return nil, err
		}
		out = append(out, pcm...)
	}
	return out[delay:][:e.samples:e.samples], nil
}

// recording keeps a speech while it is read.
type recording struct {
	tts.Speech
	cache *Cache
	key   key
	pcm   []int16
	done  bool
}

// ReadFrame implements media.Source.
func (r *recording) ReadFrame(f *media.Frame) error {
	err := r.Speech.ReadFrame(f)
	switch {
	case err == nil:
		r.pcm = append(r.pcm, f.PCM...)
	case errors.Is(err, io.EOF) && !r.done && len(r.pcm) > 0 && strings.TrimSpace(r.key.text) != "":
		r.done = true
		r.cache.keep(r.key, r.pcm)
		r.pcm = nil
	}
	return err
}
