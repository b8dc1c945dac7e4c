package serve

import (
	"encoding/binary"
	"errors"
	"fmt"

	"parley/media"
)

const mostSamples = 30 * media.SampleRate // of a clip

// errClip: the sound is not what is asked for.
var errClip = errors.New("expected a WAV file, 16-bit mono at 16 kHz")

// fromWAV is the sound of a WAV file (RIFF, PCM, 16 bits, mono, 16 kHz), which came from
// outside: chunks may be missing, lie about their length, or be cut off.
func fromWAV(b []byte) ([]int16, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, errClip
	}
	known := false
	for b = b[12:]; len(b) >= 8; {
		id, n := string(b[:4]), uint64(binary.LittleEndian.Uint32(b[4:8]))
		b = b[8:]
		body := b[:min(n, uint64(len(b)))]
		switch id {
		case "fmt ":
			if len(body) < 16 || binary.LittleEndian.Uint16(body) != 1 || binary.LittleEndian.Uint16(body[2:]) != 1 ||
				binary.LittleEndian.Uint32(body[4:]) != media.SampleRate || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, errClip
			}
			known = true
		case "data":
			if !known {
				return nil, errClip
			}
			if len(body)/2 > mostSamples {
				return nil, fmt.Errorf("the clip is longer than %d s", mostSamples/media.SampleRate)
			}
			pcm := make([]int16, len(body)/2)
			for i := range pcm {
				pcm[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			if len(pcm) == 0 {
				return nil, errors.New("the clip is empty")
			}
			return pcm, nil
		}
		b = b[min(n+n%2, uint64(len(b))):]
	}
	return nil, errClip
}

// toWAV is sound as a file that browsers play.
func toWAV(pcm []int16) []byte {
	size := uint32(2 * len(pcm))
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), 36+size)
	b = binary.LittleEndian.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, 1), 1)
	b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, media.SampleRate), 2*media.SampleRate)
	b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, 2), 16)
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), size)
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}
