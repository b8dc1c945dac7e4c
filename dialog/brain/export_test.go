package brain

import "parley/dialog"

// MaxMemo bounds what is remembered.
const MaxMemo = maxMemo

// MaxSpoken bounds what is told of a passage for the ear.
const MaxSpoken = maxSpoken

// Excerpt is what is told of a text.
func Excerpt(text, question string, most int) string { return excerpt(text, question, most) }

// Generative answers with the model alone, without the manager before it.
func Generative(o Options) dialog.Brain {
	o = o.filled()
	return &generative{o: o, spare: extractive{o}}
}
