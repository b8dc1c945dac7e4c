package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/dialog/llm"
)

// checkModel says what is wrong with what only models have.
func (e Engine) checkModel(role string) error {
	if role != "llm" && role != "embed" {
		if e.Preset != "" || e.Price != (Price{}) || e.Waits != (Waits{}) {
			return errors.New("preset, price and waits belong to llm and embed")
		}
		return nil
	}
	if e.Engine != "openai" {
		return nil
	}
	p, ok := llm.FindPreset(e.Preset, e.URL)
	if !ok {
		return fmt.Errorf("preset %q is unknown; expected one of %s", e.Preset, strings.Join(llm.PresetNames(), ", "))
	}
	if known := map[string]string{"llm": p.Model, "embed": p.Embed}[role]; e.Model == "" && known == "" && (role == "embed" || e.Preset != "") { // a server of one model takes any name
		return errors.New("a model must be named")
	}
	if e.Price.In < 0 || e.Price.Cached < 0 || e.Price.Out < 0 {
		return errors.New("a price is below 0")
	}
	for _, ms := range []int{e.Waits.Connect, e.Waits.FirstToken, e.Waits.Between} {
		if ms < 0 || ms > 10*60*1000 {
			return fmt.Errorf("waits: %d ms is not between 0 and ten minutes", ms)
		}
	}
	return nil
}

// ModelOptions are those of the client of a model's server.
func (e Engine) ModelOptions() llm.Options {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	return llm.Options{URL: e.URL, Key: e.Key, Model: e.Model, Preset: e.Preset,
		ConnectTimeout: ms(e.Waits.Connect), FirstToken: ms(e.Waits.FirstToken), BetweenChunks: ms(e.Waits.Between)}
}

// ModelPrice is what the model costs.
func (e Engine) ModelPrice() llm.Price {
	return llm.Price{In: e.Price.In, Cached: e.Price.Cached, Out: e.Price.Out, Currency: e.Price.Currency}
}
