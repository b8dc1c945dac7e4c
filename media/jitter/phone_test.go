package jitter

import (
	"math"
	"slices"
	"testing"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
)

// talk is a voice in packets of so many milliseconds of G.711, and what a decoder makes of it.
func talk(t *testing.T, ticks, ms int) (packets []media.Packet) {
	t.Helper()
	enc, err := codec.NewEncoder(media.CodecPCMU, codec.Params{})
	if err != nil {
		t.Fatal(err)
	}
	x := mediatest.Voice(ticks)
	var all, b []byte
	for i := range ticks {
		if b, err = enc.Encode(x[i*media.TickSamples:(i+1)*media.TickSamples], b); err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	i := 0
	for part := range slices.Chunk(all, ms*8) {
		packets = append(packets, media.Packet{Codec: media.CodecPCMU, Payload: part, Seq: uint16(i), Timestamp: uint32(i * ms * 8)})
		i++
	}
	return packets
}

// hear plays packets that come at ticks, and gives all that is heard.
func hear(b *Buffer, ps []media.Packet, at func(i int) int, ticks int) (out []int16) {
	var p media.Packet
	for tick := range ticks {
		now := media.CallTime(tick * media.TickSamples)
		for i := range ps {
			if at(i) == tick {
				b.Put(now, &ps[i])
			}
		}
		if p.PCM = p.PCM[:0]; !b.Next(now, &p) {
			p.PCM = make([]int16, media.TickSamples)
		}
		out = append(out, p.PCM...)
	}
	return out
}

// likeness is the best correlation of b with a, for lags of up to so many ms.
func likeness(a, b []int16, ms int) float64 {
	best := 0.0
	for lag := 0; lag < ms*16 && lag < len(b); lag += 4 {
		var ab, aa, bb float64
		for i := 0; i < min(len(a), len(b)-lag); i += 5 {
			x, y := float64(a[i]), float64(b[i+lag])
			ab += x * y
			aa += x * x
			bb += y * y
		}
		best = max(best, ab/math.Sqrt(aa*bb+1))
	}
	return best
}

// Packets of any length are heard whole, and what is made up for a lost one is as long as it was.
func TestPacketsOfAnyLength(t *testing.T) {
	want := mediatest.Voice(150)
	for _, ms := range []int{10, 20, 30, 40, 60} {
		ps := talk(t, 150, ms)
		got := hear(New(nil), ps, func(i int) int { return (i + 1) * ms / 20 }, 160)
		if r := likeness(want[50*320:100*320], got[50*320:], 80+ms); r < 0.9 {
			t.Errorf("%d ms: likeness %.3f", ms, r)
		}
		b := New(nil)
		got = hear(b, ps, func(i int) int {
			if i*ms/20 > 40 && i%9 == 4 {
				return -1
			}
			return (i + 1) * ms / 20
		}, 160)
		// The end is where it belongs: what was lost did not shift it by much.
		if r := likeness(want[130*320:145*320], got[130*320-640:], 80+ms); r < 0.8 {
			t.Errorf("%d ms, with loss: the end has a likeness of %.3f; %+v", ms, r, b.Stats())
		}
	}
}

// What was said before the call had a seat is heard, faster, and not cut off.
func TestAStoredBeginningIsHeardWhole(t *testing.T) {
	x := mediatest.Voice(60)
	for i := range x { // six words of 120 ms, each of its own level
		if i/media.TickSamples%10 > 5 {
			x[i] = int16(i % 3)
		}
	}
	enc, _ := codec.NewEncoder(media.CodecPCMU, codec.Params{})
	var ps []media.Packet
	for i := range 60 {
		p, err := enc.Encode(x[i*media.TickSamples:(i+1)*media.TickSamples], nil)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, media.Packet{Codec: media.CodecPCMU, Payload: p, Seq: uint16(i), Timestamp: uint32(i * 160),
			Waited: media.CallTime((60 - i) * media.TickSamples)})
	}
	b, at := New(nil), 0
	var p media.Packet
	words, in, spoken := 0, false, 0
	for tick := range 80 {
		now := media.CallTime(tick * media.TickSamples)
		for at < len(ps) && b.Roomy() {
			ps[at].Waited += now
			b.Put(now, &ps[at])
			at++
		}
		loud := b.Next(now, &p) && mediatest.Level(p.PCM) > 500
		if loud && !in {
			words++
		}
		if in = loud; loud {
			spoken++
		}
	}
	s := b.Stats()
	if words != 6 || spoken < 20 {
		t.Errorf("%d of 6 words in %d ticks of sound; %+v", words, spoken, s)
	}
	if s.Delay > 3*media.TickSamples || s.Target > 3*media.TickSamples || s.Cut == 0 {
		t.Errorf("it has not caught up, or learnt that the network is slow: %+v", s)
	}
}

