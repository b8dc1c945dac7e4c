package form

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/dialog"
)

// longestShown bounds what of a tool's data goes into a sentence, in bytes.
const longestShown = 400

// show writes one value of a template.
func (c scope) show(p piece) (string, bool) {
	v, ok := c.look(p.path)
	if !ok {
		return "", false
	}
	filter := p.filter
	if sl := c.f.slots[p.path]; sl != nil && c.item == nil && sl.sealed() {
		return c.hidden(sl, filter == "last4"), true
	}
	if sl := c.f.slots[p.path]; sl != nil && c.item == nil && filter == "" {
		return c.slot(sl), true
	}
	s := plain(v)
	switch filter {
	case "date":
		s = showDate(s, c.language)
	case "time":
		s = showTime(s, c.language)
	case "digits":
		s = c.spread(s)
	case "last4":
		s = c.spread(s[max(0, len(s)-4):])
	case "money":
		s = c.money(v)
	case "word":
		if w, ok := c.f.Words[s]; ok {
			s = w.In(c.language, c.via)
		}
	case "list":
		s = c.list(v)
	}
	return safe(s), true
}

// hidden is what may be said of card data: of a number the last four digits, of the rest
// nothing.
func (c scope) hidden(sl *Slot, bare bool) string {
	last := c.s.Slots[sl.Name].Text
	switch {
	case last == "":
		return "•••"
	case bare:
		return c.spread(last)
	case c.via == dialog.ViaVoice:
		return strings.ReplaceAll(c.s.own("ending"), "{value}", c.spread(last))
	}
	return "•••• " + last
}

// safe takes the control characters and the length out of outside data.
func safe(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > longestShown {
		s = strings.ToValidUTF8(s[:longestShown], "") + "…"
	}
	return s
}

// plain is a value as text.
func plain(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case json.Number:
		return x.String()
	case bool:
		return strconv.FormatBool(x)
	case int:
		return strconv.Itoa(x)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// slot shows a slot's value as its type is read out.
func (c scope) slot(sl *Slot) string {
	v := c.s.Slots[sl.Name]
	switch sl.Type {
	case Digits, Code, Phone:
		return c.spread(v.Value)
	case Date:
		return showDate(v.Value, c.language)
	case Time:
		return showTime(v.Value, c.language)
	case Amount:
		return strings.TrimSpace(v.Value + " " + v.Unit)
	case Choice:
		for _, o := range sl.options(c) {
			if o.Value == v.Value {
				return safe(o.Name.In(c.language, c.via))
			}
		}
	}
	return safe(v.Value)
}

// spread parts digits for the ear, so that each is said.
func (c scope) spread(s string) string {
	if c.via != dialog.ViaVoice || len(s) > 40 {
		return s
	}
	sep := ", "
	if tongue(c.language) == "zh" {
		sep = " "
	}
	return strings.Join(strings.Split(s, ""), sep)
}

func (c scope) money(v any) string {
	s := plain(v)
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		s = strconv.FormatFloat(f, 'f', 2, 64)
		s = strings.TrimSuffix(s, ".00")
		if tongue(c.language) == "zh" {
			return s + "美元"
		}
		return "$" + s
	}
	return s
}

func (c scope) list(v any) string {
	xs, ok := v.([]any)
	if !ok {
		return plain(v)
	}
	var parts []string
	for _, x := range xs[:min(len(xs), 8)] {
		parts = append(parts, plain(x))
	}
	if tongue(c.language) == "zh" {
		return strings.Join(parts, "、")
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

var zhDays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// showDate reads a date out: a day, or the day of a point in time.
func showDate(s, language string) string {
	t, err := time.Parse("2006-01-02", s[:min(len(s), 10)])
	if err != nil {
		return s
	}
	if tongue(language) == "zh" {
		return fmt.Sprintf("%d月%d日星期%s", t.Month(), t.Day(), zhDays[t.Weekday()])
	}
	return t.Format("Monday, January 2")
}

func showTime(s, language string) string {
	t, err := time.Parse("15:04", s)
	if err != nil {
		if t, err = time.Parse(time.RFC3339, s); err != nil {
			return s
		}
	}
	if tongue(language) != "zh" {
		if t.Minute() == 0 {
			return t.Format("3 pm")
		}
		return t.Format("3:04 pm")
	}
	part := "上午"
	switch h := t.Hour(); {
	case h < 6:
		part = "凌晨"
	case h == 12:
		part = "中午"
	case h > 12 && h < 18:
		part = "下午"
	case h >= 18:
		part = "晚上"
	}
	h := t.Hour()
	if h > 12 {
		h -= 12
	}
	if t.Minute() == 0 {
		return fmt.Sprintf("%s%d点", part, h)
	}
	return fmt.Sprintf("%s%d点%d分", part, h, t.Minute())
}
