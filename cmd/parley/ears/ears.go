// Package ears makes the recognisers behind a network that settings name, for the
// server and for those who look whether they are there.
package ears

import (
	"fmt"

	"parley/asr"
	"parley/asr/funasr"
	"parley/asr/openai"
	"parley/asr/realtime"
	"parley/asr/vosk"
	"parley/cmd/parley/config"
)

// New makes the recogniser of an engine; false when it is none behind a network.
func New(e config.Engine) (asr.Recognizer, bool) {
	switch e.Engine {
	case "vosk":
		return vosk.New(vosk.Options{URL: e.URL}), true
	case "funasr":
		return funasr.New(funasr.Options{URL: e.URL}), true
	case "realtime":
		return realtime.New(realtime.Options{URL: e.URL, Key: e.Key, Model: e.Model}), true
	case "openai":
		return openai.New(openai.Options{URL: e.URL, Key: e.Key, Model: e.Model}), true
	}
	return nil, false
}

// Names tells engines apart, also those of one kind.
func Names(list []config.Engine) []string {
	out, seen := make([]string, len(list)), map[string]int{}
	for i, e := range list {
		seen[e.Engine]++
		if out[i] = e.Engine; seen[e.Engine] > 1 {
			out[i] = fmt.Sprintf("%s-%d", e.Engine, seen[e.Engine])
		}
	}
	return out
}

// Mend says what to do when an engine's server is not to be had.
func Mend(e config.Engine) string {
	switch e.Engine {
	case "vosk":
		return "start the Vosk server, or correct its url: ws://HOST:2700, or wss:// where it has a certificate"
	case "funasr":
		return "start FunASR's two-pass server, or correct its url: wss://HOST:10095, or ws:// where it runs with --certfile 0; a certificate of its own making must be known to this machine"
	case "realtime":
		return "check url, key and model; the server must take WebSockets at " + realtime.Address(e.URL)
	}
	return "check url and key; the server must know /audio/transcriptions"
}
