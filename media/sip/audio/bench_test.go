package audio

import (
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"parley/asr/vad"
	"parley/media"
	"parley/media/mediatest"
	"parley/media/record"
	"parley/media/room"
)

// ear is what a call hears with.
type ear struct{ vad *vad.Detector }

func (e ear) Arrived(p *media.Packet) {
	for pcm := p.PCM; len(pcm) >= media.TickSamples; pcm = pcm[media.TickSamples:] {
		e.vad.Frame(pcm[:media.TickSamples])
	}
}
func (e ear) Played(*media.Packet) {}
func (e ear) Sent(*media.Packet)   {}

// busy is the processor time that this process has used.
func busy(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCall is a tick of calls by phone, of real sockets: a caller who talks half the
// time, a bot that talks 40 % of it, voice activity detection, and the recording. The
// caller's own sending is in it. "%core" is what a call takes of one.
func BenchmarkCall(b *testing.B) {
	for _, c := range []struct {
		codec  media.Codec
		secure Policy
		record bool
	}{{media.CodecPCMA, SecureOff, false}, {media.CodecPCMA, SecureOff, true}, {media.CodecPCMA, SecureRequired, true}, {media.CodecG722, SecureOff, true}, {media.CodecOpus, SecureOff, true}} {
		b.Run(fmt.Sprintf("%s/secure=%t/record=%t", c.codec, c.secure != SecureOff, c.record), func(b *testing.B) {
			const calls = 20
			p := NewPool(PoolOptions{Low: 23600, High: 23999, Bind: loopback})
			clock := room.NewManual()
			voice := frames(b, c.codec, 100)
			pcm := mediatest.Voice(100)
			type caller struct {
				far *Session
				bot *mediatest.PCM
			}
			var all []caller
			for range calls {
				s := open(b, p, Options{Codecs: []media.Codec{c.codec}, Secure: c.secure})
				far := open(b, p, Options{Codecs: []media.Codec{c.codec}, Secure: c.secure})
				connect(b, far, s)
				r := room.New("r", clock, room.Options{})
				defer r.Close()
				bot := &mediatest.PCM{Name: "bot"}
				seat, err := r.Join(s, room.Customer, room.Talk)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.Join(bot, room.Bot, room.Talk); err != nil {
					b.Fatal(err)
				}
				seat.SetTap(ear{vad.New(vad.Options{})})
				if c.record {
					rec, err := record.New(io.Discard, 0)
					if err != nil {
						b.Fatal(err)
					}
					defer rec.Close()
					seat.SetRecorder(rec)
				}
				all = append(all, caller{far, bot})
			}
			quiet := silence()[c.codec]
			var began time.Duration
			tick := 0
			step := func() {
				for _, k := range all {
					at := media.CallTime(tick * media.TickSamples)
					payload := quiet
					if tick%100 < 50 {
						payload = voice[tick%100]
					}
					k.far.Push(&media.Packet{At: at, Codec: c.codec, Payload: payload})
					if tick%100 >= 60 {
						k.bot.Say(pcm[tick%100*media.TickSamples : (tick%100+1)*media.TickSamples])
					}
				}
				clock.Tick()
				tick++
			}
			for range 100 {
				step()
			}
			began = busy(b)
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
			b.ReportMetric(100*(busy(b)-began).Seconds()/(float64(b.N)*calls*media.Tick.Seconds()), "%core")
		})
	}
}
