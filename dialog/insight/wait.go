package insight

import (
	"encoding/binary"

	"parley/dialog"
)

// stages are the parts of a spoken wait, in their order; the last is their sum.
var stages = [...]string{"endpoint", "asr", "retrieve", "llm", "tts", "playout", "total"}

// waited is one turn's wait by stage, in milliseconds.
type waited [len(stages)]int64

// packWait appends a turn's wait to those of a conversation.
func packWait(b []byte, m dialog.Measured) []byte {
	for _, ms := range [...]int64{m.EndpointMS, m.ASRMS, m.RetrieveMS, m.LLMMS, m.TTSMS, m.PlayoutMS, m.TotalMS} {
		b = binary.AppendUvarint(b, uint64(max(ms, 0)))
	}
	return b
}

// unpackWaits calls each with the turns' waits; what is cut off is left out.
func unpackWaits(b []byte, each func(waited)) {
	for {
		var w waited
		for i := range w {
			v, n := binary.Uvarint(b)
			if n <= 0 {
				return
			}
			w[i], b = int64(v), b[n:]
		}
		each(w)
	}
}
