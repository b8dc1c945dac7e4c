package form

import (
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/regexp"
	"parley/dialog/spoken"
)

// unasked is how sure a reading must be for a slot that was not asked for.
const unasked = 0.6

// doubtful is how unsure a reading is that is no answer at all.
const doubtful = 0.5

// order in which slots are looked for: what is unmistakable before what is not, so
// that the digits of a telephone number are no order number.
var order = []Type{Email, Date, Time, Phone, Amount, Code, Digits, Choice, Number, Name, YesNo, Words}

// turn is one utterance being taken in.
type turn struct {
	f     *Form
	s     *State
	text  string
	from  string // "said" or "keypad"
	asked string
	amend bool // values known already may be replaced
	mends bool // a part of a number may be said anew
	taken [][2]int
	got   []string
	wrong bool // a value for the slot that was asked for, which cannot be one
}

// take fills slots from an utterance and returns their names.
func (t *turn) take() []string {
	if sl := t.f.slots[t.asked]; sl != nil && sl.Type != Words {
		t.slot(sl, true)
		for _, o := range sl.Or {
			if len(t.got) == 0 && t.s.EitherOf == "" {
				t.slot(t.f.slots[o], true)
			}
		}
	}
	for _, kind := range order {
		for i := range t.f.Slots {
			if sl := &t.f.Slots[i]; sl.Type == kind && sl.Name != t.asked && !slices.Contains(t.got, sl.Name) {
				t.slot(sl, false)
			}
		}
	}
	if sl := t.f.slots[t.asked]; sl != nil && sl.Type == Words && len(t.got) == 0 {
		t.slot(sl, true)
	}
	return t.got
}

// slot tries one slot.
func (t *turn) slot(sl *Slot, asked bool) {
	old, known := t.s.Slots[sl.Name]
	known = known && !old.Skipped
	if !asked && sl.Type == Words && (!known || t.amend) {
		t.words(sl)
		return
	}
	if !asked && (sl.Type == YesNo || sl.Type == Words || sl.Type == Number && t.asked != "" || known && !t.amend) {
		return
	}
	if sl.When != "" && !asked && !t.f.scope(t.s).holds(sl.When) {
		return
	}
	found := t.f.extract(t.s, sl, t.text, asked)
	if values := t.rivals(sl, found, asked); values != nil {
		t.divided(sl, values)
		return
	}
	for _, f := range slices.Backward(found) {
		value, ok := sl.norm(f.Value)
		others := f.Others
		if !ok {
			for i, o := range f.Others {
				if v, fits := sl.norm(o); fits {
					value, ok, others = v, true, slices.Delete(slices.Clone(f.Others), i, i+1)
					break
				}
			}
		}
		if !ok && t.mends && known && (sl.Type == Digits || sl.Type == Code || sl.Type == Phone) && !t.overlaps(f) {
			for _, m := range mended(t.text, old.Value, f.Value) {
				value, ok = sl.norm(m)
			}
		}
		if !ok {
			t.wrong = t.wrong || asked
			continue
		}
		if asked && f.Confidence < doubtful {
			t.wrong = true
			continue
		}
		if !asked && (f.Confidence < unasked || sl.Type != Choice && t.overlaps(f)) || known && value == old.Value {
			continue
		}
		t.keep(sl, f, value, others)
		return
	}
}

// words takes a text that was not asked for: what the slot's patterns find, or the parts
// that speak of time.
func (t *turn) words(sl *Slot) {
	v := ""
	for _, re := range sl.take {
		if m := re.FindStringSubmatch(t.text); m != nil && v == "" {
			v = strings.TrimSuffix(strings.Trim(m[1], " ,，。.!！?？"), "去")
		}
	}
	if sl.About == "time" {
		v = t.times()
	}
	if v != "" && sl.valid(v) && v != t.s.Slots[sl.Name].Value {
		t.keep(sl, spoken.Found{Value: v, Confidence: 0.8}, v, nil)
	}
}

// timely are words that speak of time.
var timely = regexp.MustCompile(`(?i)\b(?:mornings?|afternoons?|evenings?|nights?|noon|tonight|today|tomorrow|before|after|o'clock|any ?time|weekends?|weekdays?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|[ap]\.?m\.?|lunch(?:time)?|\d{1,2}:\d{2})\b|[上下中]午|早上|晚上|傍晚|夜里|明天|后天|今天|周[一二三四五六日天末]|星期|礼拜|[\d一二两三四五六七八九十]+点|以后|之后|以前|之前|随时|下班|上班`)

// clauses end where partings do, and at question marks: "can you call me at five? I'm Ann".
var clauses = regexp.MustCompile(`[，,;；。.!！?？]+\s*`)