// A clock that is a little slow or fast neither starves the stream nor lets the delay grow.
func TestSlowAndFastClocks(t *testing.T) {
	for _, ppm := range []int{-1000, 1000} {
		ps := talk(t, 3000, 20) // a minute
		b := New(nil)
		var p media.Packet
		silent, i := 0, 0
		for tick := range 2950 {
			now := media.CallTime(tick * media.TickSamples)
			for ; i < len(ps); i++ {
				at := int64(i) * media.TickSamples * int64(1000000+ppm) / 1000000
				if at >= int64(now)+media.TickSamples {
					break
				}
				ps[i].Waited = now + media.TickSamples - media.CallTime(at)
				b.Put(now+media.TickSamples, &ps[i])
			}
			if !b.Next(now+media.TickSamples, &p) && tick > 5 {
				silent++
			}
		}
		if s := b.Stats(); silent > 0 || s.Target > 3*media.TickSamples || s.Delay > 4*media.TickSamples {
			t.Errorf("%d ppm: %d silent ticks, %+v", ppm, silent, s)
		}
	}
}

// A key's packets take their place in the order, and no voice is made up for them; muted
// audio is silence.
func TestKeysAreNotHeard(t *testing.T) {
	ps := talk(t, 60, 20)
	for i := 20; i < 30; i++ { // a key without audio
		ps[i] = media.Packet{Codec: media.CodecPCMU, Mute: true, Seq: ps[i].Seq, Timestamp: ps[20].Timestamp}
	}
	for i := 40; i < 45; i++ { // a key with its tone
		ps[i].Mute = true
	}
	b := New(nil)
	var heard []int16
	b.decoded = func(_ media.CallTime, pcm []int16) { heard = append(heard, pcm...) }
	got := hear(b, ps, func(i int) int { return i }, 60)
	for tick := range 60 {
		level := mediatest.Level(got[tick*320 : (tick+1)*320])
		if key := tick >= 23 && tick < 29 || tick >= 43 && tick < 45; key && level > 0 {
			t.Errorf("tick %d: a level of %.0f while a key is down", tick, level)
		} else if tick > 32 && tick < 39 && level < 500 {
			t.Errorf("tick %d: a level of %.0f after the key", tick, level)
		}
	}
	if len(heard) != 50*320 {
		t.Errorf("%d samples told as decoded, want %d", len(heard), 50*320)
	}
	if s := b.Stats(); s.Lost+s.Broken+s.Concealed > 0 {
		t.Errorf("%+v", s)
	}
}

// Comfort noise is as loud as the far end says, never loud, never told as decoded.
func TestComfortNoise(t *testing.T) {
	for level, want := range map[byte][2]float64{60: {20, 50}, 10: {70, 160}, 127: {0, 1}} {
		ps := talk(t, 20, 20)
		ps = append(ps, media.Packet{Codec: media.CodecCN, Payload: []byte{level}, Seq: 20, Timestamp: 20 * 160})
		b := New(nil)
		n := 0
		b.decoded = func(_ media.CallTime, pcm []int16) { n += len(pcm) }
		got := hear(b, ps, func(i int) int { return i }, 60)
		if l := mediatest.Level(got[30*320:]); l < want[0] || l > want[1] {
			t.Errorf("%d dB below full scale is heard as %.0f, want %.0f to %.0f", level, l, want[0], want[1])
		}
		if n != 20*320 {
			t.Errorf("%d samples told as decoded, want %d", n, 20*320)
		}
		var p media.Packet
		for tick := 60; tick < 60+hushLasts; tick++ {
			b.Next(media.CallTime(tick*media.TickSamples), &p)
		}
		if b.Next(0, &p) {
			t.Error("a line that is dead rustles on")
		}
	}
}
