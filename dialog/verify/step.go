package verify

import (
	"maps"
	"slices"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/regexp"
	"parley/dialog/spoken"
)

// Step takes what happened and gives the state after it and what is to be done. It
// changes neither s nor in.
func Step(o Options, s State, in Input) (State, []Move) {
	s.Claims, s.Facts = maps.Clone(s.Claims), maps.Clone(s.Facts)
	if s.Code != nil {
		c := *s.Code
		s.Code = &c
	}
	r := run{o: o.filled(), s: s}
	switch in := in.(type) {
	case Begin:
		r.begin(in)
	case Said:
		r.said(in)
	case Checked:
		r.checked(in)
	case Sent:
		r.sent(in)
	case Signed:
		r.signed(in)
	case Resume:
		r.resume()
	}
	return r.s, r.moves
}

type run struct {
	o     Options
	s     State
	moves []Move
}

func (r *run) do(m Move) { r.moves = append(r.moves, m) }

func (r *run) begin(b Begin) {
	r.s.Want, r.s.Language, r.s.Via, r.s.Now = b.Level, b.Language, b.Via, b.Now
	if r.s.Claims == nil {
		r.s.Claims = map[string]string{}
	}
	for _, k := range kinds {
		if v := b.Claims[k]; v != "" {
			r.s.Claims[k] = v
		}
	}
	r.s.Misses, r.s.Facts = 0, map[string]string{}
	r.next("")
	if b.Told != "" && r.s.Stage == Proving && r.s.Fact == "last_digits" && r.s.Claims["phone"] == "" {
		r.moves = r.moves[:len(r.moves)-1] // the question is answered
		r.fact(b.Told)
	}
}

// kinds of numbers that name a customer.
var kinds = []string{"order", "phone", "policy", "claim"}

// next asks for what is missing, or ends.
func (r *run) next(lead string) {
	switch {
	case r.s.Level >= r.s.Want:
		r.s.Stage = Idle
		r.do(Passed{Level: r.s.Level, Customer: r.s.Customer, Claims: maps.Clone(r.s.Claims)})
	case r.s.Failures >= r.o.Tries:
		r.fail("tries")
	case len(r.s.Claims) == 0 && r.s.Customer == "":
		r.s.Stage = Claiming
		r.do(Ask{Text: lead + r.text("claim"), Expect: dialog.ExpectDigits})
	case r.o.Codes && r.s.Want >= Proven && r.s.Sends < r.o.Sends && (r.s.Customer != "" || r.s.Claims["phone"] != ""):
		r.s.Stage = Sending
		r.s.Sends++
		r.do(Send{Customer: r.s.Customer, Phone: r.s.Claims["phone"]})
	case len(r.s.Claims) == 0: // a customer is known, and no number to check facts with
		r.s.Stage = Claiming
		r.do(Ask{Text: lead + r.text("claim"), Expect: dialog.ExpectDigits})
	default:
		r.prove(lead)
	}
}

// prove asks for the fact that is good enough.
func (r *run) prove(lead string) {
	r.s.Stage = Proving
	if r.s.Fact == "" || r.s.Want >= Proven {
		r.s.Fact = "last_digits"
		if r.s.Want >= Proven {
			r.s.Fact = "birth_date"
		}
	}
	key := r.s.Fact
	if key == "last_digits" && r.s.Claims["phone"] != "" {
		key = "order_digits"
	}
	x := dialog.ExpectAnything
	if r.s.Fact == "last_digits" {
		x = dialog.ExpectDigits
	}
	r.do(Ask{Text: lead + r.text(key), Expect: x})
}

func (r *run) fail(reason string) {
	r.s.Stage, r.s.Facts, r.s.Fact, r.s.Code = Idle, nil, "", nil
	if reason == "tries" || reason == "not_understood" {
		r.do(Say{r.text("sorry")})
	}
	if reason == "down" {
		r.do(Say{r.text("down")})
	}
	r.do(Failed{reason})
}

func (r *run) said(in Said) {
	r.s.Language, r.s.Via, r.s.Now = in.Language, in.Via, in.Now
	text := in.Text[:min(len(in.Text), spoken.Longest)]
	switch r.s.Stage {
	case Claiming, Proving, Coding:
	default:
		r.do(NotMine{})
		return
	}
	switch {
	case stops.MatchString(text):
		r.do(Say{r.text("stopped")})
		r.fail("cancelled")
	case r.s.Stage == Claiming:
		r.claim(text)
	case r.s.Stage == Coding:
		r.code(text)
	default:
		r.fact(text)
	}
}

