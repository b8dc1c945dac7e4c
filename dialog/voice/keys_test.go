package voice

import (
	"testing"

	"parley/dialog"
	"parley/media"
)

// Keys that a leg has received reach the conversation, each once and in order.
func TestKeysReachTheConversation(t *testing.T) {
	e := newEar("en", ends)
	pressed := [][]byte{nil, []byte("4#"), nil, []byte("2")}
	e.keys = func(dst []byte) []byte {
		k := pressed[0]
		pressed = pressed[1:]
		return append(dst, k...)
	}
	got := ""
	e.emit = func(ev dialog.Event) {
		if k, ok := ev.(dialog.Key); ok {
			got += string(k.Digit)
		}
	}
	for i := range 4 {
		e.Played(&media.Packet{At: media.CallTime(i) * media.TickSamples, PCM: make([]int16, media.TickSamples)})
	}
	if got != "4#2" {
		t.Errorf("%q", got)
	}
}
