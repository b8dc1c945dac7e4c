package record

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// call records so many seconds: the customer's tone as Opus, ours as PCM, each
// in its half of every second.
func call(t *testing.T, r *Recorder, seconds int) {
	t.Helper()
	enc, err := codec.NewEncoder(media.CodecOpus, codec.Params{Bitrate: 32000})
	if err != nil {
		t.Fatal(err)
	}
	left, right := mediatest.Tone(400, 8000, media.SampleRate), mediatest.Tone(900, 8000, media.SampleRate)
	for i := range seconds * 50 {
		at := i % 50 * media.TickSamples
		var in, out media.Packet
		if i%50 < 25 {
			b, err := enc.Encode(left[at:at+media.TickSamples], nil)
			if err != nil {
				t.Fatal(err)
			}
			in = media.Packet{Payload: b, Codec: media.CodecOpus}
		} else {
			out = media.Packet{PCM: right[at : at+media.TickSamples]}
		}
		r.In(&in)
		r.Out(&out)
	}
}

// decode plays a file with ffmpeg, another's decoder: 16 kHz stereo.
func decode(t *testing.T, b []byte) (left, right []int16) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.ogg")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ffmpeg", "-v", "error", "-c:a", "libopus", "-i", file, "-f", "s16le", "-ar", "16000", "-ac", "2", "-")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	for i := 0; i+3 < len(raw); i += 4 {
		left = append(left, int16(uint16(raw[i])|uint16(raw[i+1])<<8))
		right = append(right, int16(uint16(raw[i+2])|uint16(raw[i+3])<<8))
	}
	return left, right
}

func TestTwoLanesThatOthersCanPlay(t *testing.T) {
	var b bytes.Buffer
	r, err := New(&b, 0)
	if err != nil {
		t.Fatal(err)
	}
	call(t, r, 4)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	left, right := decode(t, b.Bytes())
	if n := len(left); n < 4*16000-400 || n > 4*16000+400 {
		t.Fatalf("%d samples of %d", n, 4*16000)
	}
	for s := range 4 {
		first, second := s*16000+1600, s*16000+9600
		if l := mediatest.Level(left[first : first+4800]); l < 4000 || mediatest.Level(right[first:first+4800]) > l/20 {
			t.Errorf("second %d: customer's half: left %.0f, right %.0f", s, l, mediatest.Level(right[first:first+4800]))
		}
		if l := mediatest.Level(right[second : second+4800]); l < 4000 || mediatest.Level(left[second:second+4800]) > l/20 {
			t.Errorf("second %d: our half: right %.0f, left %.0f", s, l, mediatest.Level(left[second:second+4800]))
		}
	}
}

func TestCutAnywhereItPlaysToTheLastSecond(t *testing.T) {
	var b bytes.Buffer
	r, err := New(&b, 0)
	if err != nil {
		t.Fatal(err)
	}
	call(t, r, 5)
	_ = r.Close()
	whole := b.Bytes()
	for _, cut := range []int{len(whole) - 1, len(whole) * 3 / 4, len(whole) / 2} {
		left, _ := decode(t, whole[:cut])
		want := 5*16000*cut/len(whole) - 16000 - 3200
		if len(left) < want {
			t.Errorf("%d of %d bytes: %d samples, want at least %d", cut, len(whole), len(left), want)
		}
	}
}

func TestPausedIsSilence(t *testing.T) {
	var b bytes.Buffer
	r, err := New(&b, 0)
	if err != nil {
		t.Fatal(err)
	}
	call(t, r, 1)
	r.Pause(true)
	call(t, r, 2)
	r.Pause(false)
	call(t, r, 1)
	_ = r.Close()
	left, right := decode(t, b.Bytes())
	for _, lane := range [][]int16{left, right} {
		if l := mediatest.Level(lane[18000:46000]); l > 30 {
			t.Errorf("level %.0f while paused", l)
		}
		if l := mediatest.Level(lane[3*16000:]); l < 2000 {
			t.Errorf("level %.0f after it", l)
		}
	}
}

type broken struct{ n int }

func (w *broken) Write(p []byte) (int, error) {
	if w.n += len(p); w.n > 2000 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestABrokenDiskIsSaid(t *testing.T) {
	r, err := New(&broken{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	call(t, r, 3)
	if err := r.Close(); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Error(err)
	}
	call(t, r, 1) // after Close nothing happens
}

func TestNothingIsAllocatedPerTick(t *testing.T) {
	r, err := New(&bytes.Buffer{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	call(t, r, 20) // every page has been used
	silence, err := quiet()
	if err != nil {
		t.Fatal(err)
	}
	in := media.Packet{Payload: append([]byte(nil), silence...), Codec: media.CodecOpus}
	out := media.Packet{PCM: mediatest.Tone(400, 5000, media.TickSamples)}
	if n := testing.AllocsPerRun(200, func() { r.In(&in); r.Out(&out) }); n > 0.2 { // the writer's buffer grows
		t.Errorf("%v allocations a tick", n)
	}
}
