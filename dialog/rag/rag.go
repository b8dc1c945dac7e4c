// Package rag finds the passages of the company's knowledge that a question is
// about: it splits documents into passages, keeps them in an index in memory,
// and searches it with what was said before in mind.
//
// It knows nothing of models, channels or stores.
package rag

import "time"

// Document is a piece of knowledge as people keep it.
type Document struct {
	ID       string
	Title    string // "": taken from the first heading
	Text     string // Markdown or plain text, UTF-8
	Language string // BCP 47 tag; "" is found from the script
	Version  int64  // rises with each change; 0 is unknown
	Source   string // where it came from, for people: a file's name or an address
	Audience string // whom it is for; "" is everybody
	// From and Until bound when it holds: From is the first moment, Until the first one
	// at which it holds no more. Zero is unbounded.
	From, Until time.Time
	// Asked are ways that customers ask, by the ID of the passage that answers.
	Asked map[string][]string
}

// Passage is a part of a document that answers something by itself.
type Passage struct {
	ID       string   // unique in the index, the same as long as heading and text are
	Document string   // the document's ID
	Title    string   // title path: "Returns › How long do I have?"
	Question string   // of an FAQ pair: the question
	Asked    []string // other ways that customers ask it
	Text     string   // what it says, without heading and phrasings
	Language string   // "en", "zh", …: primary subtag
	Start    int      // Text comes from Document.Text[Start:End], in bytes
	End      int
	Page     int   // of the document as it was before it was read, from 1; 0 is unknown
	Version  int64 // of the document
	Source   string
	Audience string // "" is everybody

	From, Until time.Time // when it holds, as Document's
}

// Turn is something said before the question.
type Turn struct {
	Role string // "user" or "assistant"
	Text string
}

// Query is a question.
type Query struct {
	Text     string
	Language string // BCP 47 tag; passages of that language come first; "" has no preference
	History  []Turn // oldest first
	K        int    // how many hits at most; 0 is 10
	Words    bool   // by words alone, vectors or not
	// Audience is whom the answer is for: passages of no audience and of this one are
	// found. "" finds those of no audience only, EveryAudience all.
	Audience string
	// Now is the moment that the answer is for: what does not hold then is not found.
	// Zero is the present.
	Now time.Time
}

// EveryAudience is a query's audience that passages of any audience are for.
const EveryAudience = "*"

// Hit is a passage that was found.
type Hit struct {
	Document string
	Passage  string
	Title    string
	Question string
	Asked    []string
	Text     string
	Language string
	Start    int
	End      int
	Page     int
	Version  int64 // of the document
	Source   string
	Audience string

	From, Until time.Time // when it holds; zero is unbounded

	// Score orders the hits of one query; across queries it means little.
	Score float64
	// Coverage is how much of the question's weight the passage has words for, 0 to 1.
	Coverage float64
	// Likeness is the same by sound or spelling, which survives recognition errors.
	Likeness float64
	// Cosine is between the vectors of question and passage; 0 without vectors.
	Cosine float64
	// Answers is how likely the passage answers the question, 0 to 1, by question and
	// history together; it can be compared across queries.
	Answers float64
	// Why are the question's words that the passage has, as asked, in their order.
	Why []string
}

// hit is the passage as it is handed out.
func (p *Passage) hit() Hit {
	return Hit{Document: p.Document, Passage: p.ID, Title: p.Title, Question: p.Question, Asked: p.Asked, Text: p.Text,
		Language: p.Language, Start: p.Start, End: p.End, Page: p.Page, Version: p.Version, Source: p.Source,
		Audience: p.Audience, From: p.From, Until: p.Until}
}

// holds reports whether the passage is for this audience at this moment.
func (p *Passage) holds(audience string, now time.Time) bool {
	return (p.Audience == "" || p.Audience == audience || audience == EveryAudience) &&
		(p.From.IsZero() || !now.Before(p.From)) && (p.Until.IsZero() || now.Before(p.Until))
}
