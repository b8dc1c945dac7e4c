package child

import (
	"errors"

	"golang.org/x/sys/unix"
)

// limit bounds what a child may use.
func limit(pid int, l Limits) error {
	var errs []error
	for r, most := range map[int]uint64{
		unix.RLIMIT_AS:     uint64(l.Memory),
		unix.RLIMIT_CPU:    uint64(l.Time.Seconds()) + 1,
		unix.RLIMIT_FSIZE:  0, // it writes to a pipe alone
		unix.RLIMIT_CORE:   0,
		unix.RLIMIT_NOFILE: 64,
	} {
		errs = append(errs, unix.Prlimit(pid, r, &unix.Rlimit{Cur: most, Max: most}, nil))
	}
	return errors.Join(errs...)
}
