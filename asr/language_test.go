package asr_test

import (
	"slices"
	"testing"

	"parley/asr"
)

func TestEnginesAreChosenByLanguage(t *testing.T) {
	for _, c := range []struct {
		listed string
		hears  []string
		not    []string
	}{
		{"zh-CN", []string{"zh-CN", "cmn-CN", "zh-cmn-CN", "zh", "cmn"}, []string{"yue", "zh-yue", "zh-HK", "zh-TW", "en", "wuu"}},
		{"zh", []string{"zh-CN", "zh-TW", "zh-HK", "cmn", "zh-cmn-Hans"}, []string{"yue", "zh-yue-HK", "wuu", "nan", "zhx"}},
		{"yue", []string{"yue", "yue-HK", "zh-yue", "zh-HK", "zh-Hant-HK"}, []string{"zh-CN", "zh", "en"}},
		{"zh-HK", []string{"zh-HK", "yue", "zh-yue"}, []string{"zh-CN"}},
		{"en-US", []string{"en", "", "en-US"}, []string{"en-GB", "e"}},
		{"cmn", []string{"zh-CN", "cmn"}, []string{"yue"}},
		{"wuu", []string{"wuu", "zh-wuu"}, []string{"zh", "yue"}},
		{"en", []string{"", "en", "en-GB", "EN-us"}, []string{"enm", "de"}},
	} {
		choice := asr.Choice{Languages: []string{c.listed}}
		for _, tag := range c.hears {
			if !choice.Hears(tag) {
				t.Errorf("%s does not hear %q", c.listed, tag)
			}
		}
		for _, tag := range c.not {
			if choice.Hears(tag) {
				t.Errorf("%s hears %q", c.listed, tag)
			}
		}
	}
	if !(asr.Choice{}).Hears("yue") || slices.ContainsFunc([]string{"yue", "en"}, asr.NewFallback(asr.FallbackOptions{}).Hears) {
		t.Error("no list hears all, no engine hears nothing")
	}
}
