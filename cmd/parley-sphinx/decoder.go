package main

/*
#cgo pkg-config: pocketsphinx sphinxbase
#include <stdlib.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <sphinxbase/ngram_model.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/feat.h>

static cmd_ln_t *configure(const char *hmm, const char *lm, const char *dict) {
	// One pass: the second (fwdflat) makes the final result wait.
	return cmd_ln_init(NULL, ps_args(), TRUE,
		"-hmm", hmm, "-lm", lm, "-dict", dict, "-logfn", "/dev/null",
		"-fwdflat", "no", "-bestpath", "yes", "-maxhmmpf", "3000", "-beam", "1e-50", "-wbeam", "1e-30", NULL);
}
static ngram_model_t *read_lm(ps_decoder_t *ps, const char *file) {
	return ngram_model_read(ps_get_config(ps), file, NGRAM_AUTO, ps_get_logmath(ps));
}
static ngram_model_t *mix(ps_decoder_t *ps, ngram_model_t *a, ngram_model_t *b, float wa, float wb) {
	ngram_model_t *models[2] = {a, b};
	char *names[2] = {"general", "company"};
	float32 weights[2] = {wa, wb};
	return ngram_model_set_init(ps_get_config(ps), models, names, weights, 2);
}
// The mean of the cepstra that is taken away from them, and what it would be by now.
static int heard_mean(ps_decoder_t *ps, float *sum) {
	cmn_t *c = ps_get_feat(ps)->cmn_struct;
	for (int i = 0; i < c->veclen && i < 13; i++) sum[i] = c->sum[i];
	return c->nframe;
}
static void set_mean(ps_decoder_t *ps, const float *mean) {
	cmn_t *c = ps_get_feat(ps)->cmn_struct;
	for (int i = 0; i < c->veclen && i < 13; i++) { c->cmn_mean[i] = mean[i]; c->sum[i] = 0; }
	c->nframe = 0;
}
static void hush(void) { err_set_logfp(NULL); }
*/
import "C"

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"parley/asr/sphinx/wire"
)

const (
	frame      = 160 // samples of a decoder's frame: 10 ms
	maxSeconds = 60  // of an utterance
)

type options struct {
	model, lm, words string
	weight           float64
}

// decoder is one pocketsphinx.
type decoder struct {
	ps      *C.ps_decoder_t
	config  *C.cmd_ln_t
	search  string
	open    bool
	samples int
	skip    int64 // samples that the decoder had before it began the utterance again

	again []byte // the audio so far, while it may be decoded again
	whole []byte // the audio of an utterance in which digits are expected
	level int    // how often the mean was taken anew
}

const digitsGrammar = `#JSGF V1.0;
grammar digits;
<digit> = zero | oh | one | two | three | four | five | six | seven | eight | nine;
<group> = <digit> | double <digit> | triple <digit>;
<other> = i don't have it | i don't have that | i don't have one | i don't know | i don't remember | hold on | one moment please | say that again | speak to a person;
public <number> = <group>+ | <other>;
`

