package read

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csvText reads a table of separated values: the separator is the one that gives the
// first rows the same number of columns, more than one.
func csvText(_ context.Context, _ string, b []byte, l Limits) (Result, error) {
	s, _, err := Decode(b)
	if err != nil {
		return Result{}, err
	}
	rows, err := separated(s, separator(s), l)
	if err != nil {
		return Result{}, err
	}
	var out strings.Builder
	table(&out, rows, 2)
	return Result{Text: out.String()}, nil
}

func separator(s string) rune {
	if rest, ok := strings.CutPrefix(s, "sep="); ok && len(rest) > 0 { // as Excel writes it
		return rune(rest[0])
	}
	best, most := ',', 0
	for _, sep := range ",;\t|" {
		r := reader(s, sep)
		width, same := 0, 0
		for range 20 {
			rec, err := r.Read()
			if err != nil {
				break
			}
			if width == 0 {
				width = len(rec)
			}
			if len(rec) == width && width > 1 {
				same++
			}
		}
		if score := same*1000 + min(width, 100); same > 0 && score > most {
			best, most = sep, score
		}
	}
	return best
}

func reader(s string, sep rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(s))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = sep, -1, true
	return r
}

func separated(s string, sep rune, l Limits) ([][]string, error) {
	if strings.HasPrefix(s, "sep=") {
		_, s, _ = strings.Cut(s, "\n")
	}
	if sep == '"' || sep == '\r' || sep == '\n' || sep == 0xfffd || sep == 0 || sep >= 0x80 {
		return nil, fmt.Errorf("%w: %q cannot separate columns", ErrDamaged, sep)
	}
	r := reader(s, sep)
	var rows [][]string
	cells := 0
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
		}
		if cells += len(rec); cells > l.Cells {
			return nil, fmt.Errorf("%w: the table has more than %d cells", ErrLimit, l.Cells)
		}
		rows = append(rows, rec)
	}
}
