package bench

import (
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"parley/media"
	"parley/media/rtc/rtctest"
	"parley/tts/ttstest"
)

// What a caller's speech is like.
const (
	callerLevel = -24.0 // dB of full scale
	floorLevel  = -64.0 // of the room around it
	edge        = 30.0  // dB below the loudest window at which speech begins and ends
	maxClips    = 16
	minSpeech   = 1300 * time.Millisecond
	maxSpeech   = 4200 * time.Millisecond
	clearOf     = 6.0 // dB that the recording's noise lies below the edge at least
	maxPause    = 20  // windows: less than what ends a turn
)

// clips are what callers say: each begins and ends with speech.
type clips struct {
	source     string
	packets    [][][]byte
	background [][]byte
}

// loadClips takes real speech from $PARLEY_TESTDATA, else makes it with a local
// voice, else with a synthetic one.
func loadClips(testdata string) (*clips, error) {
	c := &clips{}
	pcm, err := real(testdata)
	switch {
	case err != nil:
		return nil, err
	case len(pcm) > 0:
		c.source = fmt.Sprintf("%d recorded clips", len(pcm))
	default:
		if pcm = spoken(); len(pcm) > 0 {
			c.source = "flite"
		} else {
			pcm = synthetic()
			c.source = "a synthetic voice"
		}
	}
	for _, p := range pcm {
		b, err := rtctest.Encode(scaled(p, callerLevel))
		if err != nil {
			return nil, err
		}
		c.packets = append(c.packets, b)
	}
	c.background, err = rtctest.Encode(noise(2*media.SampleRate, floorLevel))
	return c, err
}

// usable cuts a recording to its speech; nil when it is too short, too long,
// pauses too long, or has a noise in which nobody could say where speech begins.
func usable(pcm []int16) []int16 {
	if noisy(pcm) {
		return nil
	}
	pcm = trim(pcm, edge)
	d := media.CallTime(len(pcm)).Duration()
	if d < minSpeech || d > maxSpeech || longestPause(pcm, edge) > maxPause {
		return nil
	}
	return pcm
}

// real reads the English clips whose boundaries are known well.
func real(dir string) ([][]int16, error) {
	if dir == "" {
		return nil, nil
	}
	f, err := os.Open(filepath.Join(dir, "speech", "manifest.tsv"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("bench: manifest.tsv: %w", err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var out [][]int16
	for _, row := range rows[1:] {
		get := func(name string) string {
			if i, ok := column[name]; ok && i < len(row) {
				return row[i]
			}
			return ""
		}
		if get("language") != "en" || get("boundary_conf") == "lo" || get("transcript") == "" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, "speech", get("file")))
		if err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
		if pcm := usable(samples(b)); pcm != nil {
			if out = append(out, pcm); len(out) == maxClips {
				break
			}
		}
	}
	return out, nil
}

// spoken is what the local English voice says; nil when it is not installed.
func spoken() (out [][]int16) {
	for _, text := range []string{"How long does delivery take", "Where is the parcel that was sent on Monday",
		"Can the blue jacket be sent back", "Which cards do you take in the shop", "Is there a fee for late payment",
		"What does the basic cover include", "The lamp arrived broken yesterday", "Do you deliver to the islands"} {
		b, err := exec.Command("flite", "-voice", "rms", "-t", text, "-o", "/dev/stdout").Output()
		if err != nil {
			return nil
		}
		if pcm := usable(samples(b)); pcm != nil {
			out = append(out, pcm)
		}
	}
	return out
}

func synthetic() (out [][]int16) {
	for _, text := range []string{"how long does delivery take", "where is the parcel sent on monday", "which cards do you take in the shop"} {
		if pcm := usable(ttstest.Speak(text, media.SampleRate)); pcm != nil {
			out = append(out, pcm)
		}
	}
	return out
}

// samples are those of a WAV file of 16 kHz mono; the header is skipped.
func samples(b []byte) []int16 {
	if len(b) > 44 && string(b[:4]) == "RIFF" {
		b = b[44:]
	}
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm
}

func noise(n int, at float64) []int16 {
	rng := rand.New(rand.NewPCG(7, 7))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(4000 * rng.NormFloat64())
	}
	return scaled(pcm, at)
}
