package web

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// refusals are the statuses of problem documents, and what they mean here.
var refusals = map[int]string{
	http.StatusBadRequest:            "The body, or a header, cannot be read.",
	http.StatusUnauthorized:          "A token is needed, or the one given opens nothing.",
	http.StatusForbidden:             "The token, the role, or the origin of the page does not allow this.",
	http.StatusNotFound:              "There is no such thing.",
	http.StatusNotAcceptable:         "This is no table: only lists are given as text/csv.",
	http.StatusRequestTimeout:        "The body did not come in time.",
	http.StatusConflict:              "It does not go together with what is there: the conversation is over, or the first request with this Idempotency-Key still runs (then with Retry-After).",
	http.StatusPreconditionFailed:    "If-Match names what is no more.",
	http.StatusRequestEntityTooLarge: "The body is too long.",
	http.StatusUnsupportedMediaType:  "The body is of another media type.",
	http.StatusUnprocessableEntity:   "Something in the request is not as expected: errors[] names each field; or the Idempotency-Key was used for another body. Nothing was changed.",
	http.StatusUpgradeRequired:       "This is a WebSocket.",
	http.StatusTooManyRequests:       "Too many requests from this address, or too many calls. Retry-After says when to come back.",
	http.StatusInternalServerError:   "Something went wrong here; it has been noted.",
	http.StatusBadGateway:            "A system behind this one has failed.",
	http.StatusServiceUnavailable:    "Overload, or the server is going down. Retry-After says when to come back.",
}

// open are the operations that need no token.
var openTo = []string{"open-conversation", "login", "capabilities"}

// beyond are statuses that single operations answer besides those of their kind.
var beyond = map[string][]int{
	"open-conversation":  {http.StatusUnauthorized},
	"login":              {http.StatusUnauthorized},
	"patch-call":         {http.StatusPreconditionFailed, http.StatusConflict},
	"hang-up":            {http.StatusConflict},
	"watch-conversation": {http.StatusUpgradeRequired},
	"try-tool":           {http.StatusBadGateway},
	"try-engine":         {http.StatusBadGateway},
}

// sections are the parts of the surface by the beginnings of their paths, first match first.
var sections = []struct{ path, name, about string }{
	{"/v1/conversations", "Conversations", "What a customer's page needs. The token that opening one gives opens that conversation and nothing else."},
	{"/v1/calls", "Calls", "Audio in the browser: SDP in, SDP out, and ICE by RFC 9725."},
	{"/v1/capabilities", "Conversations", ""},
	{"/v1/certificates", "Conversations", ""},
	{"/v1/desk/wall", "Supervisors", "What is going on: figures, risks, alerts, and practice."},
	{"/v1/desk/alerts", "Supervisors", ""}, {"/v1/practice", "Supervisors", ""},
	{"/v1/desk", "Desk", "People who help: presence, offers, transfers."},
	{"/v1/offers", "Desk", ""}, {"/v1/transfers", "Desk", ""}, {"/v1/queues", "Desk", ""},
	{"/v1/knowledge", "Knowledge", "What the bot may say. Reading is every agent's, writing a supervisor's."},
	{"/v1/bot", "Bot", "How the assistant presents itself; every version is kept."},
	{"/v1/engines", "Engines", "What hears, speaks, thinks and sees."},
	{"/v1/tools", "Tools", "The company's business systems."},
	{"/v1/webhooks", "Webhooks", "Other programs that are told of events."},
	{"/v1/reports", "Reports", "What managers look back at. Every figure has its definition, and where the conversations behind it are listed."},
	{"/v1/quality", "Reports", ""}, {"/v1/exports", "Reports", ""},
	{"/v1/usage", "Costs", "What models were used for."},
	{"/v1/", "Staff", "Signing in, users, and who did what."},
}

// describe completes the description of the surface once every operation is there: every
// status that is answered, who may ask, and what all requests may carry.
func (s *Server) describe(api huma.API) {
	o := api.OpenAPI()
	o.Info.Description = "Customers hold a conversation's token, staff a session's, programs an API key: `Authorization: Bearer …`. WebSockets take the same as the subprotocol `bearer.TOKEN`, or as `?token=`. " +
		"Errors are RFC 9457 problem documents. A POST may carry `Idempotency-Key`: the same key again within 24 hours gives the first answer, and nothing happens twice. " +
		"Lists take `limit` and `cursor`, answer `items` and `next`, and are given as a table for `Accept: text/csv`. Times are RFC 3339 in UTC, durations are integers of milliseconds."
	o.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":  {Type: "http", Scheme: "bearer", Description: "a conversation's token, a staff session's, or a program's API key"},
		"cookie": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "a staff session in a browser"},
	}
	o.Security = []map[string][]string{{"token": {}}, {"cookie": {}}}
	problem := o.Components.Schemas.Schema(reflect.TypeFor[huma.ErrorModel](), true, "ErrorModel")
	o.Components.Responses = map[string]*huma.Response{}
	for code, what := range refusals {
		o.Components.Responses["Refused"+strconv.Itoa(code)] = &huma.Response{Description: what, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
	}
	for _, x := range sections {
		if x.about != "" {
			o.Tags = append(o.Tags, &huma.Tag{Name: x.name, Description: x.about})
		}
	}
	for path, item := range o.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				complete(path, op)
			}
		}
	}
	events(o)
}

// complete describes what is so of every operation of a kind.
func complete(path string, op *huma.Operation) {
	if len(op.Tags) == 0 {
		for _, x := range sections {
			if strings.HasPrefix(path, x.path) {
				op.Tags = []string{x.name}
				break
			}
		}
	}
	codes := []int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if slices.Contains(openTo, op.OperationID) {
		op.Security = []map[string][]string{}
	} else {
		codes = append(codes, http.StatusUnauthorized)
	}
	named := strings.Contains(path, "{")
	if named {
		codes = append(codes, http.StatusNotFound)
	}
	if op.Method != http.MethodGet || !slices.Contains(openTo, op.OperationID) {
		codes = append(codes, http.StatusForbidden)
	}
	if op.RequestBody != nil {
		codes = append(codes, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.RequestBody != nil || len(op.Parameters) > 0 {
		codes = append(codes, http.StatusUnprocessableEntity)
	}
	switch op.Method {
	case http.MethodGet:
		codes = append(codes, http.StatusNotAcceptable)
	case http.MethodPost:
		codes = append(codes, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
		header(op, "Idempotency-Key", "the same key again within 24 hours gives the first answer; 200 characters at most")
	default:
		codes = append(codes, http.StatusConflict)
	}
	if strings.HasPrefix(path, "/v1/conversations") && op.Method != http.MethodGet {
		header(op, "Content-Language", "BCP 47 tag of the page by now, when it is not the one that the conversation was opened in")
	}
	for _, code := range append(codes, beyond[op.OperationID]...) {
		if c := strconv.Itoa(code); op.Responses[c] == nil {
			op.Responses[c] = &huma.Response{Ref: "#/components/responses/Refused" + c}
		}
	}
	delete(op.Responses, "default") // every status is named
}

// header adds a request header that every such request may carry.
func header(op *huma.Operation, name, what string) {
	if slices.Contains(exempt, op.OperationID) {
		return
	}
	for _, p := range op.Parameters {
		if p.In == "header" && p.Name == name {
			return
		}
	}
	op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "header", Description: what, Schema: &huma.Schema{Type: "string"}})
}

// exempt are the POSTs that an Idempotency-Key does nothing to.
var exempt = []string{"login", "start-call", "join-call", "stand-by"}
