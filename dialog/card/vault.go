package card

import (
	"crypto/rand"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/spoken"
)

// Bounds of what is kept, and how long.
const (
	keeping    = 15 * time.Minute
	maxSecrets = 10000
	each       = 12               // of one conversation
	together   = 90 * time.Second // in which the parts of a number are told
)

// ErrForgotten says that a sealed value is no longer there: it was used, too old, or given
// to another process.
var ErrForgotten = errors.New("the card data is no longer there")

// Vault keeps card data in memory until a tool is called with it. Its zero value is ready.
type Vault struct {
	Now func() time.Time // nil: time.Now

	mu    sync.Mutex
	kept  map[dialog.ConversationID][]secret
	begun map[dialog.ConversationID]started
	n     int
}

type secret struct {
	dialog.Sealed
	value string
	until time.Time
}

// started is the beginning of a value of which the rest is to come.
type started struct {
	kind, digits string
	until        time.Time
}

// String keeps secrets out of logs.
func (*Vault) String() string { return Mark }

func (v *Vault) now() time.Time {
	if v.Now != nil {
		return v.Now()
	}
	return time.Now()
}

// Take reads what a customer says, writes or keys: the text without card data, and what
// was taken out of it. asked is the kind that was asked for, "" when none was; then a
// whole number is found all the same. What is not final (a partial) leaves nothing behind,
// and seals nothing.
func (v *Vault) Take(id dialog.ConversationID, asked, text string, final bool) (string, []dialog.Sealed) {
	if found := Find(text); len(found) > 0 {
		var out []dialog.Sealed
		if final {
			for _, f := range found[max(0, len(found)-2):] {
				out = append(out, v.seal(id, dialog.CardNumber, f.Digits))
			}
			v.end(id)
		}
		text = without(text, found)
		if asked != "" && digitsOf(text) != "" {
			text = Mark
		}
		return text, out
	}
	if asked == "" || !gives(asked, text) {
		return text, nil
	}
	if !final {
		return Mark, nil
	}
	return Mark, []dialog.Sealed{v.add(id, asked, text)}
}

// Key takes what was typed on a keypad when card data was asked for.
func (v *Vault) Key(id dialog.ConversationID, asked, digits string) dialog.Sealed {
	return v.add(id, asked, digits)
}

// Complete reports whether keyed digits are a whole value of a kind, so that nothing
// more is to be waited for.
func Complete(kind, digits string) bool {
	switch kind {
	case dialog.CardNumber:
		return Is(digits) && (len(digits) >= 16 || digits[0] == '3')
	case dialog.CardExpiry:
		return len(digits) == 4 && expiry(digits) != ""
	}
	return false // a code has three digits or four
}

// gives reports whether a text has digits of what was asked for in it, rather than
// something else that is said.
func gives(asked, text string) bool {
	most, all := 0, 0
	rest := len(text)
	for _, r := range spoken.Rows(text) {
		n := len(r.Digits())
		most, all = max(most, n), all+n
		rest -= r.End - r.Start
	}
	if asked == dialog.CardExpiry && expiry(text) != "" {
		return true
	}
	return most >= 3 || all > 1 && rest < 24 || all == 1 && rest < 4 // a single digit is a word in most sentences
}

// add takes a value or a part of one, joined with the parts before it.
func (v *Vault) add(id dialog.ConversationID, kind, text string) dialog.Sealed {
	digits := digitsOf(text)
	switch kind {
	case dialog.CardExpiry:
		if d := expiry(text); d != "" {
			return v.seal(id, kind, d)
		}
		return dialog.Sealed{Kind: kind}
	case dialog.CardCode:
		if n := len(digits); n == 3 || n == 4 {
			return v.seal(id, kind, digits)
		}
	}
	v.mu.Lock()
	b := v.begun[id]
	delete(v.begun, id)
	v.mu.Unlock()
	if b.kind == kind && v.now().Before(b.until) {
		digits = b.digits + digits
	}
	switch {
	case kind == dialog.CardNumber && Is(digits), kind == dialog.CardCode && (len(digits) == 3 || len(digits) == 4):
		return v.seal(id, kind, digits)
	case kind == dialog.CardNumber && len(digits) < longest && Begins(digits) && !(len(digits) >= 16 && b.digits == ""), kind == dialog.CardCode && len(digits) < 3:
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.begun == nil {
			v.begun = map[dialog.ConversationID]started{}
		}
		if len(v.begun) < maxSecrets {
			v.begun[id] = started{kind, digits, v.now().Add(together)}
			return dialog.Sealed{Kind: kind, Part: true}
		}
	}
	return dialog.Sealed{Kind: kind}
}

