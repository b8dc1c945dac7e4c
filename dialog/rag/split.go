package rag

// Split cuts a document into passages.
func Split(doc Document) []Passage { return nil }
