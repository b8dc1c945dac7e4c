package read

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	mdtable "github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	dom "golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// html reads a page: what is around its text (navigation, banners, forms) is left out.
func html(ctx context.Context, _ string, b []byte, _ Limits) (Result, error) {
	e, _, sure := charset.DetermineEncoding(b, "")
	s, err := "", error(nil)
	if sure {
		s = with(e, b)
	} else if s, _, err = Decode(b); err != nil {
		return Result{}, err
	}
	root, err := dom.Parse(strings.NewReader(s)) // refuses what is nested too deep
	if err != nil {
		return Result{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	title := ""
	if n := find(root, func(n *dom.Node) bool { return n.Data == "title" }); n != nil {
		title = oneLine(words(n))
	}
	strip(root)
	top := mainPart(root)
	prune(top)
	heading(top)
	c := converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(),
		mdtable.NewTablePlugin(mdtable.WithHeaderPromotion(true), mdtable.WithSpanCellBehavior(mdtable.SpanBehaviorMirror))))
	out, err := c.ConvertNode(top, converter.WithContext(ctx))
	if err != nil {
		return Result{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	return Result{Text: string(out), Title: title}, nil
}

// around are elements that hold no text of the page.
var around = []string{"script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "nav", "footer", "aside", "form", "button",
	"select", "input", "textarea", "dialog", "menu", "video", "audio", "link", "meta", "img", "picture"}

// aroundNames are what classes and IDs of such parts are called.
var aroundNames = regexp.MustCompile(`(?i)(^|[-_ ])(cookies?|consent|breadcrumbs?|sidebar|side-bar|navbar|navigation|nav|menu|footer|banner|share|sharing|social|related|` +
	`recommend(ed|ations)?|comments?|advert(isement)?s?|ads?|popup|modal|newsletter|subscribe|skip-link|toolbar|pagination|pager|copyright|toc)($|[-_ ])`)

// strip takes out what is around the text.
func strip(n *dom.Node) {
	for k := n.FirstChild; k != nil; {
		next := k.NextSibling
		switch {
		case k.Type == dom.CommentNode, k.Type == dom.ElementNode && aside(k):
			n.RemoveChild(k)
		default:
			if k.Type == dom.ElementNode {
				unlink(k)
			}
			strip(k)
		}
		k = next
	}
}

func aside(n *dom.Node) bool {
	if slices.Contains(around, n.Data) {
		return true
	}
	if n.Data == "html" || n.Data == "body" || n.Data == "main" || n.Data == "article" {
		return false
	}
	for _, a := range n.Attr {
		switch v := strings.ToLower(a.Val); a.Key {
		case "hidden":
			return true
		case "aria-hidden":
			if v == "true" {
				return true
			}
		case "role":
			if slices.Contains([]string{"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog", "menu", "menubar"}, v) {
				return true
			}
		case "style":
			if v = strings.ReplaceAll(v, " ", ""); strings.Contains(v, "display:none") || strings.Contains(v, "visibility:hidden") {
				return true
			}
		case "class", "id":
			if aroundNames.MatchString(v) && len(words(n)) < 5000 && find(n, func(k *dom.Node) bool { return k.Data == "main" || k.Data == "article" || k.Data == "h1" }) == nil {
				return true
			}
		}
	}
	return n.Data == "header" && find(n, func(k *dom.Node) bool { return k.Data == "h1" || k.Data == "h2" }) == nil
}

// unlink makes a link that leads to no address of the web plain text; quotations become
// plain text as well: under a heading they would be ways to ask.
func unlink(n *dom.Node) {
	switch n.Data {
	case "blockquote":
		n.Data, n.DataAtom = "div", 0
	case "a":
		href := ""
		for _, a := range n.Attr {
			if a.Key == "href" {
				href = strings.TrimSpace(a.Val)
			}
		}
		if !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "mailto:") && !strings.HasPrefix(href, "tel:") {
			n.Data, n.DataAtom, n.Attr = "span", 0, nil
		}
	}
}

// mainPart is the element that holds the text.
func mainPart(root *dom.Node) *dom.Node {
	all := len(words(root))
	for _, is := range []func(*dom.Node) bool{
		func(n *dom.Node) bool { return n.Data == "main" || attr(n, "role") == "main" },
		func(n *dom.Node) bool { return n.Data == "article" },
	} {
		if n := find(root, is); n != nil && 2*len(words(n)) > all {
			return n
		}
	}
	if n := find(root, func(n *dom.Node) bool { return n.Data == "body" }); n != nil {
		return n
	}
	return root
}

// prune takes out lists and blocks that are little but links.
func prune(n *dom.Node) {
	for k := n.FirstChild; k != nil; {
		next := k.NextSibling
		if k.Type == dom.ElementNode {
			switch k.Data {
			case "ul", "ol", "div", "section", "p":
				if all := utf8.RuneCountInString(words(k)); all > 0 && links(k) > 3 && linked(k)*10 > all*8 {
					n.RemoveChild(k)
					k = next
					continue
				}
			}
			prune(k)
		}
		k = next
	}
}

// heading makes the terms of a list of definitions headings when they ask: FAQ pages are
// written so, and with summaries that open.
func heading(n *dom.Node) {
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		if k.Type == dom.ElementNode && (k.Data == "dt" || k.Data == "summary") {
			if t := strings.TrimSpace(words(k)); strings.HasSuffix(t, "?") || strings.HasSuffix(t, "？") {
				k.Data, k.DataAtom = "h3", 0
			}
		}
		heading(k)
	}
}

func attr(n *dom.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.ToLower(a.Val)
		}
	}
	return ""
}

func find(n *dom.Node, is func(*dom.Node) bool) *dom.Node {
	if n.Type == dom.ElementNode && is(n) {
		return n
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		if f := find(k, is); f != nil {
			return f
		}
	}
	return nil
}

// words is the text of an element.
func words(n *dom.Node) string {
	var b strings.Builder
	var walk func(*dom.Node)
	walk = func(n *dom.Node) {
		if n.Type == dom.TextNode {
			b.WriteString(n.Data)
		}
		for k := n.FirstChild; k != nil; k = k.NextSibling {
			walk(k)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// linked is how many characters of an element are links, links how many there are.
func linked(n *dom.Node) (chars int) {
	if n.Type == dom.ElementNode && n.Data == "a" {
		return utf8.RuneCountInString(words(n))
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		chars += linked(k)
	}
	return chars
}

func links(n *dom.Node) (count int) {
	if n.Type == dom.ElementNode && n.Data == "a" {
		return 1
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		count += links(k)
	}
	return count
}
