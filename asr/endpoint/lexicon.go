package endpoint

import "strings"

// tag is what an English word does, as far as the end of a sentence depends on it.
type tag uint8

const (
	noun         tag = iota // and every word that is not listed
	determiner              // "the", "my", "user's": a noun follows
	adjective               // or one follows
	number                  // "ten"
	subject                 // "I", "they": a verb follows
	pronoun                 // "you", "it": a subject, or an object that ends the sentence
	object                  // "me", "them"
	modal                   // "will", "have": a verb or a thing follows
	copula                  // "is"
	transitive              // verbs that want a thing
	intransitive            // verbs that may end
	participle              // "changed", "taken"
	infinitive              // "to"
	preposition             // "with"
	particle                // "on", "down": a preposition, or a part of the verb
	join                    // "and"
	conjunction             // "because", "which"
	leading                 // "very", "almost": what it is about follows
	negation                // "not"
	asked                   // "what", "how"
	adverb                  // "again", "quickly": may end
	polite                  // "please"
	answering               // "yes", "thanks"
	filler                  // "um"
)

// verbal reports whether a word is a verb in one of its forms.
func (t tag) verbal() bool {
	return t == modal || t == copula || t == transitive || t == intransitive || t == participle
}

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func classes(lists map[tag]string) map[string]tag {
	m := map[string]tag{}
	for t, list := range lists {
		for _, w := range strings.Fields(list) {
			m[w] = t
		}
	}
	return m
}

// Words of English. No word is in two lists of class.
var (
	short = set(`yes no yeah yep yup nope ok okay sure right correct wrong thanks thank you please hello hi bye goodbye stop
		never mind absolutely exactly great perfect fine good not really certainly definitely indeed cheers quit help cancel`)
	// openers are answers with which more than an answer may begin.
	openers    = set(`ok okay sure right thanks thank you please hello hi good great fine perfect`)
	digitWords = set(`zero oh o one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
		eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand double triple point dash`)
	questions = set(`what where when why who how which can could would will is are do does did may should have has am was were what's where's who's how's when's whats wheres`)

	classWords = map[tag]string{
		determiner: `the a an my your our their its every another no whose half both either neither`,
		pronoun:    `you it this that these those some any each one none his her mine yours ours theirs something anything everything nothing someone anyone everyone nobody somebody`,
		subject:    `i we they he she who`,
		object:     `me him them us myself yourself himself herself itself ourselves themselves`,
		modal: `will would can could shall should may might must do does did have has had having don't doesn't didn't won't can't cannot couldn't wouldn't
			shouldn't haven't hasn't hadn't mustn't i'll you'll we'll they'll he'll she'll it'll i'd you'd we'd they'd he'd she'd i've you've we've they've
			let let's lets dont doesnt didnt wont cant ive youve weve youll`,
		copula: `is are was were am be been being isn't aren't wasn't weren't i'm you're we're they're he's she's it's that's there's here's what's where's who's how's when's
			im youre theyre hes shes its' thats theres whats wheres become became becomes seem seems seemed`,
		infinitive: `to`,
		preposition: `of in with for from at into by as than onto upon between among during within without against toward towards per via until till since
			regarding concerning including except despite followed like about after before`,
		particle:    `on off up down out over under through along past behind across around near inside outside back`,
		join:        `and or but nor plus`,
		conjunction: `because cause if when while although unless where whether though which so whereas whenever wherever`,
		leading: `very really more most less quite rather almost just only always currently also even still actually basically well such there
			maybe perhaps probably usually often never ever mister mr mrs ms miss doctor dr saint st named called`,
		negation:  `not`,
		asked:     `what how why`,
		filler:    `um uh er erm hmm mm eh`,
		polite:    `please`,
		answering: `yes yeah yep yup nope ok okay sure thanks hello hi bye goodbye cheers sorry`,
		adverb: `again now here today tomorrow tonight yesterday already yet soon later anymore home away together online instead forever twice once
			 ago alone everywhere somewhere anywhere nowhere indeed forward backward ahead abroad upstairs downstairs too much
			afterwards first last next better anyway then early late fast hard far enough long wrong`,
		number: `zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
			eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million`,
		adjective: `new old big small large little short high low good bad great other same different thin thick sharp soft heavy light dark
			black white red blue green yellow gray grey brown pink gold golden silver hot cold warm cool wet dry bright clear clean dirty fresh sweet sour
			strong weak young slow quick full empty free local main whole own few many several real true false right available current valid invalid
			correct incorrect express regular pure severe strange fine best worse worst rich poor round square flat deep wide narrow tall quiet loud calm brave kind mild rare
			stiff tough plain smooth rough tight loose middle temporary permanent single double entire various certain important special public private
			personal natural human annual daily weekly monthly nice ready busy happy glad safe sick tired selfish ill prudent second third
			unable able afraid aware interested second-hand final total extra original previous following recent faulty missing cheap expensive`,
		transitive: `enter reach say give take make use bring buy sell send tell show find get need keep hold try ask carry hit pull push
			want love wish see hear mean consider provide choose select include accept avoid expect prefer suggest recommend receive remove
			require contain create add allow describe discuss explain fill fix follow handle join lose offer raise read reduce
			replace save serve share sign solve spend spread steal support tear teach thank touch understand wear welcome win write track
			got gave took saw wore tore wrote broke chose taught threw drew`,
		intransitive: `go goes went come comes came arrive arrives arrived happen happens happened exist exists fall falls fell rise rose lie lay sit sat stand stood
			sleep slept speak spoke talk talked work works worked begin began start started stop stopped wait waits live lives lived die died run runs ran
			fly flew grow grew swim walk walked move moves feel feels felt look looks listen know knows knew think thinks thought agree believe remember forget help pay
			disconnect apologize apologise sing sang shine shone glow fail fails continue continues proceed stay stays leave hurry`,
		participle: `gone done taken given broken spoken written chosen driven eaten fallen forgotten frozen gotten hidden known seen shown stolen thrown
			torn worn sent paid sold told held kept lost left bought brought caught found made said heard built met spent cut set hurt put shut`,
	}
	class = classes(classWords)

	// tells are what "that" follows as a conjunction.
	tells = set(`know knew think thought say says said see hope believe sure sorry told heard mean means afraid aware glad happy noticed`)

	// objects are participles that want a thing when nobody is passive.
	objects = set(`taken given broken written chosen driven eaten known seen shown stolen thrown torn worn sent paid sold told held kept lost left
		bought brought caught found made heard built met spent cut set hurt put said forgotten`)

	// either are nouns, or verbs that want a thing.
	either = set(`call order number hold park record return check change charge phone email text answer question visit start stop play plan
		need use ship book report ring press hand mail name place state move turn dial cancel confirm update repeat close open connect request
		review search help pay cost cover order attempt contact access transfer delay deliver exchange refund drop fax sign test view`)
)

