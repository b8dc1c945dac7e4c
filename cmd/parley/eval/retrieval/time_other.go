//go:build !linux

package retrieval

import "time"

// threadTime is the time of day: the system does not tell the thread's.
func threadTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
