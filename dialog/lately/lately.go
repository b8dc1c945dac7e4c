// Package lately keeps what was made of texts a moment ago: the parts of a conversation ask
// the same of the same words.
package lately

import (
	"crypto/sha256"
	"sync"
)

// Memo keeps what a pure function made of the last texts, by their hashes: what customers
// said is not kept by it. Its zero value with Most set is ready, and safe for concurrent use;
// what it gives must not be changed.
type Memo[V any] struct {
	Most    int // texts that are kept; when there are as many, all are forgotten
	Longest int // bytes of a text that is kept; 0: any

	mu   sync.Mutex
	made map[[sha256.Size]byte]V
}

// Of gives what was made of a text, or makes it.
func (m *Memo[V]) Of(text string, from func(string) V) V {
	if m.Longest > 0 && len(text) > m.Longest {
		return from(text)
	}
	key := sha256.Sum256([]byte(text))
	m.mu.Lock()
	v, ok := m.made[key]
	m.mu.Unlock()
	if ok {
		return v
	}
	v = from(text)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.made == nil || len(m.made) >= m.Most {
		m.made = map[[sha256.Size]byte]V{}
	}
	m.made[key] = v
	return v
}
