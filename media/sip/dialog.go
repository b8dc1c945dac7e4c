package sip

import (
	"crypto/rand"
	"encoding/hex"

	gosip "github.com/emiago/sipgo/sip"
)

// allowed are the methods that we take, supported the extensions.
const (
	allowed   = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY"
	supported = "timer, replaces, norefersub"
)

// party is one end of a dialog as From and To write it.
type party struct {
	name string
	uri  gosip.Uri
	tag  string
}

// hop is where a message goes next.
type hop struct {
	network string // "UDP", "TCP" or "TLS"
	addr    string // address and port, resolved
}

// dialog is what two ends agree on for the life of a call (RFC 3261 section 12).
type dialog struct {
	callID        string
	local, remote party
	localSeq      uint32 // of our last request
	remoteSeq     uint32 // of the far end's last INVITE, UPDATE or REFER; 0: none yet
	routes        []gosip.Uri
	target        gosip.Uri // the far end's Contact
	contact       gosip.Uri // ours
	next          hop
}

// key finds a dialog among the server's.
type dialogKey struct{ callID, local, remote string }

func (d *dialog) key() dialogKey { return dialogKey{d.callID, d.local.tag, d.remote.tag} }

// request is a new request in the dialog, without Via. seq 0 takes the next number.
func (d *dialog) request(method gosip.RequestMethod, seq uint32) *gosip.Request {
	if seq == 0 {
		d.localSeq++
		seq = d.localSeq
	}
	uri, routes := d.target, d.routes
	if len(routes) > 0 && !routes[0].UriParams.Has("lr") { // a strict router, RFC 3261 section 12.2.1.1
		uri, routes = routes[0], append(append([]gosip.Uri(nil), routes[1:]...), d.target)
		uri.Headers = nil
	}
	r := gosip.NewRequest(method, *uri.Clone())
	for _, u := range routes {
		r.AppendHeader(&gosip.RouteHeader{Address: *u.Clone()})
	}
	d.head(r, method, seq)
	switch method {
	case gosip.INVITE, gosip.UPDATE, gosip.REFER, gosip.NOTIFY, gosip.ACK:
		r.AppendHeader(&gosip.ContactHeader{Address: *d.contact.Clone()})
	}
	r.SetTransport(d.next.network)
	r.SetDestination(d.next.addr)
	r.SetBody(nil)
	return r
}

// head gives r what every request has.
func (d *dialog) head(r *gosip.Request, method gosip.RequestMethod, seq uint32) {
	forwards := gosip.MaxForwardsHeader(70)
	id := gosip.CallIDHeader(d.callID)
	from := &gosip.FromHeader{DisplayName: d.local.name, Address: *d.local.uri.Clone()}
	from.Params.Add("tag", d.local.tag)
	to := &gosip.ToHeader{DisplayName: d.remote.name, Address: *d.remote.uri.Clone()}
	if d.remote.tag != "" {
		to.Params.Add("tag", d.remote.tag)
	}
	r.AppendHeader(&forwards)
	r.AppendHeader(from)
	r.AppendHeader(to)
	r.AppendHeader(&id)
	r.AppendHeader(&gosip.CSeqHeader{SeqNo: seq, MethodName: method})
}

// recordRoutes are a message's Record-Route URIs, first first.
func recordRoutes(m gosip.Message) []gosip.Uri {
	var out []gosip.Uri
	for _, h := range m.GetHeaders("record-route") {
		if rr, ok := h.(*gosip.RecordRouteHeader); ok && len(out) < 32 {
			out = append(out, *rr.Address.Clone())
		}
	}
	return out
}

// token is n random bytes in hex.
func token(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// setBody gives a message SDP or another body.
func setBody(m gosip.Message, kind string, body []byte) {
	if len(body) == 0 {
		return
	}
	ct := gosip.ContentTypeHeader(kind)
	m.AppendHeader(&ct)
	m.SetBody(body)
}

// tagOf is the tag of a From or To; empty: none.
func tagOf(p gosip.HeaderParams) string { t, _ := p.Get("tag"); return t }
