// Package retrieval measures the search on questions with known answers: parley
// eval retrieval.
package retrieval

import (
	"context"
	"errors"
	"io"
)

// Run measures and writes the table to out. It finds the data by -data or PARLEY_TESTDATA.
func Run(ctx context.Context, args []string, out io.Writer) error { return errors.New("not there yet") }
