package codec

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"parley/media"
	"parley/media/mediatest"
)

var all = []media.Codec{media.CodecOpus, media.CodecPCMU, media.CodecPCMA, media.CodecG722}

// likeness is the best correlation of b with a, for lags up to 30 ms.
func likeness(a, b []int16) float64 {
	best := 0.0
	n := len(b) - 480
	for lag := range 480 {
		var ab, aa, bb float64
		for i := range n {
			x, y := float64(a[i]), float64(b[i+lag])
			ab += x * y
			aa += x * x
			bb += y * y
		}
		best = math.Max(best, ab/math.Sqrt(aa*bb+1))
	}
	return best
}

// through sends x through codec c and loses the packets that lost names.
func through(t *testing.T, c media.Codec, p Params, x []int16, lost func(i int) bool) []int16 {
	t.Helper()
	enc, err := NewEncoder(c, p)
	if err != nil {
		t.Fatal(err)
	}
	dec, err := NewDecoder(c)
	if err != nil {
		t.Fatal(err)
	}
	var packets [][]byte
	for i := 0; i < len(x); i += media.TickSamples {
		b, err := enc.Encode(x[i:i+media.TickSamples], nil)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, b)
	}
	var out, pcm []int16
	for i, b := range packets {
		switch {
		case !lost(i):
			pcm, err = dec.Decode(b, pcm)
		case i+1 < len(packets) && !lost(i+1):
			pcm, err = dec.Conceal(packets[i+1], media.TickSamples, pcm)
		default:
			pcm, err = dec.Conceal(nil, media.TickSamples, pcm)
		}
		if err != nil || len(pcm) != media.TickSamples {
			t.Fatalf("packet %d: %d samples, %v", i, len(pcm), err)
		}
		out = append(out, pcm...)
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	x := mediatest.Voice(60)
	for _, c := range all {
		got := through(t, c, Params{Complexity: 4, Bitrate: 40000}, x, func(int) bool { return false })
		// Opus shifts the phases of low tones, so its wave form is less like than its sound.
		if r := likeness(x[10*media.TickSamples:], got[10*media.TickSamples:]); r < 0.75 || r < 0.97 && c != media.CodecOpus {
			t.Errorf("%s: likeness %.3f after coding", c, r)
		}
	}
}

func TestConcealmentBeatsSilence(t *testing.T) {
	x := mediatest.Voice(200)
	every := func(i int) bool { return i > 3 && i%7 == 0 }
	for _, c := range all {
		clean := through(t, c, Params{FEC: true, Loss: 20, Bitrate: 32000}, x, func(int) bool { return false })
		hidden := through(t, c, Params{FEC: true, Loss: 20, Bitrate: 32000}, x, every)
		silent := append([]int16(nil), clean...)
		for i := range 200 {
			if every(i) {
				clear(silent[i*media.TickSamples : (i+1)*media.TickSamples])
			}
		}
		h, s := likeness(clean, hidden), likeness(clean, silent)
		t.Logf("%s: likeness %.3f concealed, %.3f with gaps", c, h, s)
		if h <= s {
			t.Errorf("%s: concealment (%.3f) is no better than silence (%.3f)", c, h, s)
		}
	}
}

// While nothing is lost the cheap transform coder is used (RFC 6716 section 3.1: configurations
// from 16 on); any loss brings the speech coder, and with it the copy that conceals it.
func TestLossBringsTheCopyOfTheFrameBefore(t *testing.T) {
	x := mediatest.Voice(50)
	enc, err := NewEncoder(media.CodecOpus, Params{FEC: true, Bitrate: 32000})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		loss  int
		cheap bool
	}{{0, true}, {1, false}, {20, false}, {0, true}} {
		enc.SetLoss(c.loss)
		var b []byte
		for i := 0; i < len(x); i += media.TickSamples {
			if b, err = enc.Encode(x[i:i+media.TickSamples], b); err != nil {
				t.Fatal(err)
			}
		}
		if cheap := b[0]>>3 >= 16; cheap != c.cheap {
			t.Errorf("at %d %% loss the packets have configuration %d", c.loss, b[0]>>3)
		}
	}
}

// As loss begins and ends the coders take turns, which must not click: no corner in what is
// heard is much sharper than without. At complexity 5 some are; at 0 to 4 none.
func TestTheCodersTakeTurnsWithoutAClick(t *testing.T) {
	x := mediatest.Voice(200)
	sharpest := func(loss func(i int) int) float64 {
		enc, err := NewEncoder(media.CodecOpus, Params{FEC: true, Bitrate: 32000})
		if err != nil {
			t.Fatal(err)
		}
		dec, err := NewDecoder(media.CodecOpus)
		if err != nil {
			t.Fatal(err)
		}
		var b []byte
		var pcm, out []int16
		for i := 0; i < len(x); i += media.TickSamples {
			enc.SetLoss(loss(i / media.TickSamples))
			if b, err = enc.Encode(x[i:i+media.TickSamples], b); err != nil {
				t.Fatal(err)
			}
			if pcm, err = dec.Decode(b, pcm); err != nil {
				t.Fatal(err)
			}
			out = append(out, pcm...)
		}
		most := 0.0
		for i := 2; i < len(out); i++ {
			most = max(most, math.Abs(float64(out[i])-2*float64(out[i-1])+float64(out[i-2])))
		}
		return most
	}
	plain := sharpest(func(int) int { return 0 })
	for gap := 3; gap < 50; gap += 4 {
		if got := sharpest(func(i int) int { return i / gap % 2 }); got > 1.3*plain {
			t.Errorf("turns of %d frames: a corner of %.0f, without turns %.0f", gap, got, plain)
		}
	}
}

