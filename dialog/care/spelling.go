package care

import "strings"

// hasty are spellings of haste, dialect and recognition.
var hasty = map[string]string{
	"pls": "please", "plz": "please", "plse": "please", "thru": "through", "cn": "can", "u": "you", "ur": "your", "r": "are",
	"2": "to", "tae": "to", "wi": "with", "some1": "someone", "sum1": "someone", "any1": "anyone", "sb": "somebody",
	"wanna": "want to", "gimme": "give me", "lemme": "let me", "gotta": "got to", "gonna": "going to", "needa": "need a",
	"ppl": "people", "cust": "customer", "svc": "service", "csr": "representative", "cs": "customer service", "mgr": "manager", "dept": "department",
	"ya": "you", "ye": "you", "yous": "you", "yall": "you", "ah": "i", "im": "i am", "ive": "i have", "id": "i would", "ill": "i will",
	"yuman": "human", "hooman": "human", "hoomin": "human", "hyooman": "human", "hewman": "human", "thx": "thanks", "humman": "human", "youman": "human", "asian": "agent",
	"adviser": "advisor", "advisers": "advisors", "reps": "representatives", "rep": "representative",
	"folks": "people", "folk": "people", "bods": "people", "cant": "cannot", "wont": "will not", "dont": "do not", "doesnt": "does not",
	"didnt": "did not", "isnt": "is not", "arent": "are not", "neednt": "need not", "youre": "you are", "whos": "who is", "theres": "there is",
	"somones": "someone", "somone": "someone", "sumone": "someone", "sumbody": "somebody", "persun": "person", "purson": "person", "preson": "person",
}

// known are the words that a misspelling is taken for, when it is near enough.
var known = []string{"person", "human", "humans", "agent", "agents", "operator", "representative", "manager", "supervisor", "customer", "service",
	"someone", "somebody", "anyone", "anybody", "people", "advisor", "colleague", "transfer", "connect", "department", "specialist", "employee", "receptionist", "speak", "support"}

// tooNear are words of their own that lie one letter from a known one.
var tooNear = map[string]bool{"perso": true, "personal": true, "persons": true, "urgent": true, "against": true, "aren": true, "humane": true,
	"customs": true, "services": true, "serviced": true, "customers": true, "supports": true, "speaks": true, "speaker": true, "speakers": true,
	"peoples": true, "managers": true, "managed": true, "manage": true, "operators": true, "operated": true, "operate": true, "connects": true, "connected": true,
	"transfers": true, "humor": true, "humour": true, "agenda": true, "steak": true, "sneak": true, "spear": true, "spea": true, "supper": true, "device": true}

// respelt gives the word that was meant.
func respelt(w string) string {
	if v, ok := hasty[w]; ok {
		return v
	}
	if len(w) < 5 || tooNear[w] {
		return w
	}
	for _, k := range known {
		if w == k {
			return w
		}
	}
	for _, k := range known {
		if near(w, k) {
			return k
		}
	}
	return w
}

// joined puts together what a recogniser has taken apart: "hue man", "purse on".
func joined(words []string) []string {
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); i++ {
		if i+1 < len(words) {
			two := words[i] + words[i+1]
			if w, ok := apart[words[i]+" "+words[i+1]]; ok {
				out = append(out, w)
				i++
				continue
			}
			if k := skeleton(two); len(words[i]) > 1 && len(words[i+1]) > 1 && len(two) <= 9 && (k == "hmn" && strings.HasPrefix(two, "h") || k == "prsn" && two != "prison") {
				out = append(out, map[string]string{"hmn": "human", "prsn": "person"}[k])
				i++
				continue
			}
		}
		out = append(out, words[i])
	}
	return out
}

// apart are known words as recognisers take them apart.
var apart = map[string]string{"some one": "someone", "some body": "somebody", "any one": "anyone", "any body": "anybody", "eight gent": "agent", "a gent": "agent",
	"aid gent": "agent", "hey gent": "agent", "rep resentative": "representative", "oper ator": "operator", "you man": "human", "hue mans": "humans", "super visor": "supervisor",
	"man ager": "manager", "help desk": "helpdesk", "call back": "callback"}

// skeleton is a word's consonants.
func skeleton(w string) string {
	var b strings.Builder
	for _, r := range w {
		if !strings.ContainsRune("aeiouy", r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// near reports whether one edit, or two neighbours exchanged, makes a into b.
func near(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) > len(b) {
		return a[i+1:] == b[i:]
	}
	if i == len(b) {
		return true
	}
	return a[i+1:] == b[i+1:] || i+1 < len(b) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
