//go:build race

package delivery

// each is how many messages a conversation has: with the race detector, which makes SQLite
// many times slower, a tenth.
const each = 25
