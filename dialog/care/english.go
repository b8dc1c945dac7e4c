package care

import (
	"strings"

	"parley/dialog/regexp"
)

// The parts of the patterns. A pattern sees lower-case words with one blank between
// them; "." and "," stand where clauses end.
const (
	// people whom one asks for.
	people = `(?:person|people|humans?(?: beings?| agents?| employees?| staff| operators?| representatives?)?|agents?|representatives?|operators?|advisors?|somebody|someone|anybody|anyone|managers?|supervisors?|boss|director|colleagues?|staff(?: members?)?|employees?|workers?|specialists?|experts?|technicians?|engineers?|handlers?|handler|receptionists?|soul|lady|gentleman|woman|man|girl|lass|lad|dude|guy|bloke|chap|fella|whoever|brain|pulse|team|owner|consultants?|assistants?|one of (?:you|yours|your (?:people|team|staff|lot|colleagues|agents|advisors|guys|managers|technicians))|member of (?:your |the )?(?:team|staff)|somebodys?|adult|grown up|being)`
	// desks are places that one is put through to.
	desks = `(?:(?:customer|client|technical|tech|sales|after sales|billing|claims?|complaints?|returns?|refunds?|warranty|accounts?|delivery|insurance|shipping|support|repairs?|service|human|live|disputes|retention|underwriting)(?: and \w+)? (?:services?|support|care|relations|team|department|desk|office|people|staff|line|chat|help|agents?|representatives?|advisors?|managers?|handlers?|person|side)|support|sales|claims|complaints|billing|reception|helpdesk|switchboard|head office|front desk|customer services?|accounts)`
	// which words may stand before them.
	which = `(?:(?:a|an|the|some|any|one|of|your|you|real|actual|live|human|living|breathing|proper|other|another|different|single|senior|nice|bloody|flipping|damn|damned|goddamn|fucking|freaking|sodding|actually|flesh and blood|qualified|trained|competent|responsible|particular|right|more|else|from|in|at|relevant|claims?|returns?|sales|insurance|customer|support|service|billing|technical|duty|shift|line|floor|store|branch|shop|team|care|account|local|english|chinese|mandarin|speaking|sensible|helpful|friendly|higher|up|whole|kind|sort|type|actual|just|there|next|free|available|first|possible|good|these|those|this|that|them|like|maybe|perhaps|either) )*`
	whom  = which + `(?:` + desks + `|` + people + `)`
	// gap is a few words between.
	gap = `(?:[a-z0-9]+ ){0,3}`
	// ask are the words in which somebody asks for something.
	ask  = `(?:i want|i need|i would like|i would love|i would prefer|i prefer|i would rather|i d rather|i d like|we want|we need|we would like|can i|could i|may i|might i|can we|could we|cannot i|could not i|let me|let us|please|can you|could you|would you|will you|cannot you|just|i am asking|i asked|i have to|i got to|id|got to|how do i|how can i|how do we|where can i|where do i|is it possible|possible|want|need|like|rather|prefer|better|happier|easier|ask|wish|hoping|going to need|insist|demand|request|i said|i am trying|trying|chance|way|any way|try|able|must|should|to)`
	bots = `(?:bots?|robots?|machines?|computers?|chat ?bots?|software|recordings?|recorded|automat\w+|ai|a i|programs?|algorithms?|voice ?bots?|ivr|menu|thing|siri|alexa|script)`
	not  = `(?:do not|does not|did not|not|no|never|need not|no need|without|instead of|rather than|stop|dont|hate|am done with|sick of|tired of|enough of|fed up with|had enough of)`
)

