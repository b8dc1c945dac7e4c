package tool

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"slices"
	"time"
)

// Config is one entry of the settings' tools: a business system.
type Config struct {
	Name    string              `yaml:"name"`
	MCP     *MCP                `yaml:"mcp"`     // an MCP server, or
	OpenAPI string              `yaml:"openapi"` // a file that describes the system at URL, or
	HTTP    map[string]Endpoint `yaml:"http"`    // the endpoints of the system at URL, by tool
	URL     string              `yaml:"url"`
	Key     string              `yaml:"key"` // sent as the description asks for, or as Authorization: Bearer
	Headers map[string]string   `yaml:"headers"`
	Only    []string            `yaml:"only"`  // tools to take; none: all
	Tools   map[string]Overlay  `yaml:"tools"` // what the system does not say of its tools, or says wrongly
}

// MCP is an MCP server: a command that speaks on its standard streams, or an address.
type MCP struct {
	Command  []string          `yaml:"command"`
	Folder   string            `yaml:"folder"`
	Env      map[string]string `yaml:"env"` // it gets no other variables than these, PATH, HOME and LANG
	MemoryMB int               `yaml:"memory_mb"`
	URL      string            `yaml:"url"`
	Key      string            `yaml:"key"`
	Headers  map[string]string `yaml:"headers"`
}

// Endpoint is one HTTP endpoint as a tool. Arguments go into the path where it names
// them in braces, else into the query of GET, HEAD and DELETE, else into a JSON body.
type Endpoint struct {
	Overlay  `yaml:",inline"`
	Method   string                    `yaml:"method"` // none: GET
	Path     string                    `yaml:"path"`
	Args     map[string]map[string]any `yaml:"args"`     // their JSON Schemas
	Optional []string                  `yaml:"optional"` // the others are required
	Pick     string                    `yaml:"pick"`     // the part of the answer that matters: names with dots
}

// Overlay is what the company says of a tool; it goes before what the system says.
type Overlay struct {
	Title       Text              `yaml:"title"`
	Description Text              `yaml:"description"`
	Effect      Effect            `yaml:"effect"`
	Idempotent  Idempotent        `yaml:"idempotent"`
	Check       *Check            `yaml:"check"`
	Level       *int              `yaml:"level"`
	Roles       []Role            `yaml:"roles"`
	Private     bool              `yaml:"private"`
	TimeoutMS   int               `yaml:"timeout_ms"`
	Parallel    int               `yaml:"parallel"`
	Fill        map[string]string `yaml:"fill"`
	Refused     Match             `yaml:"refused"`
	// Errors that the system reports itself: "refused" when they mean that nothing was
	// changed; else that is open.
	Errors    string `yaml:"errors"`
	KeyHeader string `yaml:"key_header"` // of HTTP; none: Idempotency-Key
	Confirm   Text   `yaml:"confirm"`
	Result    Text   `yaml:"result"`
}

// apply puts the company's word before the system's.
func (o Overlay) apply(s *Spec) {
	s.Title, s.Description = merged(s.Title, o.Title), merged(s.Description, o.Description)
	s.Confirm, s.Result = merged(s.Confirm, o.Confirm), merged(s.Result, o.Result)
	if o.Effect != "" {
		s.Effect = o.Effect
	}
	if o.Idempotent != "" {
		s.Idempotent = o.Idempotent
	}
	if o.Check != nil {
		s.Check = o.Check
	}
	switch {
	case o.Level != nil:
		s.Level = *o.Level
	case s.Effect == Reads: // a level that was taken for a change
		s.Level = 0
	}
	if o.Roles != nil {
		s.Roles = o.Roles
	}
	if o.TimeoutMS > 0 {
		s.Timeout = time.Duration(o.TimeoutMS) * time.Millisecond
	}
	if o.Parallel > 0 {
		s.Parallel = o.Parallel
	}
	if o.Fill != nil {
		s.Fill = o.Fill
	}
	if o.Refused.Field != "" {
		s.Refused = o.Refused
	}
	s.Private = s.Private || o.Private
}

