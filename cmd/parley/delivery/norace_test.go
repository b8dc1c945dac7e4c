//go:build !race

package delivery

// each is how many messages a conversation has.
const each = 250
