package sip

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// Identity is who calls, as the network says.
type Identity struct {
	Name   string // display name; may be anything
	Number string // E.164 where the trunk's plan says how; else the user part as it came
	// Asserted is the number that the network vouches for (P-Asserted-Identity, RFC
	// 3325); empty: it says nothing.
	Asserted string
	// Private callers do not want their number shown (RFC 3323). It is there all the same
	// when the network passed it on: to answer the police, not to be displayed.
	Private bool
}

func identity(r *gosip.Request, p Plan) Identity {
	from := r.From()
	id := Identity{Name: clean(from.DisplayName), Number: clean(p.Normal(userOf(from.Address)))}
	host := strings.ToLower(from.Address.Host)
	id.Private = strings.HasSuffix(host, "anonymous.invalid") || strings.EqualFold(from.Address.User, "anonymous") ||
		strings.EqualFold(from.Address.User, "restricted")
	for _, h := range r.GetHeaders("privacy") {
		for _, v := range split(h.Value(), ';') {
			switch strings.ToLower(v) {
			case "id", "user", "header":
				id.Private = true
			}
		}
	}
	for _, h := range r.GetHeaders("p-asserted-identity") {
		for _, v := range splitList(h.Value()) {
			var u gosip.Uri
			var ps gosip.HeaderParams
			name, err := gosip.ParseAddressValue(v, &u, &ps)
			if err != nil {
				continue
			}
			if n := clean(p.Normal(userOf(u))); isDialable(n) && id.Asserted == "" {
				id.Asserted = n
				if id.Name == "" {
					id.Name = clean(name)
				}
			}
		}
	}
	if id.Asserted != "" && (id.Private || !isDialable(id.Number)) {
		id.Number = id.Asserted
	}
	return id
}

// extras are a message's own headers (X-…), at most 32 of them.
func extras(m interface{ Headers() []gosip.Header }) map[string]string {
	var out map[string]string
	for _, h := range m.Headers() {
		name := h.Name()
		if len(name) > 2 && (name[0] == 'X' || name[0] == 'x') && name[1] == '-' && len(out) < 32 && isHeaderName(name) {
			if out == nil {
				out = map[string]string{}
			}
			out["X-"+name[2:]] = clean(h.Value())
		}
	}
	return out
}