func (v *Vault) end(id dialog.ConversationID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.begun, id)
}

// seal keeps a value; the same one again has the same ref.
func (v *Vault) seal(id dialog.ConversationID, kind, value string) dialog.Sealed {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.now()
	list := v.kept[id]
	for i := range list {
		if list[i].Kind == kind && list[i].value == value {
			list[i].until = now.Add(keeping)
			return list[i].Sealed
		}
	}
	if v.kept == nil {
		v.kept = map[dialog.ConversationID][]secret{}
	}
	if v.n >= maxSecrets {
		v.sweep(now)
	}
	if len(list) >= each {
		list, v.n = slices.Delete(list, 0, 1), v.n-1
	}
	s := secret{dialog.Sealed{Kind: kind, Ref: "sealed:" + rand.Text()}, value, now.Add(keeping)}
	if kind == dialog.CardNumber {
		s.Last4 = value[len(value)-4:]
	}
	v.kept[id], v.n = append(list, s), v.n+1
	return s.Sealed
}

// sweep forgets what is too old, and everything when that is not enough. The lock is held.
func (v *Vault) sweep(now time.Time) {
	for id, list := range v.kept {
		n := len(list)
		list = slices.DeleteFunc(list, func(s secret) bool { return !now.Before(s.until) })
		v.n -= n - len(list)
		if v.kept[id] = list; len(list) == 0 {
			delete(v.kept, id)
		}
	}
	if v.n >= maxSecrets {
		v.kept, v.n = map[dialog.ConversationID][]secret{}, 0
	}
}

var refs = regexp.MustCompile(`sealed:[A-Z2-7]{26}`)

// Sealed reports whether a text names a sealed value.
func Sealed(text string) bool { return refs.MatchString(text) }

// Open gives a text with the sealed values of a conversation in place of their refs, and
// those values; ErrForgotten when one is not there. For the call of a tool alone.
func (v *Vault) Open(id dialog.ConversationID, text string) (out string, values []string, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.now()
	out = refs.ReplaceAllStringFunc(text, func(ref string) string {
		for _, s := range v.kept[id] {
			if s.Ref == ref && now.Before(s.until) {
				values = append(values, s.value)
				return s.value
			}
		}
		err = ErrForgotten
		return ref
	})
	return out, values, err
}

// Forget drops what is kept of a conversation.
func (v *Vault) Forget(id dialog.ConversationID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.n -= len(v.kept[id])
	delete(v.kept, id)
	delete(v.begun, id)
}

// digitsOf are all the digits of a text.
func digitsOf(text string) string {
	var b strings.Builder
	for _, r := range spoken.Rows(text) {
		b.WriteString(r.Digits())
	}
	return b.String()
}

var months = regexp.MustCompile(`(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b`)

var monthNames = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

var years = regexp.MustCompile(`年`)

// expiry reads the month until which a card is good, as MM/YY: "12/27", "1227",
// "December 2027", 「二七年十二月」; "" when it is none.
func expiry(text string) string {
	if m := months.FindString(text); m != "" {
		i := slices.Index(monthNames, strings.ToLower(m[:3]))
		if y := year(digitsOf(months.ReplaceAllString(text, " "))); y != "" {
			return twoDigits(i+1) + "/" + y
		}
		return ""
	}
	if at := years.FindStringIndex(text); at != nil {
		y, m := year(digitsOf(text[:at[0]])), month(digitsOf(text[at[1]:]))
		if y != "" && m != "" {
			return m + "/" + y
		}
		return ""
	}
	var parts []string
	for _, r := range spoken.Rows(text) {
		for _, p := range r.Parts {
			parts = append(parts, p.Digits)
		}
	}
	d := strings.Join(parts, "")
	if len(parts) == 2 && len(parts[0]) == 1 { // 3/27
		d = "0" + d
	}
	if len(d) == 3 || len(d) == 5 {
		d = "0" + d
	}
	if len(d) != 4 && len(d) != 6 {
		return ""
	}
	if m, y := month(d[:2]), year(d[2:]); m != "" && y != "" {
		return m + "/" + y
	}
	return ""
}

func twoDigits(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

func month(d string) string {
	if len(d) == 1 {
		d = "0" + d
	}
	if len(d) == 2 && d >= "01" && d <= "12" {
		return d
	}
	return ""
}

func year(d string) string {
	if len(d) == 4 && d[:2] == "20" {
		d = d[2:]
	}
	if len(d) == 2 && d >= "20" {
		return d
	}
	return ""
}