func matcher(parts ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[ ])(?:` + strings.Join(parts, `|`) + `)(?:$|[ ])`)
}

// strong patterns ask for a person, wherever they stand.
var strong = matcher(
	// talking: the base form only, since "the agent I spoke to" asks for nobody.
	`(?:speak|talk|chat|discuss|deal|communicate|type|have a (?:word|chat|talk|conversation)|get in touch|go over|go through|sort) `+gap+`(?:to|with|by|through) `+gap+whom,
	`(?:talk|speak) `+whom,
	`explain (?:this|it|things|myself|the \w+|my \w+) `+gap+`to `+whom,
	`(?:connect|transfer|put|pass|patch|hand|switch|redirect|forward|direct|take|join|move|route|escalate|send|refer|bounce|swap|change|shift|plug) (?:me|us|this|it|him|her|them|my \w+|the \w+|him|mum|mam)?(?: ?(?:straight|right|directly|back|through|over|on|onto|up|along|now|please|out of this \w+|and over))* ?(?:to|with|onto|into|for|over to|on to) `+gap+whom,
	`(?:put|patch|get) (?:me|us|her|him|my mum) through`, `(?:transfer|connect|escalate) (?:me|us|this|it|my \w+|the call)`, `hand (?:me|us|this|it) (?:over|off|on)`, `connect (?:to|with) `+whom,
	`hand ?(?:off|over) to `+whom,
	`(?:get|give|fetch|find|bring|call|send|gimme|grab|hand|pass|lend|want|need|prefer|see|have|reach|contact|take|show) (?:me |us |in |over |on |out |for |back |you to get |to get |get )*`+which+`(?:`+people+`|`+desks+`)(?: (?:please|now|here|there|who|that|to|on|in|instead|for|at|with|real|thanks|today|right|quick\w*|asap|immediately|then|and|or|not|i|from|mate|already|because|about|whose|does|knows|over|out|me|help|look|tonight|rather|this|before|so|as|, |\.))`,
	`(?:get|give|fetch|find|bring|want|need|prefer|reach|contact|like) (?:me |us |in |over |on |to get )*`+which+`(?:`+people+`|`+desks+`)$`,
	`(?:is|are|is not|are not) there `+gap+whom+`(?: (?:i|who|that|there|here|in|about|available|can|could|to|with|on|around|please|tonight|today|now|at|free|we|left|alive|awake|else|actually|whom|able))`, `(?:is|are|is not|are not) there `+which+`(?:person|human|humans|people|agents?|representative|somebody|someone|anybody|anyone|soul|staff|colleague)$`,
	`(?:do|have) you (?:not )?(?:have|got) `+gap+`(?:person|people|human|agents?|somebody|someone|anybody|representative|advisor) ?(?:i|we|who|that|there|here|to|available|around|on|$)?`,
	`(?:does|do) (?:anyone|anybody|any humans?|any people|people|real people) (?:actually |really |even )*(?:work|answer|sit)`,
	`(?:can|could|would|will|may|must|should|let|have|if) `+which+whom+` (?:please |just |actually |kindly |maybe |perhaps |quickly )*(?:call|ring|phone|contact|help|look|take over|take this|review|talk|speak|chat|explain|answer|jump in|step in|join|get in|get on|pick up|come|sort|deal|handle|assist|type|tell me|reply|respond|walk me|listen|read)`,
	whom+` (?:to|should|must|needs to|has to|ought to|can|could|that can|who can|who could) (?:please |just |actually |kindly )*(?:call|ring|phone|contact|help|look|take over|review|talk|speak|chat|explain|answer|come|sort|deal|handle|assist|type|tell me|reply|respond|listen|read) ?(?:me|us|to me|at|this|it|with|into|back|on|through)?`,
	`any chance of `+whom, `(?:can|could|may) (?:i|we) (?:please )?have `+which+`(?:person|human|agent|representative|operator|advisor|manager|supervisor)`,
	`there is a (?:human|person|agent) (?:in|on|at|there|available)`,
	`(?:who|what) do i (?:have to|need to|got to) `+gap+gap+`(?:to|for) (?:get|reach|find|speak|talk) `+gap+whom,
	`(?:put|get) (?:him|her|them|somebody|someone|anyone|a \w+|the \w+|your \w+)(?: \w+)? on(?: the (?:phone|line))?`,
	`(?:on|in) (?:the )?(?:phone|line|queue|chat)(?: \w+)? `+whom, whom+` on (?:the )?(?:phone|line)`,
	`i (?:said|want|need|demand|meant|asked for|am asking for|requested|was promised|would like) `+which+`(?:agent|human|person|operator|representative|manager|supervisor|advisor)`,
	`(?:wait|hold|queue|line) `+gap+`for `+whom,
	`(?:as|like) `+whom+` i can talk to`, `(?:person|human|someone|somebody|dude|guy|agent) (?:back there )?(?:i|we) can (?:talk|speak|chat|write|turn) ?(?:to|with)?`,
	`(?:with|to) `+which+`(?:person|human|someone|somebody|human being|agent|representative|advisor|manager)(?: not| instead| rather)`,
	`(?:be |get )?(?:connected|transferred|put through|passed|handed|directed|redirected|switched|escalated) (?:over |on )?(?:to|with) `+gap+whom,
	`(?:contact|a word|word|conversation|chat|deal|easier|better|happier|faster|quicker|carry on|continue|go on|check|talk|discuss|only deal|complaint|complain) (?:with|to) `+gap+whom, `past (?:you|this|the \w+) `+gap+gap+whom,
	`(?:in|at|from|on) your (?:office|end|team|side|company|place) `+gap+`(?:take|have|look|help|call|talk|speak)`, `(?:somebody|someone|anyone|anybody|one of you\w*) `+gap+`(?:can|could|to) (?:take a look|have a look|look|help|sort|talk|listen)`,
	`(?:somebody|someone|anyone) who (?:is not|isnt|is) (?:a |one|real|human)?`,
	`(?:get|getting) hold of `+whom, `(?:put|passed|sent|transferred|connected) back to `, `(?:can|could|may) i (?:get|have|speak to|see) [a-z]{3,12} again`, `(?:person|human|someone|somebody|agent|advisor|expert|specialist|man|woman) (?:picks? up|answers?|explains? it|explained it|take over|takes over|handle|handles)`,
	`(?:have|get|let) (?:my|the|your|an?) (?:\w+ )?(?:adjuster|adviser|advisor|handler|agent|broker|manager|account manager|case worker|expert) (?:call|ring|phone|contact|email|write)`,
	`(?:arrange|book|schedule|request|set up|organi[sz]e|like|want|need|have) (?:me )?(?:a |an )?(?:call ?back|call back|phone call|call|ring|appointment to talk) (?:from|with|by) `, `(?:would you mind|could i trouble you|trouble you|be so kind) (?:\w+ ){0,4}(?:human|person|somebody|someone|colleague|agent)`,
	`find me (?:one|a person|a human|someone|somebody)`, `get me one`, `way out to `+whom, `(?:colleague|someone|somebody|advisor|expert|manager)(?: \w+)? (?:could |to |can |should |please )?(?:telephone|phone|ring|call|contact) (?:me|us)`,
	`talk to (?:the |your |those )?(?:guys|people|lads|folks|ones|lot) (?:at|in|from|on)`, `(?:someone|somebody|anyone) (?:please )?take over`, `someone i could (?:maybe )?(?:talk|speak)`, `(?:do|does) (?:an?|any) (?:actual |real )?(?:human|person|human being|people) work`,
	// a machine is refused.
	`(?:do not|did not|refuse to|will not|cannot|not going to|refuse to|not|no longer|never|do not want to|not here to|rather not) (?:want (?:to )?|like |wish to |do |accept |trust |deal with |going to )?(?:type another word |say another word |talk\w* |speak\w* |argue |chat\w* |deal\w* |argu\w* |discuss\w* )?(?:to |with |from |by |an answer from )?(?:a |an |the |this |some |your |stupid |any |another word to a |single word to a )*`+bots,
	`(?:no more|stop with|skip|enough|enough of|sick of|tired of|fed up with|hate|past|out of|get past|get rid of|bypass|away from|off|without) (?:talking to |speaking to |with )?(?:the |a |an |this |these |your |stupid |bloody |automated )*`+bots,
	`(?:instead of|rather than|not|isnt|is not) (?:a |an |the |this |some |talking to a |talking to |with a )*`+bots,
	`(?:help|assistance|contact|support) from `+which+`(?:human|person|somebody|someone|agent)`, `human (?:help|assistance|contact|support|attention|agent|being please|intervention|touch)`,
	`(?:speak|talk|see|fetch|get|call) (?:to |with )?your (?:manager|boss|supervisor|superior|master|leader|colleague|team|people|humans?|staff|technicians?)`,
	`press zero`, `0 0 0`, `take over this (?:chat|call|case)`, `call me back`, `ring me back`, `phone me back`, `have (?:someone|somebody|an agent|a person) (?:call|ring|phone)`,
	`escalate(?: now)?$`, `^escalate`, `escalate this`,
	`someone (?:real|human|who|with|that|in charge|higher|else|senior|competent)(?: \w+)* (?:please|on|over|now|tell|talk|help)`, `someone real`, `somebody real`, `anyone real`, `real (?:person|human|people|purse)`,
	`speak to a$`, `who is in charge`, `the person in charge`, `whoever is in charge`, `person responsible`, `someone responsible`, `someone in charge`, `somebody in charge`,
)

// past are sentences that tell of people and ask for none.
var past = matcher(
	`how (?:many (?:people|agents|staff|humans|persons)|long|much)`, `(?:the )?(?:voice )?assistant to (?:stop|start|read|turn)`, `do (?:real )?(?:people|humans) (?:write|buy|use|like|wear|hear|return|read)`,
	`(?:i|we|you|they|he|she|someone|somebody) (?:have |already |have already |had |just |also )*(?:spoke|talked|spoken|chatted|emailed|wrote|met|called|rang|phoned) (?:to|with)?`,
	`(?:agent|person|rep|representative|advisor|operator|colleague|man|woman|lady|guy|manager) (?:i|we|who|that) (?:spoke|talked|chatted|told|said|ordered|was|came|delivered)`,
	`(?:agent|person|representative|advisor|operator|colleague|manager|boss|supervisor|someone|somebody|guy|man|staff)(?: \w+)? (?:told|said|promised|says|left|stole|signed|emailed|came|took|was|were|gave|gives|broke|lost|delivered|bought)`,
)

// unwanted are sentences that do not want a person.
var unwanted = matcher(
	`(?:do not|no need to|need not|not necessary to|please do not|no need for you to) (?:need to |want to |want you to |have to |be )?(?:transfer|put|connect|pass|hand|escalate)(?:ing)?(?: (?:me|us|this|it))?(?: (?:through|over|on))?(?: to `+whom+`)?`,
	`(?:do not|no need to|need not) (?:need to |want to |have to |wish to )?(?:speak|talk|chat|involve|bother|call|ring) (?:to |with |in )?`+which+`(?:person|people|human|humans|agent|agents|representative|anyone|anybody|someone|somebody|operator|staff)`,
	`(?:do not|no need|need not|not) (?:need|want|for|require|looking for) `+which+`(?:person|people|human|agent|representative|operator|anyone|anybody|manager)`,
	`hate (?:talking|speaking) to (?:people|humans|agents|anyone|somebody|persons)`,
)

// spoken-of words may be a wish in words that no pattern knows.
var spokenOf = matcher(`(?:human|humans|agent|agents|representative|operator|advisor|advisors|supervisor|manager|managers|colleague|colleagues|staff|somebody|someone|anybody|anyone|technician|specialist|customer service|customer support|helpline|live chat|robot|bot|machine|nobody listens?|nobody is listening|nobodys listening|person|people)`)

// polite words stand around a bare request.
var polite = map[string]bool{"please": true, "hi": true, "hello": true, "hey": true, "um": true, "uh": true, "er": true, "no": true, "yes": true, "just": true, "now": true, "ok": true, "okay": true, "well": true,
	"thanks": true, "thank": true, "you": true, "i": true, "said": true, "a": true, "an": true, "the": true, "mate": true, "sorry": true, "forget": true, "it": true, "enough": true, "right": true, "oh": true,
	"so": true, "and": true, "or": true, "for": true, "time": true, "third": true, "fourth": true, "second": true, "get": true, "give": true, "me": true, "want": true, "need": true, "real": true, "live": true, "actual": true,
	"some": true, "any": true, "again": true, "sir": true, "madam": true, "ma'am": true, "excuse": true, "then": true, "but": true, "asap": true, "immediately": true, "quick": true, "quickly": true, "one": true, "god": true, "sake": true, "s": true, "customer": true, "care": true, "urgent": true, "urgently": true, "would": true, "like": true, "here": true, "there": true, "with": true, "to": true, "not": true, "human": true, "on": true, "phone": true, "my": true, "your": true, "is": true, "chat": true, "line": true, "agent": true}

var bareNoun = regexp.MustCompile(`^(?:` + people + `|` + desks + `|human|agent|person)$`)

var bareDesk = regexp.MustCompile(`^(?:hi |hello |hey |please |just |um |ok )*(?:customer|client|technical|tech|complaints?|claims?|returns?|refunds?|billing|sales|fraud|warranty|legal|accounts?|repairs?|delivery|underwriting|cust|disputes?|retention|technical|insurance) (?:services?|support|care|relations|team|department|dept|desk|line|office|people)(?: please| now| urgently| thanks| thx| human| agent| representative| team| person)*$`)

// vague nouns are too common to ask for anybody alone.
var vague = map[string]bool{"people": true, "man": true, "woman": true, "girl": true, "team": true, "owner": true, "brain": true, "pulse": true, "being": true, "sales": true, "claims": true, "billing": true, "accounts": true, "engineer": true, "engineers": true}

// bare reports whether a clause names a person and says nothing else.
func bare(clause string) bool {
	words := strings.Fields(clause)
	if len(words) == 0 || len(words) > 8 {
		return false
	}
	if bareDesk.MatchString(clause) {
		return true
	}
	found := false
	var rest []string
	for _, w := range words {
		if bareNoun.MatchString(w) && !vague[w] {
			found = true
			continue
		}
		if !polite[w] {
			rest = append(rest, w)
		}
	}
	if len(rest) == 0 {
		return found
	}
	return bareNoun.MatchString(strings.Join(rest, " ")) && !vague[strings.Join(rest, " ")]
}

var named = regexp.MustCompile(`^(?:hi |hello |hey |sorry )?(?:is|could i (?:speak|talk) (?:to|with)|can i (?:speak|talk) (?:to|with)) [a-z]{3,12} (?:there|in|around|available|on|free|working)(?: today| tonight| now)?$`)

// nobody are words that stand where a name would.
var nobody = regexp.MustCompile(` (?:it|that|this|they|shipping|delivery|anything|something|stock|service|everything|what|still|parking|payment|item|colour|color|free) `)

func wishEnglish(f folded) Wish {
	if f.latin == "" {
		return NoWish
	}
	whole := strings.NewReplacer(" .", "", ". ", "", " ,", "", ", ", "").Replace(f.latin)
	if unwanted.MatchString(whole) && !strings.Contains(whole, "instead") {
		return Refuses
	}
	if bare(whole) {
		return Wishes
	}
	for _, c := range f.views() {
		if bare(c) || named.MatchString(c) && !nobody.MatchString(c+" ") || strong.MatchString(c) && !past.MatchString(c) {
			return Wishes
		}
	}
	if spokenOf.MatchString(whole) {
		return MayWish
	}
	return NoWish
}