var (
	stops = regexp.MustCompile(`(?i)\b(?:never ?mind|forget it|cancel that|stop this)\b|算了|不查了|不办了|不用了`)
	same  = regexp.MustCompile(`(?i)\b(?:same|as before|that's it|it is right|it's right)\b|一样|就是这个|没错|还是`)
	asks  = regexp.MustCompile(`(?i)\?|？|^(?:why|what|how|when|where|who|can|could|do|does|is|are)\b|为什么|怎么|什么|吗|哪`)
	lacks = regexp.MustCompile(`(?i)\b(?:don'?t (?:know|have|remember)|can'?t (?:remember|find)|not sure|no idea|forgot)|不知道|不记得|忘了|没有|找不到|不清楚`)
	post  = regexp.MustCompile(`(?i)\b(\d{5,6}|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b`)
)

// claim takes a number that names the customer.
func (r *run) claim(text string) {
	got := false
	if r.s.Failures > 0 && len(r.s.Claims) > 0 && same.MatchString(text) {
		got = true
	}
	if p := spoken.Phone(text, spoken.Options{Asked: true, Fit: func(v string) bool { return len(v) >= 9 }}); len(p) > 0 {
		r.s.Claims, got = map[string]string{"phone": p[len(p)-1].Value}, true
	} else if d := spoken.Digits(text, spoken.Options{Asked: true, Fit: func(v string) bool { return len(v) >= 4 && len(v) <= 8 }}); len(d) > 0 && len(d[len(d)-1].Value) >= 4 {
		v := d[len(d)-1].Value
		kind := "order"
		for _, k := range kinds {
			if _, ok := r.s.Claims[k]; ok && k != "phone" {
				kind = k
			}
		}
		if len(v) == 7 {
			kind = "policy"
		}
		r.s.Claims, got = map[string]string{kind: v}, true
	}
	if !got {
		r.unclear(text)
		return
	}
	r.s.Misses = 0
	r.next("")
}

// fact takes a fact, whichever it is, and has it checked.
func (r *run) fact(text string) {
	if lacks.MatchString(text) && len(spoken.Digits(text, spoken.Options{})) == 0 {
		r.otherFact()
		return
	}
	if r.s.Facts == nil {
		r.s.Facts = map[string]string{}
	}
	if r.mended(text) {
		r.ask("")
		return
	}
	date := spoken.Date(text, spoken.Options{Asked: true, Past: true, Now: r.s.Now, Fit: func(v string) bool { return v < r.s.Now.AddDate(-10, 0, 0).Format(time.DateOnly) }})
	date = slices.DeleteFunc(date, func(f spoken.Found) bool {
		return f.Until != "" || f.Value >= r.s.Now.AddDate(-10, 0, 0).Format(time.DateOnly)
	})
	digits := spoken.Digits(text, spoken.Options{Asked: true, Fit: func(v string) bool { return len(v) == 4 || len(v) == 8 }})
	lastFour := ""
	if n := len(digits); n > 0 && len(digits[n-1].Value) >= 4 { // all of the number has its end too
		lastFour = digits[n-1].Value[len(digits[n-1].Value)-4:]
	}
	switch {
	case len(date) > 0:
		r.s.Facts["birth_date"] = date[len(date)-1].Value
	case r.s.Fact == "birth_date" && len(digits) > 0 && birthDigits(digits[len(digits)-1].Value) != "":
		r.s.Facts["birth_date"] = birthDigits(digits[len(digits)-1].Value)
	case r.s.Fact == "last_digits" && lastFour != "":
		r.s.Facts["last_digits"] = lastFour
	case r.s.Fact == "postcode" && r.postcode(text) != "":
		r.s.Facts["postcode"] = r.postcode(text)
	default:
		r.unclear(text)
		return
	}
	r.s.Misses, r.s.Stage = 0, Checking
	args := map[string]any{}
	for k, v := range r.s.Claims {
		args[k] = v
	}
	for k, v := range r.s.Facts {
		args[k] = v
	}
	r.do(Check{Args: args})
}

// mended takes a claim that is corrected while a fact is asked for: another number of
// the same kind, where no fact can be that long.
func (r *run) mended(text string) bool {
	if r.s.Claims["phone"] != "" || r.s.Fact == "postcode" {
		return false
	}
	for kind, old := range r.s.Claims {
		if len(old) < 6 || len(old) > 7 {
			continue
		}
		d := spoken.Digits(text, spoken.Options{Asked: true, Fit: func(v string) bool { return len(v) == len(old) }})
		v := ""
		if n := len(d); n > 0 {
			v = d[n-1].Value
		}
		for _, typed := range runs.FindAllString(text, -1) { // "the last one is one, 205101"
			if len(typed) == len(old) {
				v = typed
			}
		}
		if len(v) == len(old) && v != old && (r.s.Fact != "birth_date" || birthDigits("19"+v) == "") {
			r.s.Claims[kind], r.s.Misses = v, 0
			return true
		}
	}
	return false
}

var runs = regexp.MustCompile(`\d+`)

// birthDigits reads a birth date of eight digits: 19860409.
func birthDigits(v string) string {
	if t, err := time.Parse("20060102", v); err == nil {
		return t.Format(time.DateOnly)
	}
	return ""
}

