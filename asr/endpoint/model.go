package endpoint

import "math"

// Features are what a pause is judged by, each about -2 to 2.
type Features [features]float64

// The features.
const (
	fOne      = iota
	fEnd      // how readily a sentence ends after the last word: ln of its chance
	fEndPrev  // the same of the word before
	fWords    // ln of the number of words, less 1.5
	fSingle   // one word
	fNoVerb   // several words, none of them a verb
	fMainVerb // verbs less subordinate clauses
	fObject   // ln of the words since the last verb
	fVerbLast
	fModified
	fBegun
	fWanting
	fUnsaid  // no words yet
	fAnswer  // "yes", "no thank you"
	fWhole   // a whole sentence, by rule
	fHanging // breaks off, by rule
	fHan     // Chinese: the words say nothing of English
	fHanWhole
	fHanHanging
	fDigit     // one digit
	fGroup     // two or three digits
	fNumber    // four and more
	fPitch     // of the last 200 ms against the speaker's
	fPitchLast // of the last three voiced frames
	fLong      // how long the last syllable was drawn: ln of frames, less 2
	fLevel     // of the last 80 ms against the speaker's
	fSlope     // and against the 160 ms before
	fVoiced
	fDecay  // how loud the pause begins: its first 60 ms
	fBreath // and what comes then
	fDrop   // the steepest fall of level at the end
	fPeak   // of the last 60 ms of speech against the loudest of the last 300
	fDrawl
	fBrief   // how much less than a second was spoken
	fSpeech  // ln of the seconds spoken in the turn
	fStretch // ln of the seconds since the last pause
	fPauses  // in this turn
	features
)

// Weights are a logistic regression of "the customer is done" on Features, and
// the pauses of those who are not: log-normal, in ln of seconds.
type Weights struct {
	W     Features
	Mu    float64
	Sigma float64
}

// Done is the log odds that the customer is done, by all but the silence.
func (w *Weights) Done(x *Features) float64 {
	z := 0.0
	for i, v := range x {
		z += w.W[i] * v
	}
	return z
}

const longest = 2.0 // seconds: who is silent for longer is done

// survives is the natural log of the chance that a pause inside a turn lasts
// longer than t seconds, given that it lasts 0.2.
func survives(t, mu, sigma float64) float64 {
	if t >= longest {
		return math.Inf(-1)
	}
	tail := func(t float64) float64 { return math.Erfc((math.Log(t) - mu) / (sigma * math.Sqrt2)) }
	return math.Min(math.Log((tail(t)-tail(longest))/(tail(0.2)-tail(longest))), 0)
}

// wait is the silence in seconds after which the odds of being done, which were
// done at its beginning, have grown to those that are asked for.
func wait(done, asked, mu, sigma float64) float64 {
	lo, hi := 0.2, 4.0
	if done >= asked {
		return lo
	}
	for range 12 { // to 1 ms
		if mid := (lo + hi) / 2; done-survives(mid, mu, sigma) >= asked {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// FeatureName is the constant of a feature, as a table of weights is written.
func FeatureName(i int) string { return names[i] }

var names = [features]string{
	fOne:        "fOne",
	fEnd:        "fEnd",
	fEndPrev:    "fEndPrev",
	fWords:      "fWords",
	fSingle:     "fSingle",
	fNoVerb:     "fNoVerb",
	fMainVerb:   "fMainVerb",
	fObject:     "fObject",
	fVerbLast:   "fVerbLast",
	fModified:   "fModified",
	fBegun:      "fBegun",
	fWanting:    "fWanting",
	fUnsaid:     "fUnsaid",
	fAnswer:     "fAnswer",
	fWhole:      "fWhole",
	fHanging:    "fHanging",
	fHan:        "fHan",
	fHanWhole:   "fHanWhole",
	fHanHanging: "fHanHanging",
	fDigit:      "fDigit",
	fGroup:      "fGroup",
	fNumber:     "fNumber",
	fPitch:      "fPitch",
	fPitchLast:  "fPitchLast",
	fLong:       "fLong",
	fLevel:      "fLevel",
	fSlope:      "fSlope",
	fVoiced:     "fVoiced",
	fDecay:      "fDecay",
	fBreath:     "fBreath",
	fDrop:       "fDrop",
	fPeak:       "fPeak",
	fDrawl:      "fDrawl",
	fBrief:      "fBrief",
	fSpeech:     "fSpeech",
	fStretch:    "fStretch",
	fPauses:     "fPauses",
}
