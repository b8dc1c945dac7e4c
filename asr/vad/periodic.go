package vad

import "math"

const (
	compared = 200          // samples that are compared with earlier ones: 25 ms
	pairs    = compared / 2 // every second of them is looked at
	order    = 4            // taps of the prediction
)

// voice measures periodicity by normalised autocorrelation over two frames, and
// how well four taps predict the signal, which is what tells tones. It is most of
// what a frame costs, so what neighbouring lags share is summed once; the sums are
// whole numbers, and so the same in any order.
func (d *Detector) voice() (voicing, pitch, gain float64) {
	x := &d.buf
	if gain = predictionGain(x); gain == 0 {
		return 0, 0, 1
	}
	const start = 2*decimated - compared
	var e0 float64
	for _, v := range x[start:] {
		e0 += float64(v) * float64(v)
	}
	// Even and odd samples apart, so that those that are looked at lie side by side.
	var by [2][decimated]int64
	for k := range decimated {
		by[0][k], by[1][k] = int64(x[2*k]), int64(x[2*k+1])
	}
	now := (*[pairs]int64)(by[start&1][start/2:])
	var energy [2]int64 // of what lag l looks at, by l's parity
	best, lag := 0.0, 0
	for l := lagMin; l <= lagMax; l++ {
		at := start - l
		then := (*[pairs]int64)(by[at&1][at/2:])
		e := &energy[l&1]
		if l < lagMin+2 {
			*e = dot(then, then)
		} else { // one came in, one went out
			in, out := int64(x[at]), int64(x[at+compared])
			*e += in*in - out*out
		}
		p := float64(dot(now, then))
		if *e == 0 || p <= 0 {
			continue
		}
		norm := e0 * 2 * float64(*e)
		if 4*p*p < norm*best*best { // not above the best: no root is needed
			continue
		}
		if c := 2 * p / math.Sqrt(norm); c > best*1.02 {
			best, lag = c, l
		}
	}
	if lag == 0 {
		return 0, 0, gain
	}
	return min(best, 1), 8000 / float64(lag), gain
}

// dot is the sum of products.
func dot(a, b *[pairs]int64) int64 {
	var s, t, u, v int64
	for i := 0; i+3 < pairs; i += 4 {
		s += a[i] * b[i]
		t += a[i+1] * b[i+1]
		u += a[i+2] * b[i+2]
		v += a[i+3] * b[i+3]
	}
	return s + t + u + v
}

// predictionGain is how much of the last frame's energy four taps explain, by
// least squares (the covariance method): speech some tens, two tones thousands.
// It is 0 for silence.
func predictionGain(x *[2 * decimated]int32) float64 {
	return explained(normal(x))
}

// explained is the share that the normal equations of a prediction explain of an energy: the
// energy over what is left of it. It is 0 for silence.
func explained(m [order][order + 1]float64, e float64) float64 {
	if e < 1000 {
		return 0
	}
	for a := range order {
		m[a][a] *= 1 + 1e-9
	}
	rest := e
	for a := range order { // elimination; each pivot explains a part of the energy
		if m[a][a] <= 1e-9*e {
			break
		}
		rest -= m[a][order] * m[a][order] / m[a][a]
		for b := a + 1; b < order; b++ {
			f := m[b][a] / m[a][a]
			for c := a; c <= order; c++ {
				m[b][c] -= f * m[a][c]
			}
		}
	}
	return e / max(rest, e*1e-6)
}

// normal is the normal equations of the prediction of the last frame, and its energy.
// The products at one distance are summed once: where they begin one sample earlier,
// one product comes in and one goes out.
func normal(x *[2 * decimated]int32) (m [order][order + 1]float64, energy float64) {
	var c [order + 1][order + 1]int64 // c[a][b]: products of a and b samples before
	var s0, s1, s2, s3, s4 int64
	for i := decimated; i < len(x); i++ {
		v := int64(x[i])
		s0 += v * v
		s1 += v * int64(x[i-1])
		s2 += v * int64(x[i-2])
		s3 += v * int64(x[i-3])
		s4 += v * int64(x[i-4])
	}
	c[0] = [order + 1]int64{s0, s1, s2, s3, s4}
	for a := range order {
		for b := a; b < order; b++ {
			c[a+1][b+1] = c[a][b] + int64(x[decimated-1-a])*int64(x[decimated-1-b]) -
				int64(x[2*decimated-1-a])*int64(x[2*decimated-1-b])
		}
	}
	for a := range order {
		m[a][order] = float64(c[0][a+1])
		for b := a; b < order; b++ {
			m[a][b] = float64(c[a+1][b+1])
			m[b][a] = m[a][b]
		}
	}
	return m, float64(s0)
}
