// Package ingest reads files, folders and pages into the knowledge: parley ingest. A
// running server finds what it put in within seconds.
package ingest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog/knowledge"
	"parley/dialog/rag"
	"parley/dialog/rag/read"
	"parley/dialog/store"
)

const usage = `usage: parley ingest [flags] PATH…|URL…

Reads PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown and text, folders of them, and pages
by their addresses. What has not changed since the last time is left as it is.

`

// Run is the command. It fails when a file could not be read, after the others were.
func Run(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("ingest", flag.ContinueOnError)
	set.SetOutput(out)
	file := set.String("config", "", "settings `file`")
	language := set.String("language", "", "BCP 47 `tag`; found from the text when not given")
	audience := set.String("audience", "", "whom the documents are for; everybody when not given")
	draft := set.Bool("draft", false, "keep them as drafts, to be published under /admin")
	prune := set.Bool("prune", false, "remove documents that came from the given folders and whose files are gone")
	set.Usage = func() {
		fmt.Fprint(out, usage)
		set.PrintDefaults()
	}
	if err := set.Parse(args); err != nil {
		return err
	}
	if set.NArg() == 0 {
		set.Usage()
		return errors.New("ingest: nothing is given to read")
	}
	c, err := config.Load(*file, os.Getenv)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{URL: c.Database, Folder: c.Data})
	if err != nil {
		return err
	}
	defer s.Close()
	in := knowledge.Input{Draft: *draft, Who: "ingest"}
	if *language != "" {
		in.Language = language
	}
	if *audience != "" {
		in.Audience = audience
	}
	todo := find(set.Args())
	r := &run{service: knowledge.New(knowledge.Options{Store: s}), store: s, in: in, bar: newBar(out, todo)}
	defer r.service.Close()
	r.all(ctx, todo)
	if *prune {
		r.prune(ctx, set.Args())
	}
	if r.fresh+r.gone > 0 { // a server that is not running drops it no more
		if err := knowledge.DropSnapshot(c.Data); err != nil {
			return err
		}
	}
	return r.end(ctx)
}

// item is one thing to read.
type item struct {
	place string // an absolute path or an address
	bytes int64  // 0 of an address
	err   error  // why it cannot be read
}

// find lists the files of the places that are given; one that is named is read whatever
// its name, in folders those that look readable.
func find(places []string) (out []item) {
	for _, place := range places {
		if strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://") {
			out = append(out, item{place: place})
			continue
		}
		root, err := filepath.Abs(place)
		if err != nil {
			root = place
		}
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				out = append(out, item{place: path, err: err})
				return nil
			case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
				return filepath.SkipDir
			case d.IsDir(), path != root && (!read.Readable(path) || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "~$")):
				return nil
			}
			i, err := os.Stat(path)
			if err == nil && !i.Mode().IsRegular() {
				err = errors.New("it is no file")
			}
			if err != nil {
				out = append(out, item{place: path, err: err})
				return nil
			}
			out = append(out, item{place: path, bytes: i.Size()})
			return nil
		})
	}
	return out
}

// run is one use of the command.
type run struct {
	service *knowledge.Service
	store   *store.Store
	in      knowledge.Input
	bar     *bar
	bad     int
	same    int
	fresh   int
	gone    int
}

func (r *run) all(ctx context.Context, todo []item) {
	for _, it := range todo {
		if ctx.Err() != nil {
			return
		}
		r.bar.begin(it)
		what, err := r.one(ctx, it)
		if err != nil {
			r.bad++
			what = "failed: " + err.Error()
		}
		r.bar.done(it, what)
	}
}

// longest is how many bytes of a file are read at all; the service says what it thinks
// of that.
const longest = 33 << 20

func (r *run) one(ctx context.Context, it item) (string, error) {
	if it.err != nil {
		return "", it.err
	}
	id := knowledge.IDOf(it.place)
	var d store.Document
	var changed bool
	var err error
	if strings.Contains(it.place, "://") {
		d, changed, err = r.service.ReadURL(ctx, id, it.place, r.in)
	} else {
		var b []byte
		if b, err = readFile(it.place); err == nil {
			d, changed, err = r.service.ReadFile(ctx, id, it.place, b, r.in)
		}
	}
	switch {
	case err != nil:
		return "", err
	case !changed:
		r.same++
		return "unchanged", nil
	}
	r.fresh++
	if r.in.Draft {
		return "kept as a draft", nil
	}
	n := len(rag.Split(rag.Document{ID: d.ID, Title: d.Title, Text: d.Body, Language: d.Language}))
	return fmt.Sprintf("%d passages", n), nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, longest))
}

// prune removes what came from folders of which the files are gone.
func (r *run) prune(ctx context.Context, places []string) {
	for after := ""; ; {
		ds, err := r.store.Documents(ctx, after, 500)
		if err != nil || len(ds) == 0 {
			if err != nil {
				r.bad++
				r.bar.say("failed: " + err.Error())
			}
			return
		}
		for _, d := range ds {
			after = d.ID
			if !filepath.IsAbs(d.Source) || d.ID != knowledge.IDOf(d.Source) || !under(d.Source, places) {
				continue
			}
			if _, err := os.Stat(d.Source); !errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err := r.service.Delete(ctx, d.ID); err != nil {
				r.bad++
				r.bar.say(d.Source + ": failed: " + err.Error())
				continue
			}
			r.gone++
			r.bar.say(d.Source + ": gone, removed")
		}
	}
}

func under(path string, places []string) bool {
	for _, p := range places {
		root, err := filepath.Abs(p)
		if err == nil && (path == root || strings.HasPrefix(path, strings.TrimSuffix(root, "/")+"/")) {
			return true
		}
	}
	return false
}

func (r *run) end(ctx context.Context) error {
	r.bar.end(fmt.Sprintf("%d read, %d unchanged, %d failed, in %s", r.fresh, r.same, r.bad, time.Since(r.bar.began).Round(10*time.Millisecond)))
	switch {
	case ctx.Err() != nil:
		return errors.New("ingest: interrupted; what was read is kept")
	case r.bad > 0:
		return fmt.Errorf("ingest: %d of %d failed", r.bad, r.bar.files)
	}
	return nil
}
