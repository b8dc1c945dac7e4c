package echo

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"parley/media"
)

const tick = media.TickSamples

// syllables is speech as an envelope: bursts of coloured noise of random length and level.
func syllables(rng *rand.Rand, ticks int, level float64) []int16 {
	out := make([]int16, ticks*tick)
	last := 0.0
	for i := 0; i < len(out); {
		n := (3 + rng.IntN(10)) * tick
		a := level * (0.2 + rng.Float64())
		if rng.IntN(4) == 0 {
			a = 0
		}
		for k := 0; k < n && i < len(out); k++ {
			last = 0.7*last + rng.NormFloat64()
			out[i] = int16(math.Max(math.Min(a*last*math.Sin(math.Pi*float64(k)/float64(n)), 32767), -32768))
			i++
		}
	}
	return out
}

// through is what a microphone hears of x: late, softer, with the room's ringing and some noise.
func through(rng *rand.Rand, x []int16, delayMS int, gainDB float64) []int16 {
	g, d := math.Pow(10, gainDB/20), delayMS*16
	out := make([]int16, len(x))
	ring := 0.0
	for i := range out {
		v := 0.0
		if i >= d {
			v = float64(x[i-d])
		}
		ring = 0.9995*ring + 0.02*v
		out[i] = int16(g*(v+ring*0.02) + 8*rng.NormFloat64())
	}
	return out
}

// run gives the longest run of loud frames of mic that are not taken for echo, and their share.
func run(d *Detector, bot, mic []int16) (longest int, share float64) {
	n, loud, own := 0, 0, 0
	for i := 0; i+tick <= len(mic); i += tick {
		at := media.CallTime(i)
		d.Played(at, bot[i:i+tick])
		v := d.Frame(at, mic[i:i+tick])
		if level(mic[i:i+tick]) < -50 {
			n = 0
			continue
		}
		loud++
		if v.Echo {
			n = 0
			continue
		}
		own++
		n++
		longest = max(longest, n)
	}
	return longest, float64(own) / float64(max(loud, 1))
}

func TestEchoIsNoCustomer(t *testing.T) {
	bad := 0
	for _, gain := range []float64{-12, -18, -24, -30} {
		for _, delay := range []int{40, 110, 200, 350} {
			rng := rand.New(rand.NewPCG(uint64(delay), 7))
			bot := syllables(rng, 500, 5000)
			longest, share := run(New(), bot, through(rng, bot, delay, gain))
			if longest > 10 || share > 0.06 {
				bad++
				t.Errorf("%.0f dB, %d ms: %d frames in a row, %.0f %%, are taken for a customer", gain, delay, longest, 100*share)
			}
		}
	}
}

func TestTheCustomerIsNoEcho(t *testing.T) {
	for _, gain := range []float64{-100, -12, -24} { // of the bot in the microphone
		rng := rand.New(rand.NewPCG(3, 7))
		bot := syllables(rng, 600, 5000)
		mic := through(rng, bot, 150, gain)
		voice := syllables(rng, 100, 4000)
		for i, v := range voice {
			k := 400*tick + i
			mic[k] = int16(max(min(int(mic[k])+int(v), 32767), -32768))
		}
		d := New()
		run(d, bot[:400*tick], mic[:400*tick])
		own := 0
		for i := 400 * tick; i < 500*tick; i += tick {
			d.Played(media.CallTime(i), bot[i:i+tick])
			if v := d.Frame(media.CallTime(i), mic[i:i+tick]); !v.Echo && level(mic[i:i+tick]) > -50 {
				own++
			}
		}
		if own < 25 { // three in a row are an onset; a quarter of the time the voice itself is silent
			t.Errorf("%.0f dB of echo: of two seconds of double talk %d frames of 100 are the customer's", gain, own)
		}
	}
}

func TestWithoutABotAllIsTheCustomer(t *testing.T) {
	d := New()
	for i, x := 0, syllables(rand.New(rand.NewPCG(1, 1)), 100, 3000); i < len(x); i += tick {
		if d.Frame(media.CallTime(i), x[i:i+tick]).Echo {
			t.Fatal("echo of nothing")
		}
	}
}

func TestRepeats(t *testing.T) {
	const said = "You can return headphones within thirty days of delivery."
	d := New()
	for text, want := range map[string]bool{
		"return headphones within thirty days": true, "can return headphone within forty days of": true,
		"thirty days": false, "can I return my speaker": false, "": false, "where is my order it never came": false,
	} {
		if got := d.Repeats(text, said, "en"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	d.corr = 0.9
	if !d.Repeats("thirty days", said, "en") {
		t.Error("a short echo is not known where there is one")
	}
	if !New().Repeats("三十天之内可以退货", "签收后三十天之内可以退货。", "zh-CN") {
		t.Error("Chinese")
	}
}

func TestNothingIsAllocated(t *testing.T) {
	d, x := New(), syllables(rand.New(rand.NewPCG(1, 1)), 1, 3000)
	at := media.CallTime(0)
	if n := testing.AllocsPerRun(100, func() { d.Played(at, x); d.Frame(at, x); at += tick }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// The transform is the sum that defines it.
func TestTransform(t *testing.T) {
	var s spectrum
	rng := rand.New(rand.NewPCG(5, 5))
	var in [half]complex128
	for i := range in {
		in[i] = complex(rng.NormFloat64(), rng.NormFloat64())
		s.re[reversed[i]], s.im[reversed[i]] = real(in[i]), imag(in[i])
	}
	s.transform()
	for k := range half {
		var want complex128
		for i, v := range in {
			want += v * cmplx.Rect(1, -2*math.Pi*float64(i*k%half)/half)
		}
		if cmplx.Abs(want-complex(s.re[k], s.im[k])) > 1e-9 {
			t.Fatalf("bin %d is %v, want %v", k, complex(s.re[k], s.im[k]), want)
		}
	}
}

func TestBandsOfASine(t *testing.T) {
	var s spectrum
	for _, hz := range []float64{300, 1000, 3300} {
		x := make([]int16, tick)
		for i := range x {
			x[i] = int16(16384 * math.Sin(2*math.Pi*hz*float64(i)/media.SampleRate))
		}
		var b bands
		s.of(x, &b)
		best := 0
		for i := range b {
			if b[i] > b[best] {
				best = i
			}
		}
		if bin := int(hz/31.25 + 0.5); edges[best] > bin || bin >= edges[best+1] || math.Abs(b[best]+6) > 2.5 {
			t.Errorf("%.0f Hz: loudest in bins %d-%d at %.1f dB", hz, edges[best], edges[best+1], b[best])
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	d, x := New(), syllables(rand.New(rand.NewPCG(1, 1)), 1, 3000)
	at := media.CallTime(0)
	for b.Loop() {
		d.Played(at, x)
		d.Frame(at, x)
		at += tick
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20e6*100, "%core")
}
