package rag

// vocabulary counts the words of the knowledge as they are written.
type vocabulary struct{}

func (v *vocabulary) learn(p *Passage, by int) {}

// Words gives up to n words and names of the knowledge, most telling first.
func (ix *Index) Words(n int, lang string) []string { return nil }

// Sentences gives the sentences of the knowledge, for a recogniser's language model.
func (ix *Index) Sentences(lang string) []string { return nil }
