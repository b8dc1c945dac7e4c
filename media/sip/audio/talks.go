package audio

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"

	"parley/media"
)

// talks is a session's side of offer and answer (RFC 3264). One is made at a time.
type talks struct {
	mu      sync.Mutex
	over    bool
	hold    bool // of the far end, from the next body on
	session uint64
	version uint64
	last    []byte       // body that was sent
	keys    []cryptoLine // ours, one for each suite, as long as the session lives
	offered []format     // of the last offer of ours, until one of theirs; nil: none
	locks   []cryptoLine // its keys
	proto   string       // of the m-line that was agreed on; "": none yet
	known   []format     // as both call them so far
}

func (t *talks) begin(o Options) {
	t.session = rand.Uint64() >> 2 // some read it as a signed number
	t.version = t.session
	if o.Secure != SecureOff {
		for i := range suites {
			t.keys = append(t.keys, newCrypto(i+1, i))
		}
	}
}

func (t *talks) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
}

// SetHold says whether the next Offer and Answer put the far end on hold: it still
// hears what it is sent, and is not heard.
func (s *Session) SetHold(on bool) {
	s.talks.mu.Lock()
	defer s.talks.mu.Unlock()
	s.talks.hold = on
}

// RemoteHold reports whether the far end has put us on hold.
func (s *Session) RemoteHold() bool {
	a := s.agreed.Load()
	return a != nil && a.held
}

// body is a description of ours, without formats.
func (s *Session) body() body {
	t := &s.talks
	return body{session: t.session, version: t.version, addr: netip.AddrPortFrom(s.o.Public, uint16(s.port)),
		ptime: int(min(max(s.o.Ptime.Milliseconds()/10*10, 10), 60)), dir: direction{send: true, receive: !t.hold}}
}

// written gives a body; another than the last gets the next version (RFC 3264 section 8).
func (t *talks) written(write func(version uint64) ([]byte, error)) ([]byte, error) {
	b, err := write(t.version)
	if err != nil || t.last == nil || slices.Equal(b, t.last) {
		t.last = b
		return b, err
	}
	t.version++
	b, err = write(t.version)
	t.last = b
	return b, err
}

// Offer gives a new offer of what we can and want; it stays pending until Accept, a
// further Offer, or an Answer.
func (s *Session) Offer() ([]byte, error) {
	t := &s.talks
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return nil, ErrClosed
	}
	codecs := s.o.Codecs
	a := s.agreed.Load()
	if a != nil { // what is spoken stays first
		codecs = slices.DeleteFunc(slices.Clone(codecs), func(c media.Codec) bool { return c == a.codec })
		codecs = slices.Insert(codecs, 0, a.codec)
	}
	b := s.body()
	b.formats, b.mux, b.proto = offered(codecs, t.known), true, t.proto
	if b.proto == "" {
		b.proto = "RTP/AVP"
		if s.o.Secure == SecureRequired {
			b.proto = "RTP/SAVP"
		}
	}
	if a == nil || a.outKey != nil {
		b.keys = t.keys
	}
	if a != nil && a.outKey != nil { // the key at work stays
		b.keys = []cryptoLine{a.outKey.line}
	}
	body, err := t.written(func(v uint64) ([]byte, error) { b.version = v; return b.offer() })
	if err != nil {
		return nil, fmt.Errorf("audio: offer: %w", err)
	}
	t.offered, t.locks = b.formats, b.keys
	if a != nil { // it may send by the new offer before its answer is here (RFC 3264 section 8.3)
		wider := *a
		wider.in = meanings(t.offered, a.in[:], s.o.Codecs)
		s.apply(&wider)
	}
	return body, nil
}

// Accept takes the far end's answer to the pending offer. A further answer to the same
// offer replaces it: that of the 200 after that of a 183.
func (s *Session) Accept(answer []byte) error {
	t := &s.talks
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return ErrClosed
	}
	if t.offered == nil {
		return ErrState
	}
	d, err := readDescription(answer)
	if err != nil {
		return err
	}
	if len(d.streams) == 0 || d.streams[0].at != 0 {
		return fmt.Errorf("%w: the audio was refused", ErrNoCodec)
	}
	st := d.streams[0]
	a, err := s.agreement(st, t.offered)
	if err != nil {
		return err
	}
	a.mux = st.mux
	if err := s.lock(a, st); err != nil {
		return err
	}
	t.proto, t.known = st.proto, learned(t.known, t.offered)
	s.apply(a)
	return nil
}

