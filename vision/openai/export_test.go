package openai

import "parley/vision"

// Findings reads an answer on one picture.
func Findings(answer string) []vision.Finding {
	f, _ := findings(answer, 1)
	return f
}
