package endpoint

import "strings"

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// What English words are, as far as the end of a sentence depends on it. Words are as
// asr/words splits them: lower case, no apostrophe.
var (
	short = set(`yes no yeah yep yup nope ok okay sure right correct wrong thanks thank you please hello hi bye goodbye stop
		never mind absolutely exactly great perfect fine good not really certainly definitely indeed cheers quit help cancel`)
	fillerTail = set(`um uh er erm hmm mm`)
	digitWords = set(`zero oh o one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
		eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand double triple point dash`)
	// openers want something after them.
	openers = set(`the a an my your our their his its these those and or but so because if when while although since unless
		to of in at for from with about into by as than onto upon between among during within without against toward towards per via until till
		is are was were am be being has had would could should shall may might must cannot cant dont doesnt didnt wont isnt arent
		i we they he she ill im ive id youre were theyre theres thats its whats hes shes
		like well actually basically just very really more most some any every each no not which who whose what where how why
		named let lets get got want need please after before both either neither quite rather too such another called there if`)
	determiners  = set(`the a an my your our their his its this that these those some any every each no another which whose`)
	subjects     = set(`i we they he she you it im ive id ill youre theyre hes shes theres weve youve weve`)
	subordinates = set(`if when while although since because unless after before until which who whose that as where whether though`)
	joins        = set(`and or but nor then so plus`)
	questions    = set(`what where when why who how which can could would will is are do does did may should have has am was were whats wheres hows`)
	auxiliaries  = set(`is are was were am be been being do does did have has had will would can could shall should may might must
		im ive id ill youre theyre hes shes its thats theres lets dont doesnt didnt cant wont isnt arent wasnt cannot havent hasnt couldnt wouldnt weve youve whats wheres`)
	copulas      = set(`is are was were am be been being im youre theyre hes shes its thats feel feels look looks seem seems become became get gets got went stay`)
	prepositions = set(`to of in on at for from with about into by as than onto upon between among during within without against toward
		towards over under through down up off out near behind across around along past per via until till`)
	// transitives are verbs that want an object; a particle or preposition will do as well.
	transitives = set(`enter reach check say press give take make put use bring buy sell send tell show find see want need get keep let
		hold try ask visit carry hit cut pull push open close change return cancel confirm update check repeat provide dial choose select
		report book order receive received ordered bought sent lost found made took gave told has had brought put said saw built kept
		hurt eaten called accept accepted connect attempt consider please covered filled wants needs takes gives makes uses expect
		mean means hear heard follow follows leave left become like love wish followed`)
	// verbs that end a clause well, or may; with transitives and auxiliaries all that is known of verbs.
	verbs = set(`go goes went gone come comes came run runs ran runs work works worked start starts started stop stops stopped help helps helped
		call calls know knows knew think thinks thought live lives lived move moves moved arrive arrives arrived happen happens happened
		wait waits waited pay pays paid look looks looked feel feels felt seem seems stand stands stood sit sits sat lie lay fall falls fell rise rose
		fly flew grow grew turn turned turns talk talked speak spoke spoken write wrote written read play played plays walk walked eat ate drink drank
		sleep slept begin began begun break broke broken charge charged ship shipped deliver delivered refund refunded expire expired log logged
		remove removed answer answered glow shine shone burn burned drive drove wear wore won win lose tore tear spread set sang sing ring rang
		believe remember understand understood forgot forget apologize apologise sign signed register registered disconnect disconnected
		park parked transfer transferred record recorded continue continued press pressed reset blocked locked stolen damaged`)
	adjectives = set(`new old big small large little long short high low good bad great next last first second third other same different
		black white red blue green yellow gray grey brown pink gold golden silver hot cold warm cool wet dry thin thick sharp soft hard heavy light dark
		bright clear clean dirty fresh sweet sour strong weak young fast slow quick full empty free open local main whole own few many several much
		real true false right wrong available current valid invalid incorrect correct express regular pure severe strange fine best better worse worst
		early late rich poor round square flat deep wide narrow tall quiet loud calm brave kind mild rare ripe stiff tough plain smooth rough tight loose
		middle temporary permanent only single double entire various certain possible important special public private personal natural human
		annual daily weekly monthly nice ready busy sure happy sorry glad safe sick tired cold-hearted selfish ill prudent`)
	predicates = set(`working here there now today tomorrow yesterday again yet already forever soon later away back together anymore please online
		quickly slowly home it me them him her us you this that mine yours too once twice something anything everything nothing somewhere`)
)

// verb reports whether w is known as one, in any of its regular forms.
func verb(w string) bool {
	if verbs[w] || transitives[w] || auxiliaries[w] {
		return true
	}
	for _, end := range [...]string{"s", "es", "ed", "d", "ing"} {
		if b, ok := strings.CutSuffix(w, end); ok && len(b) > 2 {
			if verbs[b] || transitives[b] || verbs[b+"e"] || transitives[b+"e"] {
				return true
			}
			if n := len(b); b[n-1] == b[n-2] && (verbs[b[:n-1]] || transitives[b[:n-1]]) {
				return true
			}
		}
	}
	return false
}

// modifier reports whether w asks for a noun after it.
func modifier(w string) bool {
	if adjectives[w] {
		return true
	}
	for _, end := range [...]string{"ous", "ful", "ible", "able", "ical", "ive", "less"} {
		if len(w) > len(end)+2 && strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}
