package tts

import "errors"

// What every engine may answer with; each is wrapped with the engine's name
// and what it knows more. Test with errors.Is.
var (
	// ErrRefused: the engine does not take this text, voice or key.
	ErrRefused = errors.New("refused")
	// ErrUnavailable: the engine cannot be reached, is not installed or is overloaded.
	ErrUnavailable = errors.New("unavailable")
	// ErrSlow: a deadline passed: no connection, no first audio, or a pause too long.
	ErrSlow = errors.New("too slow")
	// ErrBroken: what came is not audio, or ended in the middle.
	ErrBroken = errors.New("broken audio")
	// ErrTooLong: the text, or the audio made of it, is longer than is sane.
	ErrTooLong = errors.New("too long")
	// ErrLanguage: the engine has no voice for this language.
	ErrLanguage = errors.New("language not spoken")
	// ErrClosed: the speech was closed by its listener.
	ErrClosed = errors.New("speech closed")
)
