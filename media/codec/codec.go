// Package codec encodes and decodes 20 ms frames of 16 kHz mono audio: Opus by
// libopus, G.711 and G.722, each with concealment of what was lost.
package codec

import (
	"errors"
	"fmt"

	"parley/media"
)

// ErrPayload is a payload that its codec does not make.
var ErrPayload = errors.New("codec: malformed payload")

// MaxSamples is the longest packet that is decoded: 120 ms (RFC 6716 section 2.1.4).
const MaxSamples = media.SampleRate * 120 / 1000

// Params of an encoder. Two listeners with equal Params can share one.
type Params struct {
	Complexity int  // of Opus, 0 to 10
	Bitrate    int  // of Opus in bit/s; 0 is 24000
	FEC        bool // Opus carries a coarse copy of the frame before, as soon as a loss is expected
	Loss       int  // expected, in percent, when FEC is on
}

// Encoder encodes frames of media.TickSamples. It is stateful, and not for
// several goroutines at once.
type Encoder interface {
	// Encode writes the payload into dst, reusing its capacity.
	Encode(pcm []int16, dst []byte) ([]byte, error)
	// SetLoss tells how many percent of the packets are lost on the way.
	SetLoss(percent int)
}

// Decoder decodes a stream packet by packet. It is stateful, and not for
// several goroutines at once.
type Decoder interface {
	// Decode writes what the payload holds into pcm, reusing its capacity, which
	// is grown to MaxSamples. On an error pcm comes back empty.
	Decode(payload []byte, pcm []int16) ([]int16, error)
	// Conceal makes up a lost packet of so many samples, at most MaxSamples and a
	// whole number of 2.5 ms. next is the payload that follows it, when it is there
	// already: Opus may carry a copy in it.
	Conceal(next []byte, samples int, pcm []int16) ([]int16, error)
}

// NewEncoder returns an encoder of c.
func NewEncoder(c media.Codec, p Params) (Encoder, error) {
	switch c {
	case media.CodecOpus:
		return newOpusEncoder(p)
	case media.CodecPCMU:
		return newG711Encoder(&ulaw)
	case media.CodecPCMA:
		return newG711Encoder(&alaw)
	case media.CodecG722:
		return newG722Encoder(), nil
	}
	return nil, fmt.Errorf("codec: no encoder for %s", c)
}

// NewDecoder returns a decoder of c.
func NewDecoder(c media.Codec) (Decoder, error) {
	switch c {
	case media.CodecOpus:
		return newOpusDecoder()
	case media.CodecPCMU:
		return newG711Decoder(&ulaw)
	case media.CodecPCMA:
		return newG711Decoder(&alaw)
	case media.CodecG722:
		return newG722Decoder(), nil
	}
	return nil, fmt.Errorf("codec: no decoder for %s", c)
}

// grown is pcm with room for a whole packet, empty.
func grown(pcm []int16) []int16 {
	if cap(pcm) < MaxSamples {
		return make([]int16, 0, MaxSamples)
	}
	return pcm[:0]
}
