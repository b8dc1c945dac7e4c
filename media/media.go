// Package media is the vocabulary of live audio: packets and legs, which move
// every 20 ms and never wait, and frames, sources and sinks, which may.
//
// It knows nothing of codecs, networks, speech or conversations, and imports
// the standard library alone.
package media

import "time"

// The one internal format: 16 kHz, mono, signed 16 bit, in ticks of 20 ms.
const (
	SampleRate  = 16000
	Tick        = 20 * time.Millisecond
	TickSamples = SampleRate / 50
)

// CallTime counts the samples of a room's tick since the call began, at
// SampleRate. It is the only clock of everything that is heard or said: words,
// marks, recording and barge-in all speak it.
type CallTime int64

// At converts a duration since the call began to a CallTime.
func At(d time.Duration) CallTime { return CallTime(int64(d) * SampleRate / int64(time.Second)) }

// Duration is the time since the call began.
func (t CallTime) Duration() time.Duration {
	return time.Duration(int64(t) * int64(time.Second) / SampleRate)
}

// Codec names how a payload is encoded.
type Codec uint8

// The codecs that a leg may carry. CodecPCM means no payload: the PCM moves.
const (
	CodecPCM  Codec = iota
	CodecOpus       // RFC 6716, RFC 7587; RTP clock 48 kHz
	CodecPCMU       // G.711 µ-law; RTP clock 8 kHz
	CodecPCMA       // G.711 A-law; RTP clock 8 kHz
	CodecG722       // G.722; RTP clock 8 kHz by RFC 3551, audio 16 kHz
	CodecCN         // comfort noise, RFC 3389: how loud the silence is from here on; RTP clock 8 kHz
)

// ClockRate is the codec's RTP timestamp rate in Hz.
func (c Codec) ClockRate() int {
	switch c {
	case CodecOpus:
		return 48000
	case CodecPCMU, CodecPCMA, CodecG722, CodecCN:
		return 8000
	}
	return SampleRate
}

// String is the codec's name as SDP writes it.
func (c Codec) String() string {
	switch c {
	case CodecOpus:
		return "opus"
	case CodecPCMU:
		return "PCMU"
	case CodecPCMA:
		return "PCMA"
	case CodecG722:
		return "G722"
	case CodecCN:
		return "CN"
	}
	return "L16"
}

// Packet is what moves every 20 ms: PCM, an encoded payload, or both; it is
// converted at most once.
type Packet struct {
	At      CallTime // of the tick it belongs to
	PCM     []int16  // 16 kHz mono; empty when only the payload is there
	Payload []byte   // as the transport carried it or will carry it; empty for PCM
	Codec   Codec    // of Payload
	Voiced  bool     // whether it is worth sending: false for silence

	// What RTP said, for the jitter buffer; zero for PCM.
	Seq       uint16
	Timestamp uint32
	Marker    bool
	// Mute is audio that nobody is to hear, such as a key's tone: it is decoded, so
	// that what follows sounds right, and played as silence. Without a payload the
	// packet only has its place in the order.
	Mute bool
	// Waited is how long the packet had been there before it was pulled.
	Waited CallTime
}

// LegID names one party's two-way audio in a call.
type LegID string

// Leg is one party's transport. A room polls it; no method waits.
type Leg interface {
	ID() LegID
	// Pull takes the next thing that the party sent, oldest first, and reports
	// whether there was one. It fills p, reusing the capacity of p.PCM and
	// p.Payload, which stay the caller's. On entry p.At is the tick's call time.
	// A room pulls a leg with a codec until it is empty, or enough waits to be
	// played; and a PCM leg once a tick, which gives TickSamples samples or false
	// for silence.
	Pull(p *Packet) bool
	// Push hands the party one tick of what it is to hear. The leg must not
	// keep p or its slices. With a payload codec it is called only for packets
	// that are to be sent; the RTP timestamp follows from p.At.
	Push(p *Packet)
	Close() error
}

// Coded is the optional ability of a leg that moves payloads instead of PCM.
type Coded interface {
	// Codec is what Push expects, and may change. What Pull gives is in each packet.
	Codec() Codec
}

// Steady is the optional ability of a leg that sends something in silence too.
type Steady interface {
	// Idle is called in each tick in which Push is not.
	Idle(at CallTime)
}

// Faint is the optional ability of a leg whose party may be hard to hear.
type Faint interface {
	// Faint reports whether the party's level is to be brought up before anybody hears it.
	Faint() bool
}

// Network is the optional ability of a leg whose far end tells how it fares.
type Network interface {
	Network() NetworkStats
}

// NetworkStats is the state of a leg's transport, as reports of the far end
// (RFC 3550 section 6.4) and its page told it.
type NetworkStats struct {
	RTT     time.Duration // 0: unknown
	Lost    float64       // share of our packets that the far end lost lately, 0 to 1
	Playout time.Duration // delay between arrival and loudspeaker there; 0: unknown
}

// DTMF is the optional ability of a leg whose party can press keys.
type DTMF interface {
	// Keys takes the keys pressed since the last call, oldest first, by
	// appending to dst ('0'–'9', '*', '#', 'A'–'D').
	Keys(dst []byte) []byte
}

// Format is the sampling of a source or sink.
type Format struct {
	Rate     int // Hz
	Channels int
}

// Speech is the format of everything that is recognised or synthesised.
var Speech = Format{Rate: SampleRate, Channels: 1}

// Frame is a stretch of PCM on its way to or from something that may wait.
type Frame struct {
	At  CallTime // of its first sample; 0 where there is no call
	PCM []int16  // interleaved when there are several channels
}

// Source gives audio and may block.
type Source interface {
	Format() Format
	// ReadFrame overwrites f.At and f.PCM (reusing its capacity) with the next
	// 1 to 4096 samples, or returns io.EOF at the end.
	ReadFrame(f *Frame) error
}

// Sink takes audio and may block.
type Sink interface {
	Format() Format
	// WriteFrame must not keep f.
	WriteFrame(f *Frame) error
}
