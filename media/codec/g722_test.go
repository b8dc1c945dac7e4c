package codec

import (
	"bytes"
	"encoding/binary"
	"os/exec"
	"testing"

	"parley/media"
	"parley/media/mediatest"
)

// ffmpeg pipes in through ffmpeg's own coder.
func ffmpeg(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("no ffmpeg: .ci/deps test installs it")
	}
	cmd := exec.CommandContext(t.Context(), path, append([]string{"-v", "error", "-nostdin"}, args...)...)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ffmpeg %v: %v", args, err)
	}
	return out
}

// loud is a voice, then noise and corners at full level, which saturate every step.
func loud() []int16 {
	x := mediatest.Voice(60)
	seed := uint32(1)
	for i := range 40 * media.TickSamples {
		seed = seed*1664525 + 1013904223
		v := int16(seed >> 16)
		if i/media.TickSamples%4 == 3 {
			v = int16(-32768 + int(seed>>31)*65535)
		}
		x = append(x, v)
	}
	return x
}

func bytesOf(x []int16) []byte {
	b, _ := binary.Append(nil, binary.LittleEndian, x)
	return b
}

func encodeG722(t *testing.T, x []int16) []byte {
	t.Helper()
	enc := newG722Encoder()
	var out, b []byte
	var err error
	for i := 0; i < len(x); i += media.TickSamples {
		if b, err = enc.Encode(x[i:i+media.TickSamples], b); err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

func decodeG722(t *testing.T, codes []byte, size int) []int16 {
	t.Helper()
	dec := newG722Decoder()
	var out, pcm []int16
	for len(codes) > 0 {
		n := min(size, len(codes))
		var err error
		if pcm, err = dec.Decode(codes[:n], pcm); err != nil {
			t.Fatal(err)
		}
		out, codes = append(out, pcm...), codes[n:]
	}
	return out
}

// Another implementation gets from our codes the very samples that we get, and makes
// the very codes (its search of the codes is told to look no further than ours).
func TestG722AgreesWithFFmpeg(t *testing.T) {
	x := loud()
	ours := encodeG722(t, x)
	theirs := ffmpeg(t, bytesOf(x), "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "-", "-c:a", "g722", "-trellis", "0", "-f", "g722", "-")
	if n := min(len(ours), len(theirs)); n < len(ours)-2 || !bytes.Equal(ours[:n], theirs[:n]) {
		at := 0
		for at < n && ours[at] == theirs[at] {
			at++
		}
		t.Errorf("of %d codes the first %d are the same as ffmpeg's %d", len(ours), at, len(theirs))
	}
	heard := ffmpeg(t, ours, "-f", "g722", "-i", "-", "-f", "s16le", "-")
	for _, size := range []int{80, 160, 480, 960} {
		got := bytesOf(decodeG722(t, ours, size))
		if n := min(len(got), len(heard)); n < len(got)-4 || !bytes.Equal(got[:n], heard[:n]) {
			t.Errorf("packets of %d codes: ffmpeg hears something else", size)
		}
	}
}

// A tone above what a telephone carries comes through, as loud as it was.
func TestG722IsWideband(t *testing.T) {
	x := mediatest.Tone(6000, 8000, 50*media.TickSamples)
	got := decodeG722(t, encodeG722(t, x), 160)
	if was, is := mediatest.Level(x[3200:]), mediatest.Level(got[3200:]); is < 0.9*was || is > 1.1*was {
		t.Errorf("6 kHz: a level of %.0f became %.0f", was, is)
	}
}
