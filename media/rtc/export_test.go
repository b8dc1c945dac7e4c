package rtc

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Buffers are the sizes of the media sockets' buffers, in bytes as the system counts.
func Buffers(e *Endpoint) (sizes []int) {
	for _, c := range e.socks.udp {
		for _, which := range []int{syscall.SO_RCVBUF, syscall.SO_SNDBUF} {
			n, _ := syscall.GetsockoptInt(c.fd, syscall.SOL_SOCKET, which)
			sizes = append(sizes, n)
		}
	}
	return sizes
}

// SystemBuffer is what a socket may have here: the system counts twice what is asked for.
func SystemBuffer(t *testing.T) int {
	t.Helper()
	least := socketBuffer
	for _, name := range []string{"rmem_max", "wmem_max"} {
		b, err := os.ReadFile("/proc/sys/net/core/" + name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, n)
	}
	return 2 * least
}
