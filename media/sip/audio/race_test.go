//go:build race

package audio

// raced: the race detector drops what is put into a sync.Pool, so that pion's SRTP allocates.
const raced = true
