// Command parley-sphinx is the offline recogniser's worker: it hears utterances
// on its standard input and says what they were on its standard output, in the
// frames of asr/sphinx/wire. Parley starts it; a crash in its C costs one sentence.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"parley/asr/sphinx/wire"
)

func main() {
	var o options
	flag.StringVar(&o.model, "model", "/usr/share/pocketsphinx/model/en-us", "folder of the acoustic model, language model and dictionary")
	flag.StringVar(&o.lm, "lm", "", "ARPA language model to mix with the general one")
	flag.Float64Var(&o.weight, "weight", 0.5, "share of that model")
	flag.StringVar(&o.words, "words", "", "file of words and their pronunciations, to be added to the dictionary")
	flag.Parse()
	if err := run(o, os.Stdin, os.Stdout); err != nil && !errors.Is(err, io.EOF) {
		_ = wire.Write(os.Stdout, wire.Fault, []byte(err.Error()))
		fmt.Fprintln(os.Stderr, "parley-sphinx:", err)
		os.Exit(1)
	}
}

// run serves until its input ends.
func run(o options, in io.Reader, out io.Writer) error {
	d, err := open(o)
	if err != nil {
		return err
	}
	defer d.close()
	if err := wire.Write(out, wire.Ready, nil); err != nil {
		return err
	}
	r := bufio.NewReaderSize(in, 64<<10)
	var body []byte
	said := ""
	for {
		var k wire.Kind
		if k, body, err = wire.Read(r, body); err != nil {
			return err
		}
		switch k {
		case wire.Start:
			var u wire.Utterance
			if err := json.Unmarshal(body, &u); err != nil {
				return fmt.Errorf("start: %w", err)
			}
			said = ""
			err = d.start(u.Digits)
		case wire.Audio:
			if err = d.hear(body); err == nil && r.Buffered() == 0 { // a partial is worth nothing when more waits
				if text := d.partial(); text != said {
					said = text
					err = send(out, wire.Partial, wire.Result{Text: text})
				}
			}
		case wire.End:
			var res wire.Result
			if res, err = d.final(); err == nil {
				err = send(out, wire.Final, res)
			}
		case wire.Drop:
			err = d.drop()
		default:
			err = fmt.Errorf("unknown frame %q", k)
		}
		if err != nil {
			return err
		}
	}
}

func send(out io.Writer, k wire.Kind, r wire.Result) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return wire.Write(out, k, b)
}
