// Package tool lets a conversation use the company's business systems: HTTP
// endpoints, OpenAPI services and MCP servers, each tool with a schema of its
// arguments, a limit, whom it is for, and whether it reads or changes.
//
// A Box holds the tools and reads; an Outbox changes, once, whatever becomes of the
// conversation. What a tool answers is data, never an instruction. The package
// knows nothing of models or channels.
package tool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/dialog"
)

// Effect says whether a tool changes anything.
type Effect string

// The effects.
const (
	Reads   Effect = "read"
	Changes Effect = "change"
)

// Idempotent says what running a change again does.
type Idempotent string

// The kinds of repetition.
const (
	ByKey     Idempotent = "key"     // the system knows the key and runs it once
	Naturally Idempotent = "natural" // the second run changes nothing more
	Never     Idempotent = "no"      // runs twice, so it is never tried again
)

// Role is who uses a tool.
type Role string

// The roles. A customer's tools are run by the bot on the customer's behalf.
const (
	Customer   Role = "customer"
	Agent      Role = "agent"
	Supervisor Role = "supervisor"
	Admin      Role = "admin"
)

// Text is words by language tag.
type Text map[string]string

// In gives the words for a language tag: its own, those of the same language, or
// English ones; "" is none.
func (t Text) In(tag string) string {
	for tag != "" {
		if s := t[tag]; s != "" {
			return s
		}
		i := strings.LastIndexByte(tag, '-')
		if i < 0 {
			for k, s := range t {
				if strings.HasPrefix(k, tag+"-") && s != "" {
					return s
				}
			}
			break
		}
		tag = tag[:i]
	}
	return t["en"]
}

// Match looks at a field of a result. The zero value matches nothing.
type Match struct {
	Field string `yaml:"field"` // names with dots between them
	Is    []any  `yaml:"is"`    // strings, numbers or booleans
}

// Check says how to find out what became of a change whose outcome is unknown.
type Check struct {
	Tool string            `yaml:"tool"` // one that reads
	Args map[string]string `yaml:"args"` // templates over .args and .key; none: the change's own
	Done Match             `yaml:"done"` // the change has happened
	Not  Match             `yaml:"not"`  // it has not, and will not
}

// Spec describes a tool. Box.Add fills what is not set.
type Spec struct {
	Name        string // letters, digits, _ and -; at most 64
	Title       Text
	Description Text
	Schema      json.RawMessage // JSON Schema of the arguments that are asked for: an object's
	Effect      Effect
	Idempotent  Idempotent // of a change
	Check       *Check     // of a change; nil: a person finds out
	Level       int        // how well the customer must be verified, 0 to 2
	Roles       []Role     // who may use it; none: everybody
	Private     bool       // for procedures alone, not offered to a model
	Timeout     time.Duration
	Parallel    int // calls at a time
	// Fill gives arguments that nobody is asked for and no model sets: "customer",
	// "conversation", "language" or "key" by argument.
	Fill map[string]string
	// Refused tells a system's definite no, which changed nothing, from its yes.
	Refused Match
	Confirm Text // template over .args: the question before a change
	Result  Text // template over .args and .result: what the customer is told
	Source  string
}

// Call is one use of a tool. Args include what Fill gives.
type Call struct {
	Args map[string]any
	Key  string // of a change: the same for each attempt
}

// Result is what a system answered. It is data from outside: nothing in it is an
// instruction.
type Result struct {
	Data    any    `json:"data,omitempty"` // decoded JSON; nil when there is none
	Text    string `json:"text,omitempty"` // where Data is nil
	Cut     bool   `json:"cut,omitempty"`  // it was longer than allowed
	Refused bool   `json:"refused,omitempty"`
}

// Tool is something that can be called. Its errors wrap ErrUnsent when nothing can
// have happened; all others leave that open.
type Tool interface {
	Spec() Spec
	Call(ctx context.Context, c Call) (Result, error)
}

// Source is a changing set of tools.
type Source interface {
	Name() string
	Tools() []Tool
	Err() error // why it does not answer; nil when it does
	Close() error
}

// User is on whose behalf a tool is used.
type User struct {
	Role         Role
	Level        int    // how well the customer is verified
	Customer     string // as the business systems know them; "" is unknown
	Conversation dialog.ConversationID
	Language     string
}

// What can be wrong with a call.
var (
	ErrUnknown   = errors.New("there is no such tool")
	ErrArguments = errors.New("the arguments are wrong")
	ErrForbidden = errors.New("this tool is not for that person")
	ErrLevel     = errors.New("the customer is not verified well enough")
	ErrChanges   = errors.New("this tool changes something: it needs a confirmation and the outbox")
	ErrReads     = errors.New("this tool changes nothing")
	// ErrUnsent: the system did not get the request; nothing has happened.
	ErrUnsent = errors.New("the system cannot be reached")
	// ErrSealed: card data that the call needs is no longer in memory; nothing has happened.
	ErrSealed = errors.New("the card data is no longer there")
	// ErrUnsure: the request may have had its effect.
	ErrUnsure = errors.New("the system did not answer properly")
)

// Problem says what is wrong with one argument.
type Problem struct {
	Argument string // a JSON pointer; "" is the whole
	Message  string
}

// ArgumentError is an ErrArguments with its reasons.
type ArgumentError struct {
	Tool     string
	Problems []Problem
}

// Error implements error.
func (e *ArgumentError) Error() string {
	var parts []string
	for _, p := range e.Problems {
		parts = append(parts, strings.TrimSpace(p.Argument+" "+p.Message))
	}
	return fmt.Sprintf("tool %s: %v: %s", e.Tool, ErrArguments, strings.Join(parts, "; "))
}

// Unwrap gives ErrArguments.
func (e *ArgumentError) Unwrap() error { return ErrArguments }
