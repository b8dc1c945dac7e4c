package brain

import "parley/dialog"

// MaxMemo bounds what is remembered.
const MaxMemo = maxMemo

// Generative answers with the model alone, without the manager before it.
func Generative(o Options) dialog.Brain {
	o = o.filled()
	return &generative{o: o, spare: extractive{o}}
}
