package regexp

import (
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
)

var expressions = []string{
	``, `a`, `^`, `$`, `^$`, `\b`, `\B`, `(?m)^a$`, `\Aa\z`, `(?i)straße|kelvin|ſ`, `(?i)k`, `[^a]`, `(?s).`, `.`, `.+x`, `(?i)[k-s]+\b`,
	`\bnot\b`, `\p{Han}{2}`, `[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*`, `\p{Han}|\d`, `(?:^|[ ])(?:speak|talk) (?:[a-z0-9]+ ){0,3}to(?:$|[ ])`,
	`(?i)\b(?:cannot|can't|can not)\b.*\b(?:refund|return)s?\b`, `(?:不|没有?)(?:能|会|可以)`, `\d{1,2}[.)、]\s+`, `[{}›]|":|</?[a-zA-Z!]|<[|]|` + "```",
	`a*?b|c`, `(a|ab)(c|bcd)(d*)`, `x*`, `(?:a|b)*$`, `\x{FFFD}`, `[^\x00-\x7f]`, `(?U)a+`, `\W$`, `^\s*\S`, `[\n]\b`, `\b\n`, `(?m)$\n^`,
	`(?:of|the|a|and| |,)*(?:lamp|light)s?$`, `[[:punct:]]`, `(?i)É`,
}

var texts = []string{
	"", "a", "b", "ab", "abcd", "aab", "Straße", "STRASSE K ſ K", "\n", "a\na\n", "not", "knot not", "do not.", "退款可以吗", "不能退 no",
	"i want to speak with someone to day", "speak a b c to", "speak a b c d to", "You cannot have a refund, sorry.", "3. one", "x\xffy", "\xff", "\xe4\xb8", "é É",
	"12、 三", strings.Repeat("a", 300) + "b", strings.Repeat("the lamp of a ", 30) + "lights", "{}", "<|", "naïve word_1", " ", "_", "\x00",
}

// same holds an expression against the standard library.
func same(t *testing.T, expr, text string) {
	t.Helper()
	std, err := regexp.Compile(expr)
	ours, ourErr := Compile(expr)
	if (err == nil) != (ourErr == nil) {
		t.Fatalf("Compile(%q) = %v, the standard library: %v", expr, ourErr, err)
	}
	if err != nil {
		return
	}
	for range 2 { // with states that are new, and with those that are known
		upper := func(s string) string { return "<" + s + ">" }
		for _, c := range []struct {
			name       string
			got, wants any
		}{
			{"MatchString", ours.MatchString(text), std.MatchString(text)},
			{"FindString", ours.FindString(text), std.FindString(text)},
			{"FindStringIndex", ours.FindStringIndex(text), std.FindStringIndex(text)},
			{"FindStringSubmatch", ours.FindStringSubmatch(text), std.FindStringSubmatch(text)},
			{"FindStringSubmatchIndex", ours.FindStringSubmatchIndex(text), std.FindStringSubmatchIndex(text)},
			{"FindAllString", ours.FindAllString(text, -1), std.FindAllString(text, -1)},
			{"FindAllStringIndex", ours.FindAllStringIndex(text, 2), std.FindAllStringIndex(text, 2)},
			{"FindAllStringSubmatch", ours.FindAllStringSubmatch(text, -1), std.FindAllStringSubmatch(text, -1)},
			{"FindAllStringSubmatchIndex", ours.FindAllStringSubmatchIndex(text, -1), std.FindAllStringSubmatchIndex(text, -1)},
			{"ReplaceAllString", ours.ReplaceAllString(text, "[$0]"), std.ReplaceAllString(text, "[$0]")},
			{"ReplaceAllLiteralString", ours.ReplaceAllLiteralString(text, "$0"), std.ReplaceAllLiteralString(text, "$0")},
			{"ReplaceAllStringFunc", ours.ReplaceAllStringFunc(text, upper), std.ReplaceAllStringFunc(text, upper)},
			{"Split", ours.Split(text, -1), std.Split(text, -1)},
		} {
			if !reflect.DeepEqual(c.got, c.wants) {
				t.Fatalf("%s of %q in %q: %#v, the standard library: %#v", c.name, expr, text, c.got, c.wants)
			}
		}
	}
}

func TestFindsWhatTheStandardLibraryFinds(t *testing.T) {
	for _, e := range expressions {
		for _, s := range texts {
			same(t, e, s)
		}
	}
}

func FuzzFindsWhatTheStandardLibraryFinds(f *testing.F) {
	for i, s := range texts {
		f.Add(expressions[i%len(expressions)], s)
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		if len(expr) < 100 && len(text) < 1000 {
			same(t, expr, text)
		}
	})
}

// One pattern is asked from all conversations at once, and its states are forgotten in between.
func TestManyCallersWhileStatesAreForgotten(t *testing.T) {
	expr := `(?:a|b)*a(?:a|b){14}c` // as many states as the text has tails
	ours, std := MustCompile(expr), regexp.MustCompile(expr)
	first := ours.auto().table.Load()
	var wg sync.WaitGroup
	for w := range uint64(4) {
		wg.Go(func() {
			x := w + 1
			for range 40 {
				var text strings.Builder
				for range 400 {
					x = x*6364136223846793005 + 1442695040888963407
					text.WriteByte("ab"[x>>63])
				}
				text.WriteString("ca"[x>>32&1:])
				if s := text.String(); ours.MatchString(s) != std.MatchString(s) {
					t.Errorf("%q is not as the standard library has it", s)
				}
			}
		})
	}
	wg.Wait()
	if ours.auto().table.Load() == first {
		t.Error("no state was forgotten")
	}
}

func BenchmarkMatch(b *testing.B) {
	text := strings.Repeat("your parcel left the warehouse this morning, and ", 3)
	expr := `(?i)\b(?:refund|return|exchange|warranty|invoice|cancel)(?:s|ed|ing)?\b`
	b.Run("automaton", func(b *testing.B) {
		re := MustCompile(expr)
		for b.Loop() {
			re.MatchString(text)
		}
	})
	b.Run("standard library", func(b *testing.B) {
		re := regexp.MustCompile(expr)
		for b.Loop() {
			re.MatchString(text)
		}
	})
}
