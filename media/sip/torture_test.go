package sip

import (
	"strings"
	"testing"
	"time"
)

// torture are messages of our own after the cases of RFC 4475: what is valid and looks odd
// must be understood, what is not must get nothing or a refusal. {…} are the wire's.
// (Spaces inside of "SIP/2.0/UDP", section 3.1.1.1, are beyond the stack's parser.)
var torture = []struct {
	name, section, message string
	want                   string // how the answer begins; empty: there is none
}{
	{"short and long names, folding, odd spaces", "3.1.1.1", `
INVITE sip:+4930222;a=b@{you};unknown SIP/2.0
v:  SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
f :  "Strange \"Name\", yes" <sip:+4930111@example.com>;tag={id} ; x = "y"
TO :
 sip:+4930222@example.com ;  p1 = 1
i: {id}
CSeq: 0009
  INVITE
Max-ForWards: 0068
New-Header: of nobody's; with=; strange ",, stuff
m:"Quoted string \"\"" <sip:ann@{me}> ; newparam = newvalue ; q = 0.33
s :

`, "SIP/2.0 200"},
	{"wide range of characters", "3.1.1.2", `
!invite-nOT_really.%+~'` + "`" + ` sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: "ª€" <sip:a%20b@example.com>;tag={id}
To: <sip:+4930222@example.com>
Call-ID: {id}
CSeq: 1 !INVITE-NOT_REALLY.%+~'` + "`" + `
Max-Forwards: 70

`, "SIP/2.0 405"},
	{"escapes in the user", "3.1.1.3", `
INVITE sip:%2B4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:I%20have%20spaces@example.net>;tag={id}
To: <sip:user@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>
Max-Forwards: 70

`, "SIP/2.0 200"},
	{"null escapes", "3.1.1.4", `
OPTIONS sip:null-%00-null@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: sip:null-%00-null@example.com;tag={id}
To: sip:null-%00-null@example.com
Call-ID: {id}
CSeq: 1 OPTIONS
Max-Forwards: 70

`, "SIP/2.0 200"},
	{"a percent sign that escapes nothing", "3.1.1.5", `
OPTIONS sip:re%ert@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:resource@example.com>;tag={id}
To: <sip:resource@example.com>
Call-ID: {id}
CSeq: 1 OPTIONS
Max-Forwards: 70

`, "SIP/2.0 200"},
	{"no space before <", "3.1.1.6", `
OPTIONS sip:{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: caller<sip:caller@example.com>;tag={id}
To: "t"<sip:t@example.com>
Call-ID: {id}
CSeq: 1 OPTIONS
Max-Forwards: 70

`, "SIP/2.0 200"},
	{"long values", "3.1.1.7", `
OPTIONS sip:` + strings.Repeat("longuser", 40) + `@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}` + strings.Repeat("b", 300) + `;rport
Via: SIP/2.0/TCP ` + strings.Repeat("host.", 40) + `example.com;branch=z9hG4bK2
From: "` + strings.Repeat("long ", 60) + `" <sip:x@example.com>;tag={id}
To: "I have a user name of extreme proportion"<sip:x@example.com>
Call-ID: {id}` + strings.Repeat("c", 250) + `
CSeq: 1 OPTIONS
Max-Forwards: 70
Unknown-` + strings.Repeat("Long-", 50) + `Name: ` + strings.Repeat("v", 4000) + `

`, "SIP/2.0 200"},
	{"semicolons in the user", "3.1.1.9", `
OPTIONS sip:user;par=u%40example.net@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.org>;tag={id}
To: <sip:user@example.com>
Call-ID: {id}
CSeq: 1 OPTIONS
Max-Forwards: 70

`, "SIP/2.0 200"},
	{"several transports in Via", "3.1.1.10", `
OPTIONS sip:user@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bK2, SIP/2.0/UNKNOWN t3.example.com;branch=z9hG4bK3
From: <sip:caller@example.org>;tag={id}
To: <sip:user@example.com>
Call-ID: {id}
CSeq: 1 OPTIONS
Max-Forwards: 70

`, "SIP/2.0 200"},
	{"extra separators", "3.1.2.1", `
INVITE sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};;,;,,
From: <sip:caller@example.com>;tag={id}
To: <sip:+4930222@example.com>;tag=1;;;
Call-ID: {id}
CSeq: 1 INVITE
Max-Forwards: 70

`, ""},
	{"a body shorter than Content-Length", "3.1.2.2", `
INVITE sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:+4930222@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>
Content-Type: application/sdp
Content-Length: 9999

v=0
`, ""},
	{"a negative Content-Length", "3.1.2.3", `
INVITE sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:+4930222@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>
Content-Length: -999

v=0
`, ""},
	{"numbers that overflow", "3.1.2.4", `
REGISTER sip:{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:caller@example.com>
Call-ID: {id}
CSeq: 36893488147419103232 REGISTER
Max-Forwards: 300
Expires: 10000000000000000000000000000000000000
Contact: <sip:user@{me}>;expires=280297596632815

`, ""},
	{"an unterminated quoted string", "3.1.2.6", `
INVITE sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: "Mr. J. User <sip:+4930222@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>
Max-Forwards: 70

`, ""},
	{"spaces in the request line", "3.1.2.8", `
INVITE  sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:+4930222@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>

`, ""},
	{"another SIP version", "3.1.2.16", `
OPTIONS sip:t@{you} SIP/7.0
Via: SIP/7.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:t@example.com>
Call-ID: {id}
CSeq: 1 OPTIONS

`, ""},
	{"CSeq of another method", "3.1.2.17", `
OPTIONS sip:t@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:t@example.com>
Call-ID: {id}
CSeq: 1 INVITE

`, ""},
	{"a response with a status that is none", "3.1.2.19", `
SIP/2.0 4294967301 better not break the receiver
Via: SIP/2.0/UDP {you};branch=z9hG4bK{id}1
From: <sip:caller@example.com>;tag={id}
To: <sip:t@example.com>;tag=1
Call-ID: {id}
CSeq: 1 OPTIONS

`, ""},
	{"a branch of before RFC 3261", "3.2.1", `
OPTIONS sip:t@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:t@example.com>
Call-ID: {id}
CSeq: 1 OPTIONS

`, ""},
	{"nothing but a request line", "3.3.1", `
INVITE sip:user@{you} SIP/2.0
CSeq: 1 INVITE
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1

`, ""},
	{"an unknown scheme", "3.3.2", `
INVITE nobodyKnowsThisScheme:totallyopaque SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:t@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>
Max-Forwards: 70

`, "SIP/2.0 416"},
	{"unknown schemes in From and To", "3.3.4", `
OPTIONS sip:t@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <http://www.example.com>;tag={id}
To: <isbn:2983792873>
Call-ID: {id}
CSeq: 1 OPTIONS
Max-Forwards: 70

`, "SIP/2.0 200"},
	{"extensions that nobody has", "3.3.6", `
INVITE sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:+4930222@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>
Require: nothingSupportsThis, nothingSupportsThisEither
Proxy-Require: noProxiesSupportThis
Max-Forwards: 70

`, "SIP/2.0 420"},
	{"an unknown body", "3.3.7", `
INVITE sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:+4930222@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>
Content-Type: application/unknownformat
Max-Forwards: 70

<audio>
`, "SIP/2.0 415"},
	{"headers that may be there once", "3.3.8", `
INVITE sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
From: <sip:other@example.com>;tag=2
To: <sip:+4930222@example.com>
To: <sip:other@example.com>
Call-ID: {id}
Call-ID: other
CSeq: 1 INVITE
CSeq: 8 INVITE
Contact: <sip:ann@{me}>

`, ""},
	{"a response that nobody asked for", "3.3.10", `
SIP/2.0 200 OK
Via: SIP/2.0/UDP {you};branch=z9hG4bK{id}1
From: <sip:caller@example.com>;tag={id}
To: <sip:t@example.com>;tag=1
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>

`, ""},
	{"no hops left", "3.3.11", `
OPTIONS sip:t@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
From: <sip:caller@example.com>;tag={id}
To: <sip:t@example.com>
Call-ID: {id}
CSeq: 1 OPTIONS
Max-Forwards: 0

`, "SIP/2.0 483"},
}

func TestTorture(t *testing.T) {
	s, w, _ := inbound(t, Options{})
	again := map[string]bool{} // a refusal that nobody confirms is sent again
	for _, e := range torture {
		w.id = token(6)
		w.send(e.message)
		if e.want != "" {
			t.Log(e.section, e.name) // seen when the next line fails
			again[w.expect(e.want)] = true
		}
	}
	for m := w.next(300 * time.Millisecond); m != ""; m = w.next(300 * time.Millisecond) {
		if first, _, _ := strings.Cut(m, "\r\n"); !again[m] && !strings.HasPrefix(first, "SIP/2.0 1") && !strings.HasPrefix(first, "SIP/2.0 200") && !strings.HasPrefix(first, "BYE") {
			t.Errorf("there came %q", m)
		}
	}
	if n := s.Stats(); n.Malformed < 10 {
		t.Errorf("counted %+v", n)
	}
	// And it still takes calls.
	w.id = token(6)
	w.call()
}
