package insight

import (
	"cmp"
	"slices"
)

// sortBy puts the most first, and what is as many by name.
func sortBy[T any](list []T, of func(T) (n int64, name string)) {
	slices.SortFunc(list, func(a, b T) int {
		n, x := of(a)
		m, y := of(b)
		return cmp.Or(cmp.Compare(m, n), cmp.Compare(x, y))
	})
}
