package jitter

import (
	"math"
	"math/rand/v2"
	"testing"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
)

// stream is a talker's packets: a tone that Opus carries well.
func stream(t testing.TB, c media.Codec, n int) []media.Packet {
	t.Helper()
	enc, err := codec.NewEncoder(c, codec.Params{FEC: true, Loss: 20, Bitrate: 32000})
	if err != nil {
		t.Fatal(err)
	}
	out := make([]media.Packet, n)
	var pcm [media.TickSamples]int16
	for i := range out {
		for k := range pcm {
			x := 2 * math.Pi * float64(i*media.TickSamples+k) / media.SampleRate
			pcm[k] = int16(6000 * (math.Sin(200*x) + math.Sin(500*x) + math.Sin(900*x)) / 2)
		}
		b, err := enc.Encode(pcm[:], nil)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = media.Packet{Payload: b, Codec: c, Seq: uint16(65500 + i), Timestamp: uint32(math.MaxUint32-5000) + uint32(i*c.ClockRate()/50)}
	}
	return out
}

// run plays packets; when[i] is the tick at which packet i arrives, below 0 never.
func run(b *Buffer, ps []media.Packet, when []int, ticks int) (levels []float64) {
	var p media.Packet
	for tick := range ticks {
		now := media.CallTime(tick * media.TickSamples)
		for i, w := range when {
			if w == tick {
				b.Put(now, &ps[i])
			}
		}
		p.PCM = p.PCM[:0]
		level := 0.0
		if b.Next(now, &p) {
			for _, v := range p.PCM {
				level += float64(v) * float64(v)
			}
			level = math.Sqrt(level / media.TickSamples)
		}
		levels = append(levels, level)
	}
	return levels
}

