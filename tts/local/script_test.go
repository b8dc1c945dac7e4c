package local

import (
	"os"
	"path/filepath"
	"testing"
)

// script is a program that does what it is told, in place of a voice.
func script(t *testing.T, does string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "voice")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+does+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}
