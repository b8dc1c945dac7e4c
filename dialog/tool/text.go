package tool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"
)

const (
	maxSaid   = 4000 // bytes of a sentence made from a template
	maxSource = 8000 // bytes of a template
)

var errLong = errors.New("the sentence is too long")

// limited takes so many bytes and no more.
type limited struct {
	bytes.Buffer
	left int
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errLong
	}
	return l.Buffer.Write(p)
}

// words are a Text's compiled templates.
type words map[string]*template.Template

func parsed(what string, t Text) (words, error) {
	w := words{}
	for tag, s := range t {
		if len(s) > maxSource {
			return nil, fmt.Errorf("%s.%s has %d bytes, at most %d", what, tag, len(s), maxSource)
		}
		x, err := template.New(what).Funcs(functions(tag)).Parse(s)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", what, tag, err)
		}
		w[tag] = x
	}
	return w, nil
}

// say fills the template for a language; ok is false when there is none, or it does
// not fit the data.
func (w words) say(tag string, data map[string]any) (string, bool) {
	tags := Text{}
	for k := range w {
		tags[k] = k
	}
	t := w[tags.In(tag)]
	if t == nil {
		return "", false
	}
	out := &limited{left: maxSaid}
	if err := t.Execute(out, data); err != nil {
		return "", false
	}
	s := strings.TrimSpace(out.String())
	return s, s != "" && !strings.Contains(s, "<no value>") && !strings.Contains(s, "<nil>")
}

// functions are what templates may use beside the standard ones.
func functions(tag string) template.FuncMap {
	zh := strings.HasPrefix(tag, "zh") || strings.HasPrefix(tag, "yue")
	return template.FuncMap{
		// day says an ISO date or time as people do.
		"day": func(v any) string { return day(fmt.Sprint(v), zh) },
		// date is day with its year.
		"date": func(v any) string {
			t, err := time.Parse(time.DateOnly, fmt.Sprint(v))
			switch {
			case err != nil:
				return fmt.Sprint(v)
			case zh:
				return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
			}
			return t.Format("January 2, 2006")
		},
		// money says an amount in cents.
		"money": func(v any) string {
			var cents float64
			if _, err := fmt.Sscan(fmt.Sprint(v), &cents); err != nil {
				return fmt.Sprint(v)
			}
			s := strings.TrimSuffix(fmt.Sprintf("%.2f", cents/100), ".00")
			if zh {
				return s + "美元"
			}
			return "$" + s
		},
		"join": func(sep string, v any) string {
			var parts []string
			if l, ok := v.([]any); ok {
				for _, x := range l {
					parts = append(parts, fmt.Sprint(x))
				}
			}
			return strings.Join(parts, sep)
		},
	}
}

func day(s string, zh bool) string {
	t, err := time.Parse(time.RFC3339, s)
	clock := err == nil
	if err != nil {
		if t, err = time.Parse(time.DateOnly, s); err != nil {
			return s
		}
	}
	switch {
	case zh && clock:
		return fmt.Sprintf("%d月%d日%s", t.Month(), t.Day(), t.Format("15:04"))
	case zh:
		return fmt.Sprintf("%d月%d日", t.Month(), t.Day())
	case clock:
		return t.Format("Monday, January 2 at 3:04 PM")
	}
	return t.Format("Monday, January 2")
}

// plain reads arguments back where the company has written no question.
func plain(args map[string]any, colon, comma string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(args)) {
		v := args[k]
		s, ok := v.(string)
		if !ok {
			b, err := json.Marshal(v)
			if err != nil {
				continue
			}
			s = string(b)
		}
		parts = append(parts, strings.ReplaceAll(k, "_", " ")+colon+s)
	}
	return strings.Join(parts, comma)
}

func chinese(tag string) bool {
	tag = strings.ToLower(tag)
	return strings.HasPrefix(tag, "zh") || strings.HasPrefix(tag, "yue") || strings.HasPrefix(tag, "cmn")
}

func pick(tag, en, zh string) string {
	if chinese(tag) {
		return zh
	}
	return en
}
