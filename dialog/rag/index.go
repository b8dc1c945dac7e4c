package rag

// Index holds passages in memory. It may be searched and changed by many
// goroutines; a change is seen by every search that begins after it.
type Index struct{}

// New is an index of these passages.
func New(ps ...Passage) *Index { return &Index{} }

// Split cuts a document into passages.
func Split(doc Document) []Passage { return nil }

// Put adds a document, or replaces the one with its ID.
func (ix *Index) Put(doc Document) {}

// Remove takes a document out.
func (ix *Index) Remove(id string) {}

// Search finds the passages that q is about, best first.
func (ix *Index) Search(q Query) []Hit { return nil }

// Words gives up to n words and names of the knowledge, most telling first.
func (ix *Index) Words(n int, lang string) []string { return nil }

// Sentences gives the sentences of the knowledge, for a recogniser's language model.
func (ix *Index) Sentences(lang string) []string { return nil }
