// Package wire is what Parley and its offline recogniser's worker say to each
// other over a pipe: frames of a kind, a length and a body.
package wire

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Kind of a frame.
type Kind byte

// The kinds. Start, Audio, End and Drop go to the worker; Ready, Partial, Final
// and Fault come from it.
const (
	Start   Kind = 'S' // JSON of Utterance: begin to listen
	Audio   Kind = 'A' // PCM, 16 kHz mono, 16 bit little endian
	End     Kind = 'E' // finalise
	Drop    Kind = 'D' // forget the utterance
	Ready   Kind = 'R' // the models are loaded
	Partial Kind = 'P' // JSON of Result
	Final   Kind = 'F' // JSON of Result
	Fault   Kind = 'X' // text: the worker cannot go on
)

// MaxBody bounds a frame.
const MaxBody = 1 << 20

// Utterance says how to listen.
type Utterance struct {
	Digits bool `json:"digits,omitempty"`
}

// Result is what was understood.
type Result struct {
	Text  string `json:"text"`
	Words []Word `json:"words,omitempty"`
}

// Word has times in samples since the utterance began.
type Word struct {
	Text       string  `json:"t"`
	Start      int64   `json:"s"`
	End        int64   `json:"e"`
	Confidence float64 `json:"c"`
}

// Write sends one frame.
func Write(w io.Writer, k Kind, body []byte) error {
	if len(body) > MaxBody {
		return fmt.Errorf("wire: %d bytes, at most %d", len(body), MaxBody)
	}
	b := make([]byte, 5, 5+len(body))
	b[0] = byte(k)
	binary.LittleEndian.PutUint32(b[1:], uint32(len(body)))
	_, err := w.Write(append(b, body...))
	return err
}

// Read takes one frame; body is reused.
func Read(r io.Reader, body []byte) (Kind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, body[:0], err
	}
	n := binary.LittleEndian.Uint32(head[1:])
	if n > MaxBody {
		return 0, body[:0], fmt.Errorf("wire: frame %q of %d bytes", head[0], n)
	}
	if cap(body) < int(n) {
		body = make([]byte, n)
	}
	body = body[:n]
	_, err := io.ReadFull(r, body)
	return Kind(head[0]), body, err
}
