package tesseract

import (
	"image"
	"math"

	"github.com/disintegration/imaging"
)

// quad is the corners of a sheet: top left, top right, bottom right, bottom left.
type quad [4][2]float64

// A sheet that is worth being made flat.
const (
	sheetSide = 400  // pixels of the longer side when it is looked for
	leastArea = 0.15 // of the picture
	mostArea  = 0.97
	fills     = 0.85 // of its four corners' area is the sheet
)

// sheet finds the paper or label in a photo: the largest bright region, if it is a
// quadrilateral.
func sheet(g *image.Gray) (quad, bool) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	by := min(1, sheetSide/float64(max(w, h)))
	small := toGray(imaging.Blur(imaging.Resize(g, max(1, int(float64(w)*by)), max(1, int(float64(h)*by)), imaging.Box), 1.5))
	sw, sh := small.Rect.Dx(), small.Rect.Dy()
	limit := otsu(histogram(small))
	region, area := largest(small, limit)
	if total := float64(sw * sh); float64(area) < leastArea*total || float64(area) > mostArea*total {
		return quad{}, false
	}
	q := corners(region, sw)
	size := polygon(q)
	if size <= 0 || float64(area) < fills*size*0.9 || float64(area) > size*1.15 || size < leastArea*float64(sw*sh) {
		return quad{}, false
	}
	for i := range q {
		q[i][0], q[i][1] = (q[i][0]+0.5)/by, (q[i][1]+0.5)/by
	}
	return q, true
}

// otsu is the threshold that parts bright from dark best (Otsu, 1979).
func otsu(h [256]int) byte {
	n, sum := 0, 0.0
	for v, c := range h {
		n += c
		sum += float64(v * c)
	}
	below, sumBelow, best, at := 0, 0.0, -1.0, 0
	for v, c := range h {
		below += c
		sumBelow += float64(v * c)
		if below == 0 || below == n {
			continue
		}
		d := sumBelow/float64(below) - (sum-sumBelow)/float64(n-below)
		if s := float64(below) * float64(n-below) * d * d; s > best {
			best, at = s, v
		}
	}
	return byte(at)
}

// largest is the largest connected region brighter than a limit, its holes (the
// letters) counted, as indexes.
func largest(g *image.Gray, limit byte) (region []int, area int) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	seen := make([]bool, w*h)
	for start := range seen {
		if seen[start] || g.Pix[start/w*g.Stride+start%w] <= limit {
			continue
		}
		var found []int
		stack := []int{start}
		seen[start] = true
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			found = append(found, i)
			x, y := i%w, i/w
			for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				nx, ny := x+d[0], y+d[1]
				if nx < 0 || ny < 0 || nx >= w || ny >= h {
					continue
				}
				if j := ny*w + nx; !seen[j] && g.Pix[ny*g.Stride+nx] > limit {
					seen[j] = true
					stack = append(stack, j)
				}
			}
		}
		if len(found) > len(region) {
			region = found
		}
	}
	// Between the first and the last pixel of each row all is the sheet.
	first, last := make([]int, h), make([]int, h)
	for y := range first {
		first[y] = w
	}
	for _, i := range region {
		x, y := i%w, i/w
		first[y], last[y] = min(first[y], x), max(last[y], x+1)
	}
	for y := range first {
		area += max(0, last[y]-first[y])
	}
	return region, area
}

// corners are the pixels farthest along the diagonals.
func corners(region []int, w int) quad {
	var q quad
	best := [4]float64{math.Inf(1), math.Inf(-1), math.Inf(-1), math.Inf(1)}
	for _, i := range region {
		x, y := float64(i%w), float64(i/w)
		if s := x + y; s < best[0] {
			best[0], q[0] = s, [2]float64{x, y}
		}
		if d := x - y; d > best[1] {
			best[1], q[1] = d, [2]float64{x, y}
		}
		if s := x + y; s > best[2] {
			best[2], q[2] = s, [2]float64{x, y}
		}
		if d := x - y; d < best[3] {
			best[3], q[3] = d, [2]float64{x, y}
		}
	}
	return q
}

// polygon is the area of a quadrilateral.
func polygon(q quad) float64 {
	s := 0.0
	for i := range q {
		j := (i + 1) % 4
		s += q[i][0]*q[j][1] - q[j][0]*q[i][1]
	}
	return s / 2
}

// flat is the sheet as seen from straight above, and where its pixels were.
func flat(g *image.Gray, q quad) (*image.Gray, func(x, y float64) (float64, float64)) {
	side := func(a, b int) float64 { return math.Hypot(q[a][0]-q[b][0], q[a][1]-q[b][1]) }
	w, h := int(max(side(0, 1), side(3, 2))), int(max(side(0, 3), side(1, 2)))
	m := project(float64(w), float64(h), q)
	back := func(x, y float64) (float64, float64) {
		d := m[6]*x + m[7]*y + 1
		return (m[0]*x + m[1]*y + m[2]) / d, (m[3]*x + m[4]*y + m[5]) / d
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := back(float64(x)+0.5, float64(y)+0.5)
			out.Pix[y*out.Stride+x] = at(g, sx-0.5, sy-0.5)
		}
	}
	return out, back
}

// at is a picture between its pixels.
func at(g *image.Gray, x, y float64) byte {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	x, y = min(max(x, 0), float64(w-1)), min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	p := func(x, y int) float64 { return float64(g.Pix[y*g.Stride+x]) }
	return byte(p(x0, y0)*(1-fx)*(1-fy) + p(x1, y0)*fx*(1-fy) + p(x0, y1)*(1-fx)*fy + p(x1, y1)*fx*fy + 0.5)
}

// project is the projective map from a rectangle onto a quadrilateral
// (Heckbert, Fundamentals of Texture Mapping, 1989, section 2.2.3).
func project(w, h float64, q quad) [8]float64 {
	dx1, dx2 := q[1][0]-q[2][0], q[3][0]-q[2][0]
	dy1, dy2 := q[1][1]-q[2][1], q[3][1]-q[2][1]
	sx := q[0][0] - q[1][0] + q[2][0] - q[3][0]
	sy := q[0][1] - q[1][1] + q[2][1] - q[3][1]
	den := dx1*dy2 - dx2*dy1
	g, k := 0.0, 0.0
	if den != 0 {
		g, k = (sx*dy2-dx2*sy)/den, (dx1*sy-sx*dy1)/den
	}
	return [8]float64{
		(q[1][0] - q[0][0] + g*q[1][0]) / w, (q[3][0] - q[0][0] + k*q[3][0]) / h, q[0][0],
		(q[1][1] - q[0][1] + g*q[1][1]) / w, (q[3][1] - q[0][1] + k*q[3][1]) / h, q[0][1],
		g / w, k / h,
	}
}