func (r *run) postcode(text string) string {
	if m := post.FindStringSubmatch(text); m != nil {
		return strings.ToUpper(m[1])
	}
	d := spoken.Code(text, spoken.Options{Asked: true, Fit: func(v string) bool { return len(v) >= 5 && len(v) <= 7 }})
	if len(d) > 0 && len(d[len(d)-1].Value) >= 5 && len(d[len(d)-1].Value) <= 7 {
		return d[len(d)-1].Value
	}
	return ""
}

// otherFact asks for another fact than the one that the customer does not have.
func (r *run) otherFact() {
	order := []string{"last_digits", "postcode", "birth_date"}
	i := slices.Index(order, r.s.Fact)
	if r.s.Want >= Proven || i < 0 || i+1 >= len(order) {
		r.fail("not_understood")
		return
	}
	r.s.Fact = order[i+1]
	r.do(Ask{Text: r.text(r.s.Fact)})
}

// unclear is an utterance that gave nothing: a question is somebody else's.
func (r *run) unclear(text string) {
	if asks.MatchString(strings.TrimSpace(text)) {
		r.do(NotMine{})
		return
	}
	if r.s.Misses++; r.s.Misses > 2 {
		r.fail("not_understood")
		return
	}
	lead := r.text("again")
	if r.s.Misses == 2 {
		lead = r.text("only")
	}
	r.ask(lead)
}

// ask puts the open question.
func (r *run) ask(lead string) {
	switch r.s.Stage {
	case Claiming:
		r.do(Ask{Text: lead + r.text("claim"), Expect: dialog.ExpectDigits})
	case Proving:
		if r.s.Fact == "postcode" {
			r.do(Ask{Text: lead + r.text("postcode")})
			return
		}
		r.prove(lead)
	case Coding:
		r.do(Ask{Text: lead + r.text("code"), Expect: dialog.ExpectDigits})
	}
}

func (r *run) resume() { r.ask(r.text("back")) }

// checked takes the business system's answer.
func (r *run) checked(in Checked) {
	if r.s.Stage != Checking {
		return
	}
	r.s.Facts = map[string]string{}
	switch {
	case in.Down:
		r.fail("down")
		return
	case in.Level > 0 && in.Customer != "" && (r.s.Customer == "" || r.s.Customer == in.Customer):
		if level := min(in.Level, Proven); level > r.s.Level {
			r.s.Level, r.s.Method, r.s.At = level, "facts", r.s.Now
		}
		r.s.Customer = in.Customer
		r.s.Fact = ""
		r.next("")
		return
	}
	// A customer other than the one whose conversation this is counts as wrong too.
	r.wrong()
}

// wrong answers everything that does not fit with the same words.
func (r *run) wrong() {
	r.s.Failures++
	if r.s.Failures >= r.o.Tries {
		r.fail("tries")
		return
	}
	r.s.Stage, r.s.Fact = Claiming, ""
	r.do(Ask{Text: r.text("wrong") + r.text("claim"), Expect: dialog.ExpectDigits})
}

// sent waits for the code that went out, or did not.
func (r *run) sent(in Sent) {
	if r.s.Stage != Sending {
		return
	}
	if in.Down {
		r.s.Sends = r.o.Sends // facts, then
		r.next("")
		return
	}
	if r.s.Customer != "" && in.Customer != r.s.Customer {
		in.Customer, in.Code = "", Code{}
	}
	c := in.Code
	c.Customer = in.Customer
	r.s.Code, r.s.Stage, r.s.Misses = &c, Coding, 0
	r.do(Ask{Text: r.text("sent"), Expect: dialog.ExpectDigits})
}

// code takes a one-time code.
func (r *run) code(text string) {
	if r.s.Failures >= r.o.Tries { // counted elsewhere
		r.fail("tries")
		return
	}
	d := spoken.Digits(text, spoken.Options{Asked: true, Fit: func(v string) bool { return len(v) == codeDigits }})
	if len(d) == 0 || len(d[len(d)-1].Value) != codeDigits {
		r.unclear(text)
		return
	}
	customer, ok := r.s.Code.Opens(d[len(d)-1].Value, r.s.Now)
	if ok && customer != "" && (r.s.Customer == "" || r.s.Customer == customer) {
		r.s.Level, r.s.Customer, r.s.Method, r.s.At, r.s.Code = Proven, customer, "code", r.s.Now, nil
		r.next("")
		return
	}
	r.s.Failures++
	if r.s.Failures >= r.o.Tries || r.s.Code.Tries >= codeTries {
		r.fail("tries")
		return
	}
	r.do(Ask{Text: r.text("code wrong"), Expect: dialog.ExpectDigits})
}

// signed takes over an identity that the page vouches for. It never replaces another.
func (r *run) signed(in Signed) {
	if in.Customer == "" || r.s.Customer != "" && r.s.Customer != in.Customer {
		return
	}
	r.s.Level, r.s.Customer, r.s.Method, r.s.At = Proven, in.Customer, BySite, in.Now
	if r.s.Running() {
		r.next("")
	}
}
