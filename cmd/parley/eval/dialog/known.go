package dialog

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/form"
)

// known is what the customer has told so far, by slot; "" where the scenario alone
// knows it.
type known map[string]string

func (k known) copy() known { return maps.Clone(k) }

// give takes what the scenario says is known, or is no longer.
func (k known) give(t Turn) {
	for _, s := range t.Withdraws {
		delete(k, s)
	}
	for _, s := range t.Gives {
		if _, ok := k[s]; !ok {
			k[s] = ""
		}
	}
}

// learn takes what the brain has understood. A value that a business system does not
// know was wrong, and may be asked for again.
func (k known) learn(memo json.RawMessage, uses []used) {
	var m struct {
		Form  *form.State           `json:"form"`
		Known map[string]form.Value `json:"known"`
	}
	if json.Unmarshal(memo, &m) != nil {
		return
	}
	all := m.Known
	if m.Form != nil {
		all = maps.Clone(m.Form.Known())
		for n, v := range m.Known {
			if _, ok := all[n]; !ok {
				all[n] = v
			}
		}
	}
	for n, v := range all {
		if v.Value != "" && !v.Skipped {
			k[n] = v.Value
		}
	}
	for _, u := range uses {
		if u.Done {
			continue
		}
		for n := range k {
			for _, a := range u.Args {
				if s := fmt.Sprint(a); k[n] != "" && strings.Contains(squeeze(s), squeeze(k[n])) || k[n] == "" && n != "" && u.Args[n] != nil {
					delete(k, n)
					break
				}
			}
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), "") }

// askers are the words in which slots are asked for.
type askers map[string]*asker

type asker struct {
	texts  []string // whole questions
	labels []string // what the slot is called, where that is telling
}

// askersOf reads them off the procedures.
func askersOf(forms []*form.Form) askers {
	out := askers{}
	for _, f := range forms {
		for _, s := range f.Slots {
			a := out[s.Name]
			if a == nil {
				a = &asker{}
				out[s.Name] = a
			}
			for _, t := range []form.Text{s.Ask, s.Retry, s.Other} {
				for _, l := range []string{"en", "zh"} {
					for _, via := range []dialog.Via{dialog.ViaChat, dialog.ViaVoice} {
						if x := plain(t.In(l, via)); len(x) > 5 && !strings.ContainsAny(x, "{[") && !slices.Contains(a.texts, x) {
							a.texts = append(a.texts, x)
						}
					}
				}
			}
			for _, ls := range s.Labels {
				for _, l := range ls {
					if l = plain(l); strings.Contains(l, " ") || len([]rune(l)) > 2 && l[0] >= 0x80 {
						a.labels = append(a.labels, l)
					}
				}
			}
		}
	}
	return out
}

var (
	sentences = regexp.MustCompile(`[^.!?。！？]*[.!?。！？]?`)
	demanding = regexp.MustCompile(`[?？]$|^(?:please |so |and |now, )*(?:tell|give|say|what|which)|请(?:再)?(?:告诉|说|提供|发)`)
)

// again gives the slots that a reply asks for although they were known.
func (a askers) again(x Exchange) (out []string) {
	reply := plain(x.Reply)
	for _, slot := range slices.Sorted(maps.Keys(x.before)) {
		k, value := a[slot], x.before[slot]
		if k == nil || failed(x.Uses, slot, value) {
			continue
		}
		asks := slices.ContainsFunc(k.texts, func(t string) bool { return strings.Contains(reply, t) })
		for _, s := range sentences.FindAllString(reply, -1) {
			s = strings.TrimSpace(s)
			if asks || !demanding.MatchString(s) || value != "" && strings.Contains(squeeze(s), squeeze(value)) {
				continue
			}
			asks = slices.ContainsFunc(k.labels, func(l string) bool { return strings.Contains(s, l) })
		}
		if asks {
			out = append(out, slot)
		}
	}
	return out
}

// failed reports whether a system did not know a value just now.
func failed(uses []used, slot, value string) bool {
	return slices.ContainsFunc(uses, func(u used) bool {
		if u.Done {
			return false
		}
		if _, ok := u.Args[slot]; ok {
			return true
		}
		for _, v := range u.Args {
			if value != "" && strings.Contains(squeeze(fmt.Sprint(v)), squeeze(value)) {
				return true
			}
		}
		return false
	})
}
