package endpoint

import "math"

// Features are what a pause is judged by, each about -2 to 2.
type Features [features]float64

// The features.
const (
	fOne    = iota
	fUnsaid // no words yet
	fOpener // "okay", "thank you"
	fSingle // one word
	fDigit  // one digit
	fGroup  // two or three digits
	fNumber // four and more
	fLonger // how many more, by two

	// English: what is wanted after the last word, but for nothing; see need.
	fNeed
	_
	_
	_
	_
	_
	_
	_
	_
	_
	_
	fNamed    // several words without a verb: "the grass"
	fFragment // the same that need none: "two people"
	fBegun    // a clause without its verb
	fWhole    // a whole sentence, by rule
	fClosing  // ends in a word that ends sentences
	fLinked   // ends in what a copula wanted
	fVerbLast // ends in a verb that wants nothing
	fWords    // ln of the number of words, less 1.5
	fMainVerb // verbs less subordinate clauses
	fAfter    // ln of the words since the last verb

	// Chinese.
	fHan
	fHanWords
	fHanNoVerb
	fHanWhole
	fHanParticle
	fHanHanging
	fHanJoin
	fHanOf
	fHanWho
	fHanCount
	fHanLeads

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

// is sets a feature that holds or does not.
func (x *Features) is(f int, holds bool) {
	if holds {
		x[f] = 1
	}
}

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

const longest = 2.2 // seconds: who is silent for longer is done

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
	fOne:         "fOne",
	fUnsaid:      "fUnsaid",
	fOpener:      "fOpener",
	fSingle:      "fSingle",
	fDigit:       "fDigit",
	fGroup:       "fGroup",
	fNumber:      "fNumber",
	fLonger:      "fLonger",
	fNeed + 0:    "fNeed + 0",
	fNeed + 1:    "fNeed + 1",
	fNeed + 2:    "fNeed + 2",
	fNeed + 3:    "fNeed + 3",
	fNeed + 4:    "fNeed + 4",
	fNeed + 5:    "fNeed + 5",
	fNeed + 6:    "fNeed + 6",
	fNeed + 7:    "fNeed + 7",
	fNeed + 8:    "fNeed + 8",
	fNeed + 9:    "fNeed + 9",
	fNeed + 10:   "fNeed + 10",
	fNamed:       "fNamed",
	fFragment:    "fFragment",
	fBegun:       "fBegun",
	fWhole:       "fWhole",
	fClosing:     "fClosing",
	fLinked:      "fLinked",
	fVerbLast:    "fVerbLast",
	fWords:       "fWords",
	fMainVerb:    "fMainVerb",
	fAfter:       "fAfter",
	fHan:         "fHan",
	fHanWords:    "fHanWords",
	fHanNoVerb:   "fHanNoVerb",
	fHanWhole:    "fHanWhole",
	fHanParticle: "fHanParticle",
	fHanHanging:  "fHanHanging",
	fHanJoin:     "fHanJoin",
	fHanOf:       "fHanOf",
	fHanWho:      "fHanWho",
	fHanCount:    "fHanCount",
	fHanLeads:    "fHanLeads",
	fPitch:       "fPitch",
	fPitchLast:   "fPitchLast",
	fLong:        "fLong",
	fLevel:       "fLevel",
	fSlope:       "fSlope",
	fVoiced:      "fVoiced",
	fDecay:       "fDecay",
	fBreath:      "fBreath",
	fDrop:        "fDrop",
	fPeak:        "fPeak",
	fDrawl:       "fDrawl",
	fBrief:       "fBrief",
	fSpeech:      "fSpeech",
	fStretch:     "fStretch",
	fPauses:      "fPauses",
}

// Lengths are the features that depend on how long turns are, not on what is said.
func Lengths() []int { return []int{fOne, fSingle, fWords, fHan, fHanWords} }