// lock sets an agreement's keys by an answer.
func (s *Session) lock(a *agreement, st stream) error {
	old := s.agreed.Load()
	if len(st.keys) == 0 || s.o.Secure == SecureOff {
		if st.secure || s.o.Secure == SecureRequired || old != nil && old.outKey != nil {
			return fmt.Errorf("%w: the answer is %s with %d usable keys", ErrSecure, st.proto, len(st.keys))
		}
		return nil
	}
	ours := s.talks.locks
	theirs := st.keys[0]
	i := slices.IndexFunc(ours, func(c cryptoLine) bool { return c.tag == theirs.tag && c.suite == theirs.suite })
	if i < 0 {
		return fmt.Errorf("%w: the answer's key is of none that was offered", ErrSecure)
	}
	return s.secure(a, ours[i], theirs)
}

// secure sets an agreement's keys; one that was at work before goes on.
func (s *Session) secure(a *agreement, ours, theirs cryptoLine) (err error) {
	var in, out *cipher
	if old := s.agreed.Load(); old != nil {
		in, out = old.inKey, old.outKey
	}
	if a.inKey, err = keep(in, theirs); err != nil {
		return err
	}
	a.outKey, err = keep(out, ours)
	return err
}

// Answer takes the far end's offer, the first or a later one, and gives the answer.
func (s *Session) Answer(offer []byte) ([]byte, error) {
	t := &s.talks
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return nil, ErrClosed
	}
	d, err := readDescription(offer)
	if err != nil {
		return nil, err
	}
	policy := s.o.Secure
	if old := s.agreed.Load(); old != nil && old.outKey != nil {
		policy = SecureRequired // nobody on the way talks us out of it
	}
	st, key, err := pick(d, policy, s.o.Codecs)
	if err != nil {
		return nil, err
	}
	b := s.body()
	b.proto, b.mux = st.proto, st.mux
	b.dir = direction{send: st.dir.receive, receive: st.dir.send && !t.hold}
	speaks, keys, _ := choose(st.formats, s.o.Codecs)
	b.formats = []format{speaks}
	if keys.use == events {
		b.formats = append(b.formats, keys)
	}
	if i := slices.IndexFunc(st.formats, func(f format) bool { return f.use == noise }); i >= 0 && speaks.clock == 8000 {
		b.formats = append(b.formats, st.formats[i])
	}
	a, err := s.agreement(st, b.formats)
	if err != nil {
		return nil, err
	}
	a.mux = st.mux
	if key != nil {
		ours := t.keys[key.suite]
		ours.tag = key.tag
		b.keys = []cryptoLine{ours}
		if err := s.secure(a, ours, *key); err != nil {
			return nil, err
		}
	}
	body, err := t.written(func(v uint64) ([]byte, error) { b.version = v; return b.answer(d, st.at) })
	if err != nil {
		return nil, fmt.Errorf("audio: answer: %w", err)
	}
	t.offered, t.proto, t.known = nil, st.proto, learned(t.known, st.formats)
	s.apply(a)
	return body, nil
}

// agreement is what a stream of the far end's and our formats come to.
func (s *Session) agreement(st stream, ours []format) (*agreement, error) {
	speaks, keys, ok := choose(st.formats, s.o.Codecs)
	if !ok {
		return nil, fmt.Errorf("%w: of %d audio formats", ErrNoCodec, len(st.formats))
	}
	if st.addr == netip.AddrPortFrom(s.o.Public, uint16(s.port)) {
		return nil, fmt.Errorf("%w: it wants audio at our own port", ErrBadSDP)
	}
	return &agreement{codec: speaks.codec, pt: speaks.pt, events: keys, in: meanings(ours, st.formats, s.o.Codecs),
		addr: st.addr, reports: st.reports, ptime: length(speaks.codec, st, s.o.Ptime),
		dir:  direction{send: st.dir.receive, receive: !s.talks.hold},
		held: !st.dir.receive}, nil
}

// apply lets an agreement hold from now on.
func (s *Session) apply(a *agreement) {
	ssrc := s.out.agree(a)
	s.agreed.Store(a)
	s.codec.Store(uint32(a.codec))
	keys, told := s.in.agree(a, ssrc)
	for _, k := range keys {
		if told != nil {
			told(k)
		}
	}
}

// learned are the payload types that both have used, which keep their meaning for the
// rest of the session (RFC 3264 section 8.3.2).
func learned(known, more []format) []format {
	for _, f := range more {
		if !slices.ContainsFunc(known, func(k format) bool { return k.pt == f.pt }) {
			known = append(known, f)
		}
	}
	return known
}
