package read

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// packed is a packed file whose unpacking is limited.
type packed struct {
	files map[string]*zip.File
	left  int64 // bytes that may still be unpacked
}

// unpack opens a packed file. What its directory claims is checked first; what really
// comes out is counted as it is read.
func unpack(b []byte, l Limits) (*packed, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	if len(z.File) > l.Entries {
		return nil, fmt.Errorf("%w: it packs %d files, at most %d are read", ErrLimit, len(z.File), l.Entries)
	}
	p := &packed{files: make(map[string]*zip.File, len(z.File)), left: min(l.Unpacked, max(int64(len(b)), 64<<10)*l.Ratio)}
	var sum uint64
	for _, f := range z.File {
		if f.Flags&1 != 0 {
			return nil, ErrLocked
		}
		if sum += f.UncompressedSize64; sum > uint64(p.left) || f.UncompressedSize64 > uint64(p.left) {
			return nil, fmt.Errorf("%w: unpacked it would have more than %s", ErrLimit, size(p.left))
		}
		p.files[f.Name] = f
	}
	return p, nil
}

// get unpacks one file; nil: there is none.
func (p *packed) get(name string) ([]byte, error) {
	f := p.files[name]
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrDamaged, name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, p.left+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrDamaged, name, err)
	}
	if p.left -= int64(len(b)); p.left < 0 {
		return nil, fmt.Errorf("%w: unpacked it has more than it may", ErrLimit)
	}
	return b, nil
}

// node is an element of a parsed file, with its text.
type node struct {
	name  string // without its name space's prefix
	attr  []xml.Attr
	kids  []*node
	chars string // of a leaf that holds text
}

// Limits of a parsed file.
const (
	maxDepth = 200
	maxNodes = 3_000_000
)

// parse reads XML. Entities other than XML's own five are a fault: nothing is expanded.
func parse(b []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "us-ascii") {
			return r, nil
		}
		return nil, fmt.Errorf("encoding %q", charset)
	}
	root := &node{}
	stack := []*node{root}
	for n := 0; ; n++ {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if len(stack) > 1 {
				return nil, fmt.Errorf("%w: its XML ends early", ErrDamaged)
			}
			return root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			if len(stack) > maxDepth || n > maxNodes {
				return nil, fmt.Errorf("%w: its XML is too deep or too long", ErrLimit)
			}
			k := &node{name: t.Name.Local, attr: t.Attr}
			top.kids = append(top.kids, k)
			stack = append(stack, k)
		case xml.EndElement:
			if len(stack) == 1 || top.name != t.Name.Local {
				return nil, fmt.Errorf("%w: its XML ends what did not begin", ErrDamaged)
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 1 {
				top.chars += string(t)
			}
		}
	}
}

func (n *node) get(attr string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attr {
		if a.Name.Local == attr {
			return a.Value
		}
	}
	return ""
}

// kid is the first child of a name; nil: none.
func (n *node) kid(names ...string) *node {
	for _, name := range names {
		if n == nil {
			return nil
		}
		var found *node
		for _, k := range n.kids {
			if k.name == name {
				found = k
				break
			}
		}
		n = found
	}
	return n
}

// each calls f for every element of a name below n, outermost first; those inside one
// that f was called for are f's own business.
func (n *node) each(name string, f func(*node)) {
	for _, k := range n.kids {
		if k.name == name {
			f(k)
			continue
		}
		k.each(name, f)
	}
}

// relations gives what a part of an office file refers to, by ID.
func (p *packed) relations(part string) (map[string]string, error) {
	dir, file := path.Split(part)
	b, err := p.get(dir + "_rels/" + file + ".rels")
	if err != nil || b == nil {
		return nil, err
	}
	root, err := parse(b)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	root.each("Relationship", func(n *node) {
		target := n.get("Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		out[n.get("Id")] = strings.TrimPrefix(path.Clean(target), "/")
	})
	return out, nil
}

// part unpacks and parses a file that must be there.
func (p *packed) part(name string) (*node, error) {
	b, err := p.get(name)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, fmt.Errorf("%w: %s is missing in it", ErrDamaged, name)
	}
	return parse(b)
}

// titled is the title that an office file gives itself.
func (p *packed) titled() string {
	b, err := p.get("docProps/core.xml")
	if err != nil || b == nil {
		return ""
	}
	root, err := parse(b)
	if err != nil {
		return ""
	}
	t := ""
	root.each("title", func(n *node) { t = strings.TrimSpace(n.chars) })
	return t
}
