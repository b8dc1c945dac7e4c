package lexicon_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/asr/sphinx/lexicon"
)

func TestPhones(t *testing.T) {
	for mnemonics, want := range map[string]string{
		"br'aItwUd": "B R AY T W UH D", "f'e@heIv@n": "F EH R HH EY V AH N", "'i@3bVdz": "IH R B AH D Z", "r'u:m": "R UW M",
		"tS'E@S": "CH EH AH SH",
	} {
		got, ok := lexicon.Phones(mnemonics)
		if !ok || got != want {
			t.Errorf("%s: %q", mnemonics, got)
		}
	}
	for _, bad := range []string{"", "'", "b\u0259", "(en)"} {
		if got, ok := lexicon.Phones(bad); ok {
			t.Errorf("%q was taken: %q", bad, got)
		}
	}
}

func TestWordsThatTheDictionaryLacks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "d.dict")
	if err := os.WriteFile(file, []byte("order AO R D ER\nroom R UW M\nroom(2) R UH M\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := lexicon.Missing([]string{"order", "brightwood", "room", "brightwood", "wi-fi", "a4", "fairhaven"}, file)
	if err != nil || !slices.Equal(got, []string{"brightwood", "fairhaven"}) {
		t.Error(got, err)
	}
	var b strings.Builder
	n, err := lexicon.Write(t.Context(), &b, got)
	if err != nil || n != 2 || b.String() != "brightwood B R AY T W UH D\nfairhaven F EH R HH EY V AH N\n" {
		t.Errorf("%d %v %q", n, err, b.String())
	}
}

func FuzzPhones(f *testing.F) {
	f.Add("br'aItwUd")
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := lexicon.Phones(s); ok && strings.TrimSpace(p) == "" {
			t.Errorf("%q: nothing", s)
		}
	})
}
