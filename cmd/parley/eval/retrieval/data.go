package retrieval

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"parley/dialog/rag"
)

// set is a corpus with questions and the documents that answer them.
type set struct {
	passages  []rag.Passage
	questions []question
}

type question struct {
	ID            string
	Text          string
	Lang          string
	Source        string
	Answerability string
	History       []rag.Turn
	relevant      map[string]float64 // by document
}

// language groups the data's tags: "zh-Hant" is Chinese too.
func (q question) language() string {
	if strings.HasPrefix(q.Lang, "zh") {
		return "zh"
	}
	return "en"
}

// half is the half of the questions this one is of, the same for ever: what is chosen
// is chosen on "dev", and "held" tells whether it carries over.
func (q question) half() string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(q.ID))
	if h.Sum32()>>7&1 == 0 {
		return "dev"
	}
	return "held"
}

// group is the source as the table names it.
func group(source string) string {
	g, _, _ := strings.Cut(source, "-")
	return g
}

// load reads corpus.jsonl, queries.jsonl and qrels.tsv of a folder.
func load(dir string) (set, error) {
	var s set
	err := lines(filepath.Join(dir, "corpus.jsonl"), func(b []byte) error {
		var d struct{ ID, Title, Text, Lang string }
		if err := json.Unmarshal(b, &d); err != nil {
			return err
		}
		s.passages = append(s.passages, rag.Passage{ID: d.ID, Document: d.ID, Title: d.Title, Text: d.Text})
		return nil
	})
	if err != nil {
		return s, err
	}
	byID := map[string]int{}
	err = lines(filepath.Join(dir, "queries.jsonl"), func(b []byte) error {
		var q question
		if err := json.Unmarshal(b, &q); err != nil {
			return err
		}
		q.relevant = map[string]float64{}
		byID[q.ID] = len(s.questions)
		s.questions = append(s.questions, q)
		return nil
	})
	if err != nil {
		return s, err
	}
	first := true
	err = lines(filepath.Join(dir, "qrels.tsv"), func(b []byte) error {
		if first {
			first = false
			return nil
		}
		cells := strings.Split(string(b), "\t")
		if len(cells) != 3 {
			return fmt.Errorf("want 3 columns, have %d", len(cells))
		}
		score, err := strconv.ParseFloat(cells[2], 64)
		if err != nil {
			return err
		}
		if i, ok := byID[cells[0]]; ok && score > 0 {
			s.questions[i].relevant[cells[1]] = score
		}
		return nil
	})
	return s, err
}

// lines calls f for each line of a file that is not empty.
func lines(path string, f func([]byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	r := bufio.NewReaderSize(file, 1<<20)
	for n := 1; ; n++ {
		b, err := r.ReadBytes('\n')
		if t := strings.TrimSpace(string(b)); t != "" {
			if err := f([]byte(t)); err != nil {
				return fmt.Errorf("%s:%d: %w", path, n, err)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
