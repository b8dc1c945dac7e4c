package asr

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"parley/media"
	"parley/media/codec"
	"parley/media/jitter"
	"parley/media/level"
)

// line is a telephone line that the clips come through, as a call's do: encoded, lost
// and delayed on the way, then put in order and made up for by the room's own parts.
type line struct {
	codec   media.Codec
	loss    float64       // share of the packets, each for itself
	jitter  time.Duration // that a packet is delayed by, at most
	conceal bool
}

var lineCodecs = map[string]media.Codec{"pcmu": media.CodecPCMU, "pcma": media.CodecPCMA, "g722": media.CodecG722, "opus": media.CodecOpus}

// lineFlags are the line's settings; the result is nil without a line.
func lineFlags(fs *flag.FlagSet) func() (*line, error) {
	name := fs.String("line", "", "let the clips come through a telephone line of this `codec`: pcmu, pcma, g722, opus")
	loss := fs.Float64("loss", 0, "`percent` of the line's packets that are lost")
	sway := fs.Duration("jitter", 0, "by which the line delays a packet, at most")
	conceal := fs.Bool("conceal", true, "make up for what is lost; false: it is silence")
	return func() (*line, error) {
		if *name == "" {
			return nil, nil
		}
		c, ok := lineCodecs[strings.ToLower(*name)]
		if !ok || *loss < 0 || *loss > 100 || *sway < 0 || *sway > time.Second {
			return nil, fmt.Errorf("a line of %q with %g %% loss and %s jitter: codecs are pcmu, pcma, g722 and opus, jitter at most 1s", *name, *loss, *sway)
		}
		return &line{codec: c, loss: *loss / 100, jitter: *sway, conceal: *conceal}, nil
	}
}

// String is what a report says of it.
func (l *line) String() string {
	s := fmt.Sprintf("%s, %g %% lost, %s jitter", l.codec, 100*l.loss, l.jitter)
	if !l.conceal {
		s += ", not made up for"
	}
	return s
}

// before is how much of the call there is before a clip: the jitter buffer has learnt by then.
const before = 150 // ticks

// through is what of a clip comes through the line. Equal seeds lose and delay the same.
func (l *line) through(pcm []int16, seed uint64) ([]int16, error) {
	packets, err := l.packets(pcm, rand.New(rand.NewPCG(seed, 22)))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(packets, func(a, b packet) int { return cmp.Compare(a.arrives, b.arrives) })
	var raiser level.Raiser
	b := jitter.New(func(_ media.CallTime, pcm []int16) { raiser.Raise(pcm) })
	var out []int16
	var p media.Packet
	ticks := before + len(pcm)/media.TickSamples + 25 // and the delay
	for tick := range ticks {
		now := media.CallTime((tick + 1) * media.TickSamples)
		for len(packets) > 0 && packets[0].arrives < now {
			packets[0].Waited = now - packets[0].arrives
			b.Put(now, &packets[0].Packet)
			packets = packets[1:]
		}
		if !b.Next(now, &p) {
			p.PCM = append(p.PCM[:0], make([]int16, media.TickSamples)...)
		}
		if tick >= before {
			out = append(out, p.PCM...)
		}
	}
	return out, nil
}

// packet is one on its way.
type packet struct {
	media.Packet
	arrives media.CallTime
}

func (l *line) packets(pcm []int16, rng *rand.Rand) (out []packet, err error) {
	enc, err := codec.NewEncoder(l.codec, codec.Params{Bitrate: 32000, FEC: true, Loss: int(100 * l.loss)})
	if err != nil {
		return nil, err
	}
	pcm = slices.Concat(make([]int16, before*media.TickSamples), pcm, make([]int16, media.TickSamples))
	for i := range len(pcm) / media.TickSamples {
		payload, err := enc.Encode(pcm[i*media.TickSamples:(i+1)*media.TickSamples], nil)
		if err != nil {
			return nil, err
		}
		p := packet{arrives: media.CallTime(i*media.TickSamples) + media.At(time.Duration(rng.Float64()*float64(l.jitter)))}
		p.Packet = media.Packet{Codec: l.codec, Payload: payload, Seq: uint16(i), Timestamp: uint32(i * l.codec.ClockRate() / 50)}
		if rng.Float64() < l.loss {
			if l.conceal {
				continue
			}
			p.Mute = true
		}
		out = append(out, p)
	}
	return out, nil
}