func merged(a, b Text) Text {
	if len(a)+len(b) == 0 {
		return nil
	}
	out := Text{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

// Check says what is wrong with an entry.
func (c Config) Check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !names.MatchString(c.Name) {
		bad("name %q: expected letters, digits, _ and -", c.Name)
	}
	kinds := 0
	for _, on := range []bool{c.MCP != nil, c.OpenAPI != "", len(c.HTTP) > 0} {
		if on {
			kinds++
		}
	}
	if kinds != 1 {
		bad("expected one of mcp, openapi and http")
	}
	if m := c.MCP; m != nil {
		if (len(m.Command) == 0) == (m.URL == "") {
			bad("mcp: expected one of command and url")
		}
		if m.URL != "" {
			errs = append(errs, address("mcp.url", m.URL))
		}
		if c.URL != "" || c.Key != "" || len(c.Headers) > 0 {
			bad("url, key and headers of an MCP server stand under mcp")
		}
	} else if c.URL != "" || len(c.HTTP) > 0 {
		errs = append(errs, address("url", c.URL))
	}
	for _, n := range slices.Sorted(maps.Keys(c.Tools)) {
		if err := c.Tools[n].check(); err != nil {
			bad("tools.%s: %w", n, err)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(c.HTTP)) {
		if _, err := c.HTTP[n].endpoint(n); err != nil {
			bad("http.%s: %w", n, err)
		}
	}
	return errors.Join(errs...)
}

func address(what, s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%s: expected http://… or https://…", what) // it may hold a secret
	}
	return nil
}

func (o Overlay) check() error {
	s := Spec{Name: "x", Effect: Changes, Idempotent: Never}
	o.apply(&s)
	errs := []error{s.check()}
	if o.Errors != "" && o.Errors != "refused" && o.Errors != "unsure" {
		errs = append(errs, fmt.Errorf("errors: %q is neither refused nor unsure", o.Errors))
	}
	for what, t := range map[string]Text{"confirm": o.Confirm, "result": o.Result} {
		_, err := parsed(what, t)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

const maxOpenAPI = 8 << 20 // bytes of a description

// Open makes a business system's tools. An MCP server may come up later: its Source
// says so. Close it.
func Open(c Config, log *slog.Logger) (Source, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("tools: %s: %w", c.Name, err)
	}
	switch {
	case c.MCP != nil && c.MCP.URL != "":
		return connect(c, c.MCP.http(), log), nil
	case c.MCP != nil:
		return connect(c, c.MCP.child(log.With("tools", c.Name)), log), nil
	}
	var list []endpoint
	auth := credential{key: c.Key}
	if c.OpenAPI != "" {
		f, err := os.Open(c.OpenAPI)
		if err != nil {
			return nil, fmt.Errorf("tools: %s: %w", c.Name, err)
		}
		defer f.Close()
		b, cut, err := readAll(f, maxOpenAPI)
		if err == nil && cut {
			err = fmt.Errorf("more than %d bytes", maxOpenAPI)
		}
		var d description
		if err == nil {
			d, err = describe(b)
		}
		if err != nil {
			return nil, fmt.Errorf("tools: %s: %s: %w", c.Name, c.OpenAPI, err)
		}
		list, auth.in, auth.name = d.endpoints, d.keyIn, d.keyName
		if c.URL == "" {
			c.URL = d.url
		}
		if err := address("url", c.URL); err != nil {
			return nil, fmt.Errorf("tools: %s: %w", c.Name, err)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(c.HTTP)) {
		e, err := c.HTTP[n].endpoint(n)
		if err != nil {
			return nil, fmt.Errorf("tools: %s: %s: %w", c.Name, n, err)
		}
		list = append(list, e)
	}
	return newSystem(c, auth, list), nil
}

// takes reports whether a tool of the system is wanted.
func (c Config) takes(name string) bool { return len(c.Only) == 0 || slices.Contains(c.Only, name) }

// endpoint makes an inline description ready.
func (e Endpoint) endpoint(name string) (endpoint, error) {
	if err := e.check(); err != nil {
		return endpoint{}, err
	}
	out := endpoint{method: e.Method, path: e.Path, in: map[string]string{}, pick: e.Pick, keyHeader: e.KeyHeader, refuses: e.Errors == "refused"}
	if out.method == "" {
		out.method = "GET"
	}
	required := []string{}
	for _, a := range slices.Sorted(maps.Keys(e.Args)) {
		if !slices.Contains(e.Optional, a) {
			required = append(required, a)
		}
		out.in[a] = out.place(a)
	}
	schema := map[string]any{"type": "object", "properties": e.Args, "required": required, "additionalProperties": false}
	if e.Args == nil {
		schema["properties"] = map[string]any{}
	}
	b, err := json.Marshal(schema)
	if err != nil {
		return out, fmt.Errorf("args: %w", err)
	}
	if _, err := compile(b); err != nil {
		return out, fmt.Errorf("args: %w", err)
	}
	out.spec = Spec{Name: name, Schema: b}
	out.guess()
	e.apply(&out.spec)
	return out, errors.Join(out.check(), out.spec.check())
}
