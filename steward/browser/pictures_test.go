package browser

import (
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"slices"
)

// paletted keeps the 256 colors that a picture uses most: pages are flat, so nobody sees it and the
// file is a third as large.
func paletted(in image.Image) image.Image {
	b := in.Bounds()
	counts := map[color.RGBA]int{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[rgba(in.At(x, y))]++
		}
	}
	out := image.NewPaletted(b, most(counts, 256))
	draw.Draw(out, b, in, b.Min, draw.Src)
	return out
}

func rgba(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
}

// most are the most frequent colors, in an order that depends on nothing else.
func most(counts map[color.RGBA]int, n int) color.Palette {
	var all []color.RGBA
	for c := range counts {
		all = append(all, c)
	}
	sortColors(all, counts)
	var p color.Palette
	for _, c := range all[:min(n, len(all))] {
		p = append(p, c)
	}
	return p
}

func sortColors(all []color.RGBA, counts map[color.RGBA]int) {
	number := func(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(number(a), number(b)))
	})
}
