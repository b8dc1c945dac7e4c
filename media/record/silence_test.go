package record

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
)

// What is on the disk already, what waits to be written and what is still to come are
// silent alike, in their lane alone, and all else plays as before, whatever coder made it.
func TestAStretchIsSilencedWhereverItIs(t *testing.T) {
	seconds := func(n float64) media.CallTime { return media.CallTime(n * media.SampleRate) }
	for _, c := range []struct {
		lane     Lane
		from, to float64
	}{
		{lane: Customer, from: 1, to: 2.5},
		{lane: Sent, from: 1, to: 2.6},
		{lane: Customer, from: 4, to: 9},
	} {
		file, err := os.OpenFile(filepath.Join(t.TempDir(), "a.ogg"), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r, err := New(file, 0)
		if err != nil {
			t.Fatal(err)
		}
		call(t, r, 5)
		for range 2 { // once more is the same
			r.Silence(Span{c.lane, seconds(c.from), seconds(c.to)})
		}
		call(t, r, 3)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		left, right := decode(t, b)
		for s := range 8 {
			for lane, pcm := range [][]int16{left, right} {
				at := float64(s) + 0.5*float64(lane) // each speaks in its half
				silent := Lane(lane) == c.lane && at >= c.from && at+0.5 <= c.to
				level := mediatest.Level(pcm[int((at+0.15)*16000):int((at+0.45)*16000)])
				if silent && level > 20 || !silent && level < 4000 {
					t.Errorf("lane %d of %v to %v: %.0f at %.1f s", c.lane, c.from, c.to, level, at)
				}
			}
		}
	}
}

// Silence of every length is one packet of that length, which decodes to silence.
func TestSilenceOfEveryLength(t *testing.T) {
	silence, err := quiet()
	if err != nil {
		t.Fatal(err)
	}
	for n := 2; n < 1500; n++ {
		for _, delimited := range []bool{true, false} {
			b := bytes.Repeat([]byte{0xa5}, n)
			pad(b, silence, delimited)
			if short := n < len(silence)+map[bool]int{true: 1}[delimited]; short != (b[0] == 0xa5) {
				t.Fatalf("%d bytes: %x", n, b[:min(n, 12)])
			} else if short {
				continue
			}
			if delimited { // take the frame's length out: then it is any packet
				at := 1
				if b[0]&3 == 3 {
					at = 2
					if b[1]&(1<<6) != 0 {
						for b[at] == 255 {
							at++
						}
						at++
					}
				}
				if int(b[at]) != len(silence)-1 {
					t.Fatalf("%d bytes: the frame has %d", n, b[at])
				}
				b = append(b[:at:at], b[at+1:]...)
			}
			dec, err := codec.NewDecoder(media.CodecOpus)
			if err != nil {
				t.Fatal(err)
			}
			pcm, err := dec.Decode(b, nil)
			if err != nil || len(pcm) != media.TickSamples || mediatest.Level(pcm) > 5 {
				t.Fatalf("%d bytes: %d samples, %v", n, len(pcm), err)
			}
		}
	}
}
