package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/sight"
	"parley/vision"
	"parley/vision/openai"
	"parley/vision/tesseract"
	"parley/web"
)

// readers are those that read pictures: the configured ones, and the offline one last.
func readers(c config.Config) vision.Reader {
	var list []vision.Named
	offline := false
	for _, e := range c.Vision {
		list = append(list, vision.Named{Name: e.Engine, Reader: reader(e)})
		offline = offline || e.Engine == "tesseract"
	}
	if !offline {
		list = append(list, vision.Named{Name: "tesseract", Reader: tesseract.New(tesseract.Options{})})
	}
	return vision.Fallback(list...)
}

func reader(e config.Engine) vision.Reader {
	if e.Engine == "tesseract" {
		return tesseract.New(tesseract.Options{})
	}
	return openai.New(openai.Options{URL: e.URL, Key: e.Key, Model: e.Model})
}

// pictures is sight as the surface knows it.
type pictures struct{ *sight.Sight }

var _ web.Pictures = pictures{}

// Take implements web.Pictures.
func (p pictures) Take(ctx context.Context, id dialog.ConversationID, files []io.Reader) (web.Taken, error) {
	t, err := p.Sight.Take(ctx, id, files)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// tryReader lets one reader read a picture.
func tryReader(ctx context.Context, e config.Engine, with web.Trial) (out web.Tried, err error) {
	p, err := vision.Take(ctx, with.Image)
	var refused *vision.Refusal
	if errors.As(err, &refused) {
		return out, errors.New(refused.Sentence(with.Language))
	}
	if err != nil {
		return out, err
	}
	began := time.Now()
	fs, err := reader(e).Read(ctx, []vision.Image{p.Image}, vision.Question{Text: with.Text, Language: with.Language})
	if err != nil {
		return out, err
	}
	out.FirstMS = max(1, time.Since(began).Milliseconds())
	f := fs[0]
	out.Text = strings.TrimSpace(f.Shows + "\n" + f.Text())
	found := make([]string, 0, len(f.Identifiers))
	for _, i := range f.Identifiers {
		found = append(found, fmt.Sprintf("%s %s (%.2f)", i.Kind, i.Value, i.Confidence))
	}
	out.Detail = strings.TrimSpace(fmt.Sprintf("%s; %s", strings.TrimSpace(string(f.Kind)+" "+string(f.Trouble)), strings.Join(found, ", ")))
	return out, nil
}