// stem is the base of a regular verb form that is listed, or w.
func stem(w string) string {
	for _, end := range [...]string{"s", "es", "ed", "d", "ing"} {
		b, ok := strings.CutSuffix(w, end)
		if !ok || len(b) < 3 {
			continue
		}
		for _, s := range [...]string{b, b + "e", b[:len(b)-1], strings.TrimSuffix(b, "i") + "y"} {
			if t := class[s]; (s != b[:len(b)-1] || b[len(b)-1] == b[len(b)-2]) && (t == transitive || t == intransitive || either[s]) {
				return s
			}
		}
	}
	return w
}

// tag tells what a word does after those before it.
func (c *clause) tag(w string) tag {
	named := c.need == aNoun || c.need == itsNoun
	switch {
	case w == "one" || w == "ones":
		if named || c.last == adjective {
			return noun
		}
	case w == "that" && (c.nominal && c.last == noun || tells[c.word]):
		return conjunction
	case w == "his" || w == "her" || w == "this" || w == "that" || w == "these" || w == "those" || w == "some" || w == "any" || w == "each":
		if c.need == anObject || c.need == aThing || c.fresh || c.inVerb {
			return determiner
		}
	case w == "like" && c.need == aVerb:
		return transitive
	case w == "there" && c.fresh:
		return pronoun
	case w == "first" || w == "next" || w == "last" || w == "much" || w == "long" || w == "late" || w == "early" || w == "hard" || w == "fast" || w == "far":
		if named || c.last == asked {
			return adjective
		}
	}
	if named && (either[w] || class[w] == intransitive || class[w] == transitive || class[w] == particle) {
		return noun
	}
	if t, known := class[w]; known {
		return t
	}
	if base, ok := strings.CutSuffix(w, "'s"); ok && base != "" || strings.HasSuffix(w, "s'") {
		return determiner
	}
	return c.guess(w, named)
}

// guess tags a word that is in no list, by its ending and its place.
func (c *clause) guess(w string, named bool) tag {
	base := stem(w)
	verb := base != w || either[w]
	wanted := c.need == aVerb || c.fresh || c.last == adverb && c.groups == 0
	lacking := c.nominal && c.groups <= c.openings
	switch {
	case strings.HasSuffix(w, "ed") && len(w) > 4 && !named:
		return participle
	case strings.HasSuffix(w, "ing") && base != w && !named && c.need != anObject:
		return action(base)
	case strings.HasSuffix(w, "ly") && len(w) > 4:
		return adverb
	case verb && wanted:
		return action(base)
	case verb && lacking && base != w && (c.last != noun || !either[base] || strings.HasSuffix(w, "s")):
		return action(base)
	case modifier(w) && w != "representative" && w != "executive" && w != "table" && w != "cable":
		return adjective
	}
	return noun
}

// action is the tag of a verb by its base.
func action(base string) tag {
	if class[base] == intransitive {
		return intransitive
	}
	return transitive
}

// modifier reports whether a word ends as adjectives do.
func modifier(w string) bool {
	for _, end := range [...]string{"ous", "ful", "ible", "able", "ical", "ive", "less", "ary"} {
		if len(w) > len(end)+2 && strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}
