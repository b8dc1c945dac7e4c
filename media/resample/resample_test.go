package resample

import (
	"fmt"
	"math"
	"testing"
)

func tone(rate int, hz float64, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(16000 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return out
}

// power is the mean square of x in dB of full scale, and of x without its component at hz.
func power(x []int16, rate int, hz float64) (all, rest float64) {
	var c, s, e float64
	for i, v := range x {
		w := 2 * math.Pi * hz * float64(i) / float64(rate)
		c += float64(v) * math.Cos(w)
		s += float64(v) * math.Sin(w)
		e += float64(v) * float64(v)
	}
	n := float64(len(x))
	at := 2 * (c*c + s*s) / (n * n)
	db := func(p float64) float64 { return 10 * math.Log10(math.Max(p, 1e-9)/(32768*32768/2)) }
	return db(e / n), db(e/n - at)
}

func TestTonesComeThroughPure(t *testing.T) {
	for _, c := range []struct {
		from, to int
		hz       float64
	}{{8000, 16000, 1000}, {8000, 16000, 3000}, {16000, 8000, 1000}, {16000, 8000, 3000}, {24000, 16000, 440}, {24000, 16000, 6500},
		{22050, 16000, 1000}, {48000, 16000, 6500}, {16000, 48000, 6500}, {44100, 16000, 2000}} {
		t.Run(fmt.Sprintf("%d-%d-%g", c.from, c.to, c.hz), func(t *testing.T) {
			r, err := New(c.from, c.to)
			if err != nil {
				t.Fatal(err)
			}
			out := r.Process(tone(c.from, c.hz, c.from), nil)
			out = out[c.to/10:]
			n := int(float64(int(float64(len(out))*c.hz/float64(c.to))) * float64(c.to) / c.hz) // whole periods
			all, rest := power(out[:n], c.to, c.hz)
			if all < -6.9 || all > -5.9 {
				t.Errorf("level %.1f dB, want that of the input, -6.2", all)
			}
			if rest > all-65 { // rounding to 16 bits alone leaves about -90
				t.Errorf("what is not the tone lies %.1f dB below it", all-rest)
			}
		})
	}
}

func TestWhatTheLowerRateCannotCarryIsGone(t *testing.T) {
	for _, c := range []struct {
		from, to int
		hz       float64
	}{{16000, 8000, 4800}, {48000, 16000, 9500}, {24000, 16000, 9600}} {
		r, err := New(c.from, c.to)
		if err != nil {
			t.Fatal(err)
		}
		out := r.Process(tone(c.from, c.hz, c.from), nil)[c.to/10:]
		if all, _ := power(out, c.to, 1); all > -76 {
			t.Errorf("%d to %d Hz: an alias of %g Hz at %.1f dB", c.from, c.to, c.hz, all)
		}
	}
}

func TestBlocksMakeNoDifference(t *testing.T) {
	in := tone(24000, 700, 24000)
	whole, _ := New(24000, 16000)
	want := whole.Process(in, nil)
	parts, _ := New(24000, 16000)
	var got []int16
	for n := 1; len(in) > 0; n = n*7%613 + 1 {
		k := min(n, len(in))
		got = parts.Process(in[:k], got)
		in = in[k:]
	}
	if len(got) != len(want) {
		t.Fatalf("%d samples in blocks, %d at once", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("sample %d differs", i)
		}
	}
}

func TestNothingIsAllocatedAndRatesAreChecked(t *testing.T) {
	r, _ := New(48000, 16000)
	in, out := tone(48000, 400, 960), make([]int16, 0, 400)
	if n := testing.AllocsPerRun(100, func() { out = r.Process(in, out[:0]) }); n > 0 {
		t.Errorf("%v allocations a block", n)
	}
	for _, c := range [][2]int{{0, 16000}, {16000, -1}, {16000, 1 << 20}} {
		if _, err := New(c[0], c[1]); err == nil {
			t.Errorf("%v was taken", c)
		}
	}
}

func BenchmarkTick48To16(b *testing.B) {
	r, _ := New(48000, 16000)
	in, out := tone(48000, 400, 960), make([]int16, 0, 400)
	for b.Loop() {
		out = r.Process(in, out[:0])
	}
}
