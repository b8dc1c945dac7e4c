// Package figure draws the plots of parley eval and parley bench.
package figure

import (
	"fmt"
	"image/color"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Figure is one plot: lines over common axes.
type Figure struct {
	Title, X, Y string
	XMax, YMax  float64 // 0: as the data wants
	Lines       []Line
	Marks       []Mark
}

// Line is one curve; Low and High, when given, are its band.
type Line struct {
	Name      string
	X, Y      []float64
	Low, High []float64
	Dashed    bool
	Steps     bool // a distribution: horizontal, then up
}

// Mark is a point with a name: a bar to be met, a chosen setting.
type Mark struct {
	Name string
	X, Y float64
}

// The colours keep their order in grey print and for the colour-blind.
var colours = []color.NRGBA{{0x1f, 0x5f, 0xa8, 255}, {0xd9, 0x6c, 0x0d, 255}, {0x2a, 0x8f, 0x5c, 255}, {0x9b, 0x3f, 0x8f, 255}, {0x5a, 0x5a, 0x5a, 255}, {0xb8, 0x9b, 0x1a, 255}}

// Save writes the figure to a .png, .svg or .pdf file.
func (f Figure) Save(file string) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = f.Title, f.X, f.Y
	p.Title.Padding, p.X.Padding, p.Y.Padding = vg.Points(8), 0, 0
	p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs = true, vg.Points(-6), vg.Points(-4)
	p.Legend.Padding = vg.Points(2)
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{230}, color.Gray{230}
	p.Add(grid)
	for i, l := range f.Lines {
		if err := add(p, l, colours[i%len(colours)]); err != nil {
			return fmt.Errorf("figure: %s: %w", l.Name, err)
		}
	}
	for _, m := range f.Marks {
		if err := mark(p, m); err != nil {
			return fmt.Errorf("figure: %s: %w", m.Name, err)
		}
	}
	p.X.Min, p.Y.Min = min(0, p.X.Min), min(0, p.Y.Min)
	if f.XMax > 0 {
		p.X.Max = f.XMax
	}
	if f.YMax > 0 {
		p.Y.Max = f.YMax
	}
	if !slices.Contains([]string{".png", ".svg", ".pdf"}, strings.ToLower(filepath.Ext(file))) {
		return fmt.Errorf("figure: %s: expected a name that ends in .png, .svg or .pdf", file)
	}
	if err := p.Save(18*vg.Centimeter, 11*vg.Centimeter, file); err != nil {
		return fmt.Errorf("figure: %w", err)
	}
	return nil
}

func add(p *plot.Plot, l Line, c color.NRGBA) error {
	if len(l.Low) == len(l.X) && len(l.High) == len(l.X) && len(l.X) > 0 {
		band := points(l.X, l.High)
		low := points(l.X, l.Low)
		slices.Reverse(low)
		area, err := plotter.NewPolygon(append(band, low...))
		if err != nil {
			return err
		}
		area.LineStyle.Width = 0
		area.Color = color.NRGBA{c.R, c.G, c.B, 40}
		p.Add(area)
	}
	line, err := plotter.NewLine(points(l.X, l.Y))
	if err != nil {
		return err
	}
	line.Color, line.Width = c, vg.Points(1.6)
	if l.Dashed {
		line.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
	}
	if l.Steps {
		line.StepStyle = plotter.PostStep
	}
	p.Add(line)
	p.Legend.Add(l.Name, line)
	return nil
}

func mark(p *plot.Plot, m Mark) error {
	at := plotter.XYs{{X: m.X, Y: m.Y}}
	dot, err := plotter.NewScatter(at)
	if err != nil {
		return err
	}
	dot.Shape, dot.Radius = draw.CrossGlyph{}, vg.Points(4)
	label, err := plotter.NewLabels(plotter.XYLabels{XYs: at, Labels: []string{" " + m.Name}})
	if err != nil {
		return err
	}
	p.Add(dot, label)
	return nil
}

func points(x, y []float64) plotter.XYs {
	out := make(plotter.XYs, min(len(x), len(y)))
	for i := range out {
		out[i].X, out[i].Y = x[i], y[i]
	}
	return out
}

// Distribution is the line of the share of values (in %) up to each value.
func Distribution(name string, values []float64) Line {
	v := slices.Sorted(slices.Values(values))
	l := Line{Name: name, Steps: true}
	for i, x := range v {
		l.X = append(l.X, x)
		l.Y = append(l.Y, 100*float64(i+1)/float64(len(v)))
	}
	return l
}

// Quantile is the value that a share q (0 to 1) of values does not exceed; 0 without values.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	i := int(q*float64(len(v))+0.9999999) - 1
	return v[min(max(i, 0), len(v)-1)]
}