// wishes are the words of a wish to be called that stand around its time.
var wishes = regexp.MustCompile(`(?i)^.*?\b(?:call|calls|ring|phone|contact)(?:ing)? me(?: back)?\b[ ,]*|[ ,]*\b(?:please|can|could|would|will|have|get|let|ask)\b.*\b(?:call|ring|phone|contact) me(?: back)?\b.*$|^(?:请问?|麻烦|能不能|可不可以|可以|帮我|那就?|让|叫|找|安排|你们|同事|他们?|她|在)+|(?:请|麻烦|再|让|叫|你们|同事|人)*(?:给我|跟我|和我)?(?:回个?电话?|回电|打个?电话|打给我|打过来|打来|联系我)(?:给我|一下|吧|嘛|好吗|行吗|可以吗|吗)*$`)

var unwished = regexp.MustCompile(`(?i)\b(?:not|never)\b|n['’]t\b|别|不|勿`)

// bareTime is a part that speaks of time without the wish around it. "Do not call me
// before ten" stays whole.
func bareTime(part string) string {
	if unwished.MatchString(part) {
		return part
	}
	if s := strings.TrimSpace(wishes.ReplaceAllString(part, "")); timely.MatchString(s) {
		return s
	}
	return part
}

// times are the parts of an utterance that speak of time and hold nothing that was taken.
func (t *turn) times() string {
	var out []string
	from := 0
	part := func(to, next int) {
		f := spoken.Found{Start: from, End: to}
		if p := strings.TrimSpace(t.text[from:to]); timely.MatchString(p) && !t.overlaps(f) {
			out = append(out, bareTime(p))
		}
		from = next
	}
	for _, loc := range clauses.FindAllStringIndex(t.text, 20) {
		part(loc[0], loc[1])
	}
	part(len(t.text), len(t.text))
	if s := t.s; tongue(s.Language) == "zh" {
		return strings.Join(out, "，")
	}
	return strings.Join(out, ", ")
}

func (t *turn) keep(sl *Slot, f spoken.Found, value string, others []string) {
	v := Value{Value: value, Unit: f.Unit, Confidence: f.Confidence, From: t.from, Others: others}
	if f.End <= len(t.text) && f.Start < f.End {
		v.Text = t.text[f.Start:f.End]
	}
	v.Sure = t.from == "keypad"
	t.f.set(t.s, sl.Name, v)
	if t.s.EitherOf == sl.Name {
		t.s.Either, t.s.EitherOf = nil, ""
	}
	delete(t.s.Misses, sl.Name)
	delete(t.s.Misses, "readback "+sl.Name)
	if sl.Type != Choice && sl.Type != Words && sl.Type != YesNo {
		t.taken = append(t.taken, [2]int{f.Start, f.End})
	}
	t.got = append(t.got, sl.Name)
}

func (t *turn) overlaps(f spoken.Found) bool {
	for _, x := range t.taken {
		if f.Start < x[1] && x[0] < f.End {
			return true
		}
	}
	return false
}

// set gives a slot a value, and goes back to the first step that depends on it.
func (f *Form) set(s *State, name string, v Value) {
	if s.Slots == nil {
		s.Slots = map[string]Value{}
	}
	old, known := s.Slots[name]
	s.Slots[name] = v
	if !known || old.Value != v.Value {
		f.rewind(s, name)
	}
}

// unset forgets a slot.
func (f *Form) unset(s *State, name string) {
	delete(s.Slots, name)
	f.rewind(s, name)
}

// rewind goes back to the first step that uses a slot; what later steps have found, and
// what was chosen from that, is forgotten. Changes made stay made.
func (f *Form) rewind(s *State, name string) {
	for i := s.Frozen; i < s.At && i < len(f.Steps); i++ {
		if !f.Steps[i].uses(name) {
			continue
		}
		for _, a := range f.Steps[i:] {
			if a.tool() == "" || s.Results[a.as()] == nil {
				continue
			}
			delete(s.Results, a.as())
			for _, sl := range f.Slots {
				if sl.From != "" && head(sl.From) == a.as() {
					delete(s.Slots, sl.Name)
				}
			}
		}
		s.At = i
		return
	}
}

func head(path string) string {
	for i := range len(path) {
		if path[i] == '.' {
			return path[:i]
		}
	}
	return path
}

// needed reports whether a slot is still to be asked for.
func (f *Form) needed(s *State, sl *Slot) bool {
	if sl.Silent || f.filled(s, sl.Name) || sl.When != "" && !f.scope(s).holds(sl.When) {
		return false
	}
	for _, o := range sl.Or {
		if v, ok := s.Slots[o]; ok && !v.Skipped {
			return false
		}
	}
	return true
}

func (f *Form) filled(s *State, name string) bool {
	v, ok := s.Slots[name]
	return ok && (v.Skipped || v.Value != "")
}

// unread reports whether a slot's value is to be read back.
func (f *Form) unread(s *State, sl *Slot) bool {
	v, ok := s.Slots[sl.Name]
	if !ok || v.Sure || v.Skipped || v.Value == "" {
		return false
	}
	if v.From == fromPicture {
		return true
	}
	if !sl.ReadBack {
		return false
	}
	return s.Via == dialog.ViaVoice || v.Confidence < 0.6
}
