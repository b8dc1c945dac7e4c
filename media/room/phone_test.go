package room

import (
	"testing"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
)

// phone is a leg whose codec changes in the call, that is told of silence, and whose
// party may be faint.
type phone struct {
	*mediatest.Coded
	of    media.Codec
	idle  []media.CallTime
	faint bool
}

func (p *phone) Codec() media.Codec     { return p.of }
func (p *phone) Idle(at media.CallTime) { p.idle = append(p.idle, at) }
func (p *phone) Faint() bool            { return p.faint }

// A leg that takes another codec from now on gets it with the next tick.
func TestACodecChangesInTheCall(t *testing.T) {
	clock := NewManual()
	r := New("r", clock, Options{})
	defer r.Close()
	p := &phone{Coded: mediatest.NewCoded("phone", media.CodecPCMU, true), of: media.CodecPCMU}
	if _, err := r.Join(p, Customer, Talk); err != nil {
		t.Fatal(err)
	}
	bot, _ := seated(t, r, "bot", Bot, Talk)
	bot.Say(mediatest.Voice(30))
	for _, c := range []media.Codec{media.CodecPCMU, media.CodecG722, media.CodecOpus} {
		p.of = c
		before := p.Count()
		ticks(clock, 10)
		sent := p.Sent()[before:]
		if len(sent) != 10 {
			t.Fatalf("%d packets of %s in ten ticks", len(sent), c)
		}
		for i, s := range sent {
			if s.Codec != c {
				t.Errorf("packet %d is %s, want %s", i, s.Codec, c)
			}
		}
	}
}

// In each tick a steady leg is either handed audio or told that there is none.
func TestASteadyLegIsToldOfSilence(t *testing.T) {
	clock := NewManual()
	r := New("r", clock, Options{})
	defer r.Close()
	p := &phone{Coded: mediatest.NewCoded("phone", media.CodecPCMU, true), of: media.CodecPCMU}
	if _, err := r.Join(p, Customer, Talk); err != nil {
		t.Fatal(err)
	}
	bot, _ := seated(t, r, "bot", Bot, Talk)
	ticks(clock, 10)
	bot.Say(mediatest.Voice(10))
	ticks(clock, 20)
	if n := p.Count(); n != 10+hangover || len(p.idle) != 30-n || p.idle[10] != media.CallTime(20+hangover)*media.TickSamples {
		t.Errorf("%d packets, silence at %v", p.Count(), p.idle)
	}
}

// Who is faint is brought up before anybody hears it, the ear first; who is not is left alone.
func TestAFaintPartyIsRaised(t *testing.T) {
	for _, faint := range []bool{true, false} {
		clock := NewManual()
		r := New("r", clock, Options{})
		p := &phone{Coded: mediatest.NewCoded("phone", media.CodecG722, false), of: media.CodecG722, faint: faint}
		seat, err := r.Join(p, Customer, Talk)
		if err != nil {
			t.Fatal(err)
		}
		agent, _ := seated(t, r, "agent", Agent, Talk)
		var ear taps
		seat.SetTap(&ear)
		x := mediatest.Voice(400)
		for i := range x {
			if x[i] /= 20; i/media.TickSamples%20 < 5 {
				x[i] /= 64
			}
		}
		enc, err := codec.NewEncoder(media.CodecG722, codec.Params{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 400 {
			b, err := enc.Encode(x[i*media.TickSamples:(i+1)*media.TickSamples], nil)
			if err != nil {
				t.Fatal(err)
			}
			p.Arrive(media.Packet{Codec: media.CodecG722, Payload: b, Seq: uint16(i), Timestamp: uint32(160 * i)})
			clock.Tick()
		}
		said, heard := mediatest.Level(x[350*320:]), mediatest.Level(agent.Heard()[350*320:])
		if raised := heard > 2*said && ear.level > 2*said; raised != faint {
			t.Errorf("faint %t: %.0f was said, the agent heard %.0f, the ear %.0f", faint, said, heard, ear.level)
		}
		r.Close()
	}
}

// taps keeps the level of the last second or so.
type taps struct{ level float64 }

func (e *taps) Arrived(p *media.Packet) { e.level += (mediatest.Level(p.PCM) - e.level) / 50 }
func (e *taps) Played(*media.Packet)    {}
func (e *taps) Sent(*media.Packet)      {}
