package read

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsx reads a workbook: each sheet that is shown is a heading and a table, or pairs of
// question and answer. Cells that are merged are filled.
func xlsx(ctx context.Context, _ string, b []byte, l Limits) (Result, error) {
	if _, err := unpack(b, l); err != nil { // what the directory claims
		return Result{}, err
	}
	most := min(l.Unpacked, max(int64(len(b)), 64<<10)*l.Ratio)
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: most, UnzipXMLSizeLimit: min(most, 64<<20)})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat):
		return Result{}, fmt.Errorf("%w: it is no workbook of Excel", ErrDamaged)
	case err != nil && strings.Contains(err.Error(), "unzip size exceeds"):
		return Result{}, fmt.Errorf("%w: unpacked it would have more than %s", ErrLimit, size(most))
	case err != nil:
		return Result{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	defer f.Close()
	var out strings.Builder
	cells := 0
	sheets := f.GetSheetList()
	for _, name := range sheets {
		if shown, err := f.GetSheetVisible(name); err != nil || !shown {
			continue
		}
		rows, err := sheet(ctx, f, name, &cells, l)
		if err != nil {
			return Result{}, err
		}
		if len(trimmed(rows)) == 0 {
			continue
		}
		if len(sheets) > 1 || !strings.HasPrefix(name, "Sheet") {
			out.WriteString("\n## " + oneLine(name) + "\n\n")
		}
		table(&out, rows, 3)
		if out.Len() > 2*l.Text {
			return Result{}, fmt.Errorf("%w: it has more than %s of text", ErrLimit, size(int64(l.Text)))
		}
	}
	title := ""
	if p, err := f.GetDocProps(); err == nil {
		title = p.Title
	}
	return Result{Text: out.String(), Title: title}, nil
}

func sheet(ctx context.Context, f *excelize.File, name string, cells *int, l Limits) ([][]string, error) {
	it, err := f.Rows(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	defer it.Close()
	var rows [][]string
	empty := 0
	for it.Next() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row, err := it.Columns()
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
		}
		if empty++; len(row) > 0 {
			empty = 0
		}
		if empty > 10_000 {
			break // a row far below that somebody once touched
		}
		if *cells += len(row) + 1; *cells > l.Cells {
			return nil, fmt.Errorf("%w: the workbook has more than %d cells", ErrLimit, l.Cells)
		}
		rows = append(rows, row)
	}
	if err := it.Error(); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	return rows, merge(f, name, rows)
}

// merge fills the cells of the first column's merged ranges downwards: a heading that
// stands for several rows belongs to each.
func merge(f *excelize.File, name string, rows [][]string) error {
	ms, err := f.GetMergeCells(name)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	for _, m := range ms[:min(len(ms), 10_000)] {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil || c2 != c1 {
			continue // a banner over several columns stands once
		}
		for r := r1 + 1; r <= r2 && r <= len(rows); r++ {
			for len(rows[r-1]) < c1 && c1 <= 256 {
				rows[r-1] = append(rows[r-1], "")
			}
			if c1 <= len(rows[r-1]) {
				rows[r-1][c1-1] = m.GetCellValue()
			}
		}
	}
	return nil
}