func TestALongGapFadesToSilence(t *testing.T) {
	for _, c := range all[1:] {
		out := through(t, c, Params{}, mediatest.Voice(40), func(i int) bool { return i >= 20 })
		for i, v := range out[30*media.TickSamples:] {
			if v > 8 || v < -8 {
				t.Fatalf("%s: sample %d is %d, 200 ms after the last packet", c, i, v)
			}
		}
	}
}

// The values are those of ITU-T G.711 tables 1 and 2, scaled to 16 bit.
func TestG711Tables(t *testing.T) {
	if ulaw.expand[0xff] != 0 || ulaw.expand[0x80] != 32124 || ulaw.expand[0x00] != -32124 {
		t.Error("µ-law", ulaw.expand[0xff], ulaw.expand[0x80], ulaw.expand[0])
	}
	if alaw.expand[0xd5] != 8 || alaw.expand[0xaa] != 32256 || alaw.expand[0x2a] != -32256 {
		t.Error("A-law", alaw.expand[0xd5], alaw.expand[0xaa], alaw.expand[0x2a])
	}
	for _, l := range []*law{&ulaw, &alaw} {
		for i := range 256 {
			v := l.expand[i]
			if got := l.expand[l.code[uint16(v)>>2]]; got != v {
				t.Errorf("%s: code %#x, sample %d, comes back as %d", l.name, i, v, got)
			}
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	x := mediatest.Voice(1)
	for _, c := range all {
		enc, _ := NewEncoder(c, Params{Complexity: 4, FEC: true, Loss: 5})
		dec, _ := NewDecoder(c)
		b, pcm := make([]byte, 0, 1500), make([]int16, 0, MaxSamples)
		n := testing.AllocsPerRun(200, func() {
			b, _ = enc.Encode(x, b)
			pcm, _ = dec.Decode(b, pcm)
			pcm, _ = dec.Conceal(b, media.TickSamples, pcm)
		})
		if n > 0 {
			t.Errorf("%s: %v allocations a frame", c, n)
		}
	}
}

func TestRefusesWhatIsNoPayload(t *testing.T) {
	for _, c := range all {
		dec, _ := NewDecoder(c)
		for _, b := range [][]byte{nil, {}, make([]byte, 5000)} {
			if pcm, err := dec.Decode(b, nil); !errors.Is(err, ErrPayload) || len(pcm) > 0 {
				t.Errorf("%s: %d bytes gave %d samples, %v", c, len(b), len(pcm), err)
			}
		}
		enc, _ := NewEncoder(c, Params{})
		if _, err := enc.Encode(make([]int16, 100), nil); err == nil {
			t.Errorf("%s: encoded a short frame", c)
		}
	}
	if _, err := NewDecoder(media.CodecPCM); err == nil {
		t.Error("a decoder of PCM")
	}
}

func FuzzDecode(f *testing.F) {
	enc, _ := NewEncoder(media.CodecOpus, Params{})
	good, _ := enc.Encode(mediatest.Voice(1), nil)
	f.Add(good, good)
	f.Add([]byte{0xff, 0x3f}, []byte{0x03})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		for _, c := range all {
			dec, err := NewDecoder(c)
			if err != nil {
				t.Fatal(err)
			}
			pcm, _ := dec.Decode(a, nil)
			pcm, _ = dec.Conceal(b, media.TickSamples, pcm)
			if pcm, _ = dec.Decode(b, pcm); len(pcm) > MaxSamples {
				t.Fatalf("%d samples", len(pcm))
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	x := mediatest.Voice(50)
	for _, v := range []struct {
		codec media.Codec
		p     Params
	}{{media.CodecOpus, Params{Bitrate: 32000, FEC: true}}, {media.CodecOpus, Params{Bitrate: 32000, FEC: true, Loss: 1}},
		{media.CodecOpus, Params{Bitrate: 32000, FEC: true, Loss: 1, Complexity: 5}}, {media.CodecPCMU, Params{}}, {media.CodecPCMA, Params{}}, {media.CodecG722, Params{}}} {
		b.Run(fmt.Sprintf("%s/loss=%d/complexity=%d", v.codec, v.p.Loss, v.p.Complexity), func(b *testing.B) {
			enc, _ := NewEncoder(v.codec, v.p)
			out := make([]byte, 0, 1500)
			i := 0
			for b.Loop() {
				out, _ = enc.Encode(x[i:i+media.TickSamples], out)
				i = (i + media.TickSamples) % len(x)
			}
		})
	}
}
