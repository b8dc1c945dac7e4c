package tool

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

const (
	maxOperations = 500
	maxDepth      = 24      // of schemas, references followed
	maxNodes      = 200_000 // of a description with its aliases and references followed
)

// description is what an OpenAPI file tells.
type description struct {
	url            string // of the first server
	keyIn, keyName string // header or query; "" is Authorization: Bearer
	endpoints      []endpoint
}

// reader walks a description.
type reader struct {
	root  map[string]any
	nodes int
}

// describe reads OpenAPI 3.0 and 3.1, in YAML or JSON. References out of the file are
// refused.
func describe(b []byte) (description, error) {
	var d description
	var root any
	if err := yaml.Unmarshal(b, &root); err != nil {
		return d, err
	}
	r := &reader{}
	plain, err := r.plain(root, 0)
	if err != nil {
		return d, err
	}
	m, ok := plain.(map[string]any)
	if !ok || !strings.HasPrefix(str(m["openapi"]), "3.") {
		return d, errors.New("expected OpenAPI 3.0 or 3.1 (openapi: 3.…)")
	}
	r.root, r.nodes = m, 0
	if l, ok := m["servers"].([]any); ok && len(l) > 0 {
		d.url = str(object(l[0])["url"])
	}
	r.security(&d)
	paths := object(m["paths"])
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item, err := r.follow(paths[path])
		if err != nil {
			return d, fmt.Errorf("%s: %w", path, err)
		}
		for _, method := range []string{"get", "head", "post", "put", "patch", "delete"} {
			op := object(item[method])
			if len(op) == 0 {
				continue
			}
			if len(d.endpoints) == maxOperations {
				return d, fmt.Errorf("more than %d operations", maxOperations)
			}
			e, err := r.operation(path, strings.ToUpper(method), item, op)
			if err != nil {
				return d, fmt.Errorf("%s %s: %w", strings.ToUpper(method), path, err)
			}
			d.endpoints = append(d.endpoints, e)
		}
	}
	if len(d.endpoints) == 0 {
		return d, errors.New("it describes no operation")
	}
	return d, nil
}

// plain makes of decoded YAML what JSON can hold.
func (r *reader) plain(v any, depth int) (any, error) {
	if r.nodes++; r.nodes > maxNodes || depth > 100 {
		return nil, errors.New("the description is too large or too deep")
	}
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			p, err := r.plain(e, depth+1)
			if err != nil {
				return nil, err
			}
			x[k] = p
		}
		return x, nil
	case map[any]any:
		out := map[string]any{}
		for k, e := range x {
			p, err := r.plain(e, depth+1)
			if err != nil {
				return nil, err
			}
			out[fmt.Sprint(k)] = p
		}
		return out, nil
	case []any:
		for i, e := range x {
			p, err := r.plain(e, depth+1)
			if err != nil {
				return nil, err
			}
			x[i] = p
		}
		return x, nil
	case nil, string, bool, int, int64, uint64, float64:
		return x, nil
	}
	return fmt.Sprint(v), nil // times and the like
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }
func str(v any) string            { s, _ := v.(string); return s }

// follow gives an object, or the one that it refers to.
func (r *reader) follow(v any) (map[string]any, error) {
	m := object(v)
	for range maxDepth {
		ref, ok := m["$ref"].(string)
		if !ok {
			return m, nil
		}
		path, ok := strings.CutPrefix(ref, "#/")
		if !ok {
			return nil, fmt.Errorf("%s: references out of the file are not followed", ref)
		}
		var at any = r.root
		for _, name := range strings.Split(path, "/") {
			at = object(at)[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
		}
		if m, ok = at.(map[string]any); !ok {
			return nil, fmt.Errorf("%s: there is no such thing", ref)
		}
	}
	return nil, errors.New("references go in a circle")
}

// security finds out where the key goes.
func (r *reader) security(d *description) {
	schemes := object(object(r.root["components"])["securitySchemes"])
	for _, n := range slices.Sorted(maps.Keys(schemes)) {
		s, err := r.follow(schemes[n])
		if err != nil {
			continue
		}
		if in := str(s["in"]); s["type"] == "apiKey" && (in == "header" || in == "query") {
			d.keyIn, d.keyName = in, str(s["name"])
			return
		}
	}
}

var unnamed = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

func (r *reader) operation(path, method string, item, op map[string]any) (endpoint, error) {
	name := str(op["operationId"])
	if name == "" {
		name = strings.ToLower(method) + path
	}
	name = strings.Trim(unnamed.ReplaceAllString(name, "_"), "_")
	e := endpoint{method: method, path: path, in: map[string]string{}}
	e.spec = Spec{Name: name[:min(len(name), 64)], Title: texts(op["summary"]), Description: texts(op["description"])}
	if e.spec.Description == nil {
		e.spec.Description = e.spec.Title
	}
	properties, required := map[string]any{}, []any{}
	for _, list := range []any{item["parameters"], op["parameters"]} {
		l, _ := list.([]any)
		for _, v := range l {
			p, err := r.follow(v)
			if err != nil {
				return e, err
			}
			arg, in := str(p["name"]), str(p["in"])
			if in == "cookie" || arg == "" || in == "header" && slices.ContainsFunc([]string{"Authorization", "Accept", "Content-Type"}, func(h string) bool { return strings.EqualFold(h, arg) }) {
				continue
			}
			s, err := r.schema(p["schema"], 0)
			if err != nil {
				return e, err
			}
			if s["description"] == nil && str(p["description"]) != "" {
				s["description"] = str(p["description"])
			}
			if properties[arg], e.in[arg] = s, in; (p["required"] == true || in == "path") && !slices.Contains(required, any(arg)) {
				required = append(required, arg)
			}
		}
	}
	if err := r.body(&e, op, properties, &required); err != nil {
		return e, err
	}
	b, err := json.Marshal(map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false})
	if err != nil {
		return e, err
	}
	if _, err := compile(b); err != nil {
		return e, err
	}
	e.spec.Schema = b
	e.guess()
	return e, errors.Join(e.check(), e.spec.check())
}

