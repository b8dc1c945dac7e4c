package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// rules say who may not import whom, and why. A package is matched by path prefix.
var rules = []struct {
	of, not string
	unless  []string // of who may not import
	why     string
}{
	{of: "media", not: "asr", why: "media moves audio and knows nothing of what is said"},
	{of: "media", not: "tts", why: "media moves audio and knows nothing of what is said"},
	{of: "media", not: "dialog", why: "media knows nothing of conversations"},
	{of: "media", not: "web", why: "media knows nothing of HTTP"},
	{of: "asr", not: "dialog", why: "a recogniser knows nothing of conversations"},
	{of: "asr", not: "tts", why: "hearing and speaking meet in dialog/voice alone"},
	{of: "asr", not: "web", why: "a recogniser knows nothing of our HTTP API"},
	{of: "tts", not: "dialog", why: "a voice knows nothing of conversations"},
	{of: "tts", not: "asr", why: "hearing and speaking meet in dialog/voice alone"},
	{of: "tts", not: "web", why: "a voice knows nothing of our HTTP API"},
	{of: "dialog", not: "media", unless: []string{"dialog/voice"}, why: "audio and dialog meet in dialog/voice alone"},
	{of: "dialog", not: "asr", unless: []string{"dialog/voice"}, why: "recognition and dialog meet in dialog/voice alone"},
	{of: "dialog", not: "tts", unless: []string{"dialog/voice"}, why: "synthesis and dialog meet in dialog/voice alone"},
	{of: "dialog", not: "vision", unless: []string{"dialog/sight", "dialog/rag/read"}, why: "pictures and dialog meet in dialog/sight alone; hostile documents are read by vision's limited child"},
	{of: "vision", not: "dialog", why: "a reader of pictures knows nothing of conversations"},
	{of: "vision", not: "web", why: "a reader of pictures knows nothing of our HTTP API"},
	{of: "web", not: "vision", why: "web sees pictures through an interface of its own"},
	{of: "dialog", not: "web", why: "conversations do not know how they are reached"},
	{of: "dialog/voice", not: "media/rtc", why: "a call knows a leg, not how the leg travels"},
	{of: "web", not: "media", why: "web sees calls through an interface of its own"},
	{of: "web", not: "dialog/voice", why: "web sees calls through an interface of its own"},
	{of: "web", not: "asr", why: "web does not hear"},
	{of: "web", not: "tts", why: "web does not speak"},
	{of: "media", not: "cmd", why: "only cmd wires"},
	{of: "asr", not: "cmd", why: "only cmd wires"},
	{of: "tts", not: "cmd", why: "only cmd wires"},
	{of: "dialog", not: "cmd", why: "only cmd wires"},
	{of: "web", not: "cmd", why: "only cmd wires"},
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func anyWithin(path string, folders []string) bool {
	for _, f := range folders {
		if within(path, f) {
			return true
		}
	}
	return false
}

// imports calls f with each of our packages and what of ours its product code imports.
func imports(t *testing.T, f func(pkg, file, imported string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "data") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range file.Imports {
			if p, ok := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "parley/"); ok {
				f(filepath.ToSlash(filepath.Dir(rel)), filepath.ToSlash(rel), p)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportsGoOneWay(t *testing.T) {
	imports(t, func(pkg, file, imported string) {
		for _, r := range rules {
			if within(pkg, r.of) && within(imported, r.not) && !anyWithin(pkg, r.unless) {
				t.Errorf("%s imports parley/%s: %s", file, imported, r.why)
			}
		}
		if pkg == "dialog" {
			t.Errorf("%s imports parley/%s: dialog is the vocabulary and imports nothing of ours", file, imported)
		}
		if pkg == "media" {
			t.Errorf("%s imports parley/%s: media is the vocabulary and imports the standard library alone", file, imported)
		}
		if strings.HasSuffix(imported, "test") && !strings.HasSuffix(pkg, "test") && !within(pkg, "cmd/parley/bench") {
			t.Errorf("%s imports parley/%s: fakes are for tests and benches", file, imported)
		}
	})
}