func each(n int, f func(i int) int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

// gaps counts the ticks between the first and the last sound that are near silence.
func gaps(levels []float64) (n, heard int) {
	first, last := -1, 0
	for i, l := range levels {
		if l > 400 { // concealment is softer than the tone, 3700
			if first < 0 {
				first = i
			}
			last = i
			heard++
		}
	}
	return last - first + 1 - heard, heard
}

func TestSteadyStreamIsWhole(t *testing.T) {
	for _, c := range []media.Codec{media.CodecOpus, media.CodecPCMU} {
		b := New(nil)
		levels := run(b, stream(t, c, 200), each(200, func(i int) int { return i }), 210)
		g, heard := gaps(levels)
		s := b.Stats()
		if g > 0 || heard < 199 || s.Concealed > maxHide || s.Lost+s.Late+s.Duplicate+s.Broken > 0 {
			t.Errorf("%s: %d gaps, %d ticks heard, %+v", c, g, heard, s)
		}
		if s.Target > 2*media.TickSamples {
			t.Errorf("%s: a steady stream is delayed by %s", c, s.Target.Duration())
		}
	}
}

func TestLossReorderingAndDuplication(t *testing.T) {
	for _, loss := range []float64{0.1, 0.2} {
		rng := rand.New(rand.NewPCG(1, 2))
		ps := stream(t, media.CodecOpus, 400)
		twice := append(ps[:len(ps):len(ps)], ps...)
		lost := 0
		when := each(len(twice), func(i int) int {
			switch {
			case i < 400 && rng.Float64() < loss:
				lost++
				return -1
			case i < 400:
				return i + rng.IntN(3) // reordered by up to two
			case i%5 == 0:
				return -1 // four in five come twice, also of those lost: late then
			default:
				return -1
			}
		})
		for i := range 400 {
			if when[i] >= 0 && i%5 == 0 {
				when[400+i] = when[i] + 1
			}
		}
		b := New(nil)
		levels := run(b, twice, when, 420)
		g, heard := gaps(levels)
		s := b.Stats()
		t.Logf("loss %.0f %%: %d ticks heard, %d gaps, %+v", 100*loss, heard, g, s)
		if g > 8 || heard < 385 {
			t.Errorf("loss %.0f %%: %d gaps among %d ticks", 100*loss, g, heard)
		}
		if int(s.Lost) > lost+4 || s.Duplicate+s.Late < 50 {
			t.Errorf("loss %.0f %%: %d lost, counted %+v", 100*loss, lost, s)
		}
	}
}

// Packets that are overtaken are waited for once that has been seen to happen.
func TestWhatIsOvertakenIsWaitedFor(t *testing.T) {
	ps := stream(t, media.CodecOpus, 1000)
	b := New(nil)
	when := each(1000, func(i int) int {
		if i%10 == 5 {
			return i + 2
		}
		return i
	})
	run(b, ps, when, 500)
	before := b.Stats()
	for i, w := range when {
		if w >= 500 {
			when[i] = w - 500
		} else {
			when[i] = -1
		}
	}
	var p media.Packet
	for tick := range 480 {
		now := media.CallTime((500 + tick) * media.TickSamples)
		for i, w := range when {
			if w == tick {
				b.Put(now, &ps[i])
			}
		}
		b.Next(now, &p)
	}
	if s := b.Stats(); s.Late-before.Late > 0 || s.Lost-before.Lost > 0 {
		t.Errorf("still late after ten seconds: %+v, before %+v", s, before)
	}
	if before.Late > 5 {
		t.Errorf("%d late in the first ten seconds", before.Late)
	}
}

// A lost frame is heard from the copy that the next packet carries.
func TestCopiesInPacketsAreUsed(t *testing.T) {
	const n = 300
	x := mediatest.Voice(n)
	hear := func(fec bool, lost func(int) bool) []int16 {
		enc, err := codec.NewEncoder(media.CodecOpus, codec.Params{FEC: fec, Loss: 20, Bitrate: 32000, Complexity: 5})
		if err != nil {
			t.Fatal(err)
		}
		b := New(nil)
		var out []int16
		var p media.Packet
		for i := range n {
			payload, err := enc.Encode(x[i*media.TickSamples:(i+1)*media.TickSamples], nil)
			if err != nil {
				t.Fatal(err)
			}
			now := media.CallTime(i * media.TickSamples)
			if !lost(i) {
				b.Put(now, &media.Packet{Payload: payload, Codec: media.CodecOpus, Seq: uint16(i), Timestamp: uint32(i * 960)})
			}
			if p.PCM = p.PCM[:0]; !b.Next(now, &p) {
				p.PCM = append(p.PCM, make([]int16, media.TickSamples)...)
			}
			out = append(out, p.PCM...)
		}
		return out
	}
	worst := func(fec bool) (err float64) {
		lost := func(i int) bool { return i > 50 && i%6 == 0 }
		whole, broken := hear(fec, func(int) bool { return false }), hear(fec, lost)
		err = math.Inf(1)
		for lag := range 4 { // ticks by which the one may be later than the other
			var d, e float64
			for i := 60 * media.TickSamples; i < len(whole)-4*media.TickSamples; i++ {
				x := float64(whole[i]) - float64(broken[i+lag*media.TickSamples])
				d += x * x
				e += float64(whole[i]) * float64(whole[i])
			}
			err = min(err, d/e)
		}
		return err
	}
	with, without := worst(true), worst(false)
	t.Logf("error by loss: %.3f of the energy with copies, %.3f without", with, without)
	if with > without/2 {
		t.Errorf("copies in the packets make no difference: error %.3f with, %.3f without", with, without)
	}
}

func TestDelayFollowsTheNetwork(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	ps := stream(t, media.CodecOpus, 1500)
	b := New(nil)
	at := 0
	when := each(1500, func(i int) int {
		if i < 700 {
			at = max(at, i+rng.IntN(5)) // bursts: up to 80 ms late
		} else {
			at = max(at, i)
		}
		return at
	})
	levels := run(b, ps, when, 690)
	if s := b.Stats(); s.Target < 3*media.TickSamples || s.Target > 6*media.TickSamples {
		t.Errorf("with 80 ms of variation the target is %s", s.Target.Duration())
	}
	if g, _ := gaps(levels[300:]); g > 3 {
		t.Errorf("%d gaps after it had learnt", g)
	}
}

func TestAPauseIsSilenceAndStartsAgain(t *testing.T) {
	ps := stream(t, media.CodecOpus, 100)
	for i := 50; i < 100; i++ { // DTX: sequence runs on, time jumps by a second
		ps[i].Timestamp += 48000
	}
	b := New(nil)
	levels := run(b, ps, each(100, func(i int) int {
		if i >= 50 {
			return i + 50
		}
		return i
	}), 160)
	heard := 0
	for _, l := range levels[60:95] {
		if l > 300 {
			heard++
		}
	}
	if heard > 0 {
		t.Errorf("%d ticks of sound in the pause", heard)
	}
	if _, n := gaps(levels[95:]); n < 48 {
		t.Errorf("%d of 50 ticks after the pause", n)
	}
}

func TestClockDriftEndsHere(t *testing.T) {
	for _, ppm := range []int{-3000, 3000} { // far more than clocks do, to be quick
		n := 3000
		ps := stream(t, media.CodecPCMU, n)
		b := New(nil)
		run(b, ps, each(n, func(i int) int { return i + i*ppm/1000000 }), n*(1000000+ppm)/1000000-2)
		if s := b.Stats(); s.Delay > 6*media.TickSamples {
			t.Errorf("%d ppm: %s wait in the end", ppm, s.Delay.Duration())
		}
	}
}

func TestAnotherStreamTakesOver(t *testing.T) {
	a, c := stream(t, media.CodecOpus, 50), stream(t, media.CodecPCMA, 50)
	for i := range c {
		c[i].Seq += 20000
	}
	ps := append(a, c...)
	b := New(nil)
	levels := run(b, ps, each(100, func(i int) int { return i }), 110)
	if g, heard := gaps(levels); g > 3 || heard < 95 {
		t.Errorf("%d gaps, %d heard", g, heard)
	}
}

func TestDecodedComesAtOnceAndInOrder(t *testing.T) {
	var at []media.CallTime
	b := New(func(c media.CallTime, pcm []int16) { at = append(at, c) })
	ps := stream(t, media.CodecOpus, 20)
	b.Put(0, &ps[0])
	b.Put(0, &ps[2])
	if len(at) != 1 {
		t.Fatalf("%d decoded, want the first alone", len(at))
	}
	b.Put(0, &ps[1])
	if len(at) != 3 || at[1] <= at[0] || at[2] <= at[1] {
		t.Fatalf("decoded at %v", at)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	ps := stream(t, media.CodecOpus, 64)
	b := New(nil)
	var p media.Packet
	tick := 0
	step := func() {
		now := media.CallTime(tick * media.TickSamples)
		q := ps[tick%64]
		q.Seq, q.Timestamp = uint16(tick), uint32(tick*960)
		if tick%9 != 3 {
			b.Put(now, &q)
		}
		b.Next(now, &p)
		tick++
	}
	for range 200 {
		step()
	}
	if n := testing.AllocsPerRun(500, step); n > 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

func FuzzBuffer(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 255, 254, 9, 9, 9, 128})
	ps := stream(f, media.CodecOpus, 8)
	f.Fuzz(func(t *testing.T, script []byte) {
		b := New(nil)
		var p media.Packet
		var seq uint16
		for i, c := range script {
			now := media.CallTime(i * media.TickSamples)
			q := ps[c%8]
			seq += uint16(int8(c)) * uint16(c%3*c%17+1)
			q.Seq, q.Timestamp = seq, uint32(c)*uint32(i)*77
			if c%11 == 0 {
				q.Payload = script[:min(len(script), i)]
			}
			q.Codec = media.Codec(c % 7)
			b.Put(now, &q)
			if b.Next(now, &p) && len(p.PCM) != media.TickSamples {
				t.Fatalf("%d samples", len(p.PCM))
			}
		}
		if b.held < 0 || b.n < 0 || b.n > frames {
			t.Fatalf("held %d, waiting %d", b.held, b.n)
		}
	})
}