func texts(v any) Text {
	if s := str(v); s != "" {
		return Text{"en": s}
	}
	return nil
}

// body makes arguments of a request's body: an object's properties, or one called body.
func (r *reader) body(e *endpoint, op map[string]any, properties map[string]any, required *[]any) error {
	b, err := r.follow(op["requestBody"])
	if err != nil || len(b) == 0 {
		return err
	}
	content := object(b["content"])
	media := object(content["application/json"])
	if media == nil {
		if media = object(content["application/x-www-form-urlencoded"]); media == nil {
			return errors.New("its body is neither JSON nor a form")
		}
		e.form = true
	}
	s, err := r.schema(media["schema"], 0)
	if err != nil {
		return err
	}
	props := object(s["properties"])
	clash := false
	for k := range props {
		clash = clash || properties[k] != nil
	}
	if s["type"] != "object" || len(props) == 0 || clash || s["allOf"] != nil || s["oneOf"] != nil || s["anyOf"] != nil {
		if properties["body"] != nil || e.form {
			return errors.New("its body and parameters have the same names")
		}
		properties["body"], e.in["body"] = s, "whole"
		if b["required"] == true {
			*required = append(*required, "body")
		}
		return nil
	}
	for k, v := range props {
		properties[k], e.in[k] = v, "body"
	}
	if l, ok := s["required"].([]any); ok {
		*required = append(*required, l...)
	}
	return nil
}

// schema gives a JSON Schema without references, and without what OpenAPI 3.0 has of
// its own.
func (r *reader) schema(v any, depth int) (map[string]any, error) {
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		return map[string]any{}, nil // a tree that holds itself: anything goes so deep
	}
	m, err := r.follow(v)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for k, x := range m {
		switch k {
		case "properties":
			props := map[string]any{}
			for n, p := range object(x) {
				s, err := r.schema(p, depth+1)
				if err != nil {
					return nil, err
				}
				if s["readOnly"] != true {
					props[n] = s
				}
			}
			out[k] = props
		case "items", "not", "additionalProperties":
			if b, ok := x.(bool); ok {
				out[k] = b
				continue
			}
			if out[k], err = r.schema(x, depth+1); err != nil {
				return nil, err
			}
		case "allOf", "oneOf", "anyOf", "prefixItems":
			l, _ := x.([]any)
			list := []any{}
			for _, e := range l {
				s, err := r.schema(e, depth+1)
				if err != nil {
					return nil, err
				}
				list = append(list, s)
			}
			if len(list) > 0 {
				out[k] = list
			}
		case "type", "enum", "const", "required", "description", "title", "default", "format", "pattern", "minLength", "maxLength", "minimum", "maximum",
			"multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "readOnly", "exclusiveMinimum", "exclusiveMaximum":
			out[k] = x
		}
	}
	modern(m, out)
	return out, nil
}

// modern turns what OpenAPI 3.0 says in its own way into JSON Schema.
func modern(m, out map[string]any) {
	for _, bound := range []string{"Minimum", "Maximum"} {
		limit := strings.ToLower(bound)
		if b, ok := m["exclusive"+bound].(bool); ok {
			delete(out, "exclusive"+bound)
			if b && m[limit] != nil {
				out["exclusive"+bound] = m[limit]
				delete(out, limit)
			}
		}
	}
	if t, ok := out["type"].(string); ok && m["nullable"] == true {
		out["type"] = []any{t, "null"}
	}
	if l, ok := out["required"].([]any); ok {
		props := object(out["properties"])
		out["required"] = slices.DeleteFunc(slices.Clone(l), func(n any) bool { return props != nil && props[str(n)] == nil })
	} else {
		delete(out, "required")
	}
}
