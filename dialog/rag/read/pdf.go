package read

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"parley/vision/child"
)

const (
	pdfReader   = "pdftotext"
	mostLaidOut = 128 << 20 // bytes that it says
)

// pdf reads a PDF by pdftotext, which says where each word stands.
func pdf(ctx context.Context, _ string, b []byte, l Limits) (Result, error) {
	out, complaint, err := child.Run(ctx, child.Limits{Memory: l.Memory, Time: l.Time, Output: mostLaidOut}, b, pdfReader, "-bbox-layout", "-enc", "UTF-8", "-l", fmt.Sprint(l.Pages+1), "-", "-")
	var exit *exec.ExitError
	switch {
	case errors.Is(err, child.ErrMissing):
		return Result{}, fmt.Errorf("%w: PDF needs pdftotext (apt-get install poppler-utils)", ErrNoReader)
	case errors.Is(err, child.ErrOutput):
		return Result{}, fmt.Errorf("%w: what comes out has more than %s", ErrLimit, size(mostLaidOut))
	case errors.As(err, &exit):
		return Result{}, refusal(complaint, exit)
	case err != nil:
		return Result{}, err
	}
	pages := laidOut(string(out))
	if len(pages) > l.Pages {
		return Result{}, fmt.Errorf("%w: it has more than %d pages", ErrLimit, l.Pages)
	}
	return Result{Text: flow(pages), Pages: len(pages)}, nil
}

// refusal says why pdftotext gave up.
func refusal(complaint string, exit *exec.ExitError) error {
	low := strings.ToLower(complaint)
	switch {
	case strings.Contains(low, "password"):
		return ErrLocked
	case strings.Contains(low, "not allowed"):
		return fmt.Errorf("%w: its owner forbids copying its text", ErrLocked)
	case strings.Contains(low, "memory") || strings.Contains(low, "shared libraries") || !exit.Exited():
		return fmt.Errorf("%w: reading it takes more memory or time than a file may", ErrLimit)
	}
	return fmt.Errorf("%w: it cannot be read as PDF", ErrDamaged)
}

// CheckPDF reads a small PDF, and says what does not work.
func CheckPDF(ctx context.Context) error {
	r, err := Read(ctx, "check.pdf", []byte(smallPDF), Limits{})
	if err == nil && !strings.Contains(r.Text, "Parley") {
		return fmt.Errorf("%w: pdftotext found no text", ErrDamaged)
	}
	return err
}

const smallPDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 40>>stream
BT /F 18 Tf 20 40 Td (Parley reads) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
`