func open(o options) (*decoder, error) {
	C.hush()
	for _, f := range []string{"en-us/mdef", "en-us.lm.bin", "cmudict-en-us.dict"} {
		if _, err := os.Stat(filepath.Join(o.model, f)); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	hmm, lm, dict := cstr(filepath.Join(o.model, "en-us")), cstr(filepath.Join(o.model, "en-us.lm.bin")), cstr(filepath.Join(o.model, "cmudict-en-us.dict"))
	defer free(hmm, lm, dict)
	d := &decoder{search: "speech"}
	if d.config = C.configure(hmm, lm, dict); d.config == nil {
		return nil, errors.New("configuration refused")
	}
	if d.ps = C.ps_init(d.config); d.ps == nil {
		return nil, errors.New("the models cannot be loaded")
	}
	if err := d.searches(o, lm); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// heardMean is the mean of the speech since the utterance began, drawn towards
// the usual one, and the frames it is of.
func heardMean(d *decoder) (mean, int) {
	var m mean
	n := int(C.heard_mean(d.ps, (*C.float)(&m[0])))
	for i := range m {
		m[i] = (m[i] + usualFrames*usualMean[i]) / float32(n+usualFrames)
	}
	return m, n
}

func setMean(d *decoder, m *mean) { C.set_mean(d.ps, (*C.float)(&m[0])) }

func cstr(s string) *C.char { return C.CString(s) }

func free(ps ...*C.char) {
	for _, p := range ps {
		C.free(unsafe.Pointer(p))
	}
}

// searches sets up what can be listened for: anything, and digits.
func (d *decoder) searches(o options, general *C.char) error {
	if err := d.addWords(o.words); err != nil {
		return err
	}
	name := cstr("speech")
	defer free(name)
	model := C.read_lm(d.ps, general)
	if model == nil {
		return errors.New("the language model cannot be read")
	}
	if o.lm != "" {
		file := cstr(o.lm)
		defer free(file)
		company := C.read_lm(d.ps, file)
		if company == nil {
			return fmt.Errorf("language model %s cannot be read", filepath.Base(o.lm))
		}
		if model = C.mix(d.ps, model, company, C.float(1-o.weight), C.float(o.weight)); model == nil {
			return errors.New("the language models cannot be mixed")
		}
	}
	if C.ps_set_lm(d.ps, name, model) != 0 {
		return errors.New("the language model was refused")
	}
	digits, grammar := cstr("digits"), cstr(digitsGrammar)
	defer free(digits, grammar)
	if C.ps_set_jsgf_string(d.ps, digits, grammar) != 0 {
		return errors.New("the grammar of digits was refused")
	}
	return d.use("speech")
}

// addWords teaches words that the dictionary lacks: "word PH PH PH" a line.
func (d *decoder) addWords(file string) error {
	if file == "" {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		word, phones, ok := strings.Cut(strings.TrimSpace(s.Text()), " ")
		if !ok {
			continue
		}
		w, p := cstr(word), cstr(phones)
		if known := C.ps_lookup_word(d.ps, w); known != nil {
			C.free(unsafe.Pointer(known))
		} else {
			C.ps_add_word(d.ps, w, p, C.FALSE) // a pronunciation that it refuses is left out
		}
		free(w, p)
	}
	return nil
}

func (d *decoder) use(search string) error {
	name := cstr(search)
	defer free(name)
	if C.ps_set_search(d.ps, name) != 0 {
		return fmt.Errorf("no search %q", search)
	}
	d.search = search
	return nil
}

func (d *decoder) close() {
	if d.ps != nil {
		C.ps_free(d.ps)
	}
}

func (d *decoder) start(digits bool) error {
	if err := d.drop(); err != nil {
		return err
	}
	want := "speech"
	if digits {
		want = "digits"
	}
	if want != d.search {
		if err := d.use(want); err != nil {
			return err
		}
	}
	if C.ps_start_stream(d.ps) != 0 { // times and the noise begin anew
		return errors.New("start_stream failed")
	}
	d.open, d.samples, d.skip, d.again, d.whole, d.level = true, 0, 0, d.again[:0], d.whole[:0], 0
	return d.begin(usualMean)
}

func (d *decoder) hear(pcm []byte) error {
	n := len(pcm) / 2
	if !d.open || n == 0 || d.samples+n > maxSeconds*16000 {
		return nil
	}
	d.samples += n
	if d.search == "digits" {
		d.whole = append(d.whole, pcm[:2*n]...)
	}
	if err := d.decode(pcm[:2*n]); err != nil {
		return err
	}
	return d.renew(pcm[:2*n])
}

func (d *decoder) decode(pcm []byte) error {
	for len(pcm) > 0 {
		n := min(len(pcm), 3200) &^ 1
		if n == 0 {
			return nil
		}
		if C.ps_process_raw(d.ps, (*C.int16)(unsafe.Pointer(&pcm[0])), C.size_t(n/2), C.FALSE, C.FALSE) < 0 {
			return errors.New("process_raw failed")
		}
		pcm = pcm[n:]
	}
	return nil
}

func (d *decoder) partial() string {
	var score C.int32
	h := C.ps_get_hyp(d.ps, &score)
	if h == nil {
		return ""
	}
	return clean(C.GoString(h))
}

// clean removes the mark of an alternative pronunciation: "a(2)".
func clean(s string) string {
	words := strings.Fields(s)
	out := words[:0]
	for _, w := range words {
		if w, _, _ = strings.Cut(w, "("); w != "" && w[0] != '<' && w[0] != '[' && w[0] != '+' {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

func (d *decoder) final() (wire.Result, error) {
	if !d.open {
		return wire.Result{}, nil
	}
	if err := d.settle(); err != nil {
		return wire.Result{}, err
	}
	d.open = false
	if err := d.endUtterance(); err != nil {
		return wire.Result{}, err
	}
	words := d.words()
	if d.search == "digits" && !fit(words) {
		spoken, err := d.asSpeech()
		if err != nil {
			return wire.Result{}, err
		}
		words = spliced(words, spoken)
	}
	return result(words), nil
}

// word is a word of the best path, and how well it fits what was heard: the logarithm of
// its likelihood over that of the best sounds, by frame. 0 is perfect.
type word struct {
	wire.Word
	frames int
	fit    float64
}

// words are those of the best path, once the utterance has ended.
func (d *decoder) words() []word {
	var out []word
	for seg := C.ps_seg_iter(d.ps); seg != nil; seg = C.ps_seg_next(seg) {
		text := clean(C.GoString(C.ps_seg_word(seg)))
		if text == "" {
			continue
		}
		var from, to C.int
		var acoustic, language, back C.int32
		C.ps_seg_frames(seg, &from, &to)
		p := C.ps_seg_prob(seg, &acoustic, &language, &back)
		conf := float64(C.logmath_exp(C.ps_get_logmath(d.ps), C.int(p)))
		w := word{frames: int(to-from) + 1}
		w.fit = float64(acoustic) / float64(max(w.frames, 1))
		w.Word = wire.Word{Text: text, Start: max(int64(from)*frame-d.skip, 0), End: max(int64(to+1)*frame-d.skip, 0), Confidence: min(max(conf, 0), 1)}
		out = append(out, w)
	}
	return out
}

func result(words []word) wire.Result {
	var r wire.Result
	texts := make([]string, 0, len(words))
	for _, w := range words {
		texts = append(texts, w.Text)
		r.Words = append(r.Words, w.Word)
	}
	r.Text = strings.Join(texts, " ")
	return r
}

func (d *decoder) drop() error {
	if !d.open {
		return nil
	}
	d.open = false
	return d.endUtterance()
}

func (d *decoder) startUtterance() error {
	if C.ps_start_utt(d.ps) != 0 {
		return errors.New("start_utt failed")
	}
	return nil
}

func (d *decoder) endUtterance() error {
	if C.ps_end_utt(d.ps) != 0 {
		return errors.New("end_utt failed")
	}
	return nil
}
