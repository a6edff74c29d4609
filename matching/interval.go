package matching

import "math"

// Interval is an estimate with the bounds between which the truth lies in 95 of 100 cases, if
// what the estimate assumes is so.
type Interval struct {
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// normal95 is the quantile of the normal distribution for two-sided bounds of 95 %.
const normal95 = 1.959964

// negligible is a number below which a count is nothing, and no divisor.
const negligible = 1e-9

// Wilson estimates a share from yes answers among n; it stays honest near 0 and 1 and for small
// n (Wilson 1927, Probable inference, the law of succession, and statistical inference). Of
// nothing it knows nothing: 0.5 within 0 and 1.
func Wilson(yes, n float64) Interval {
	if n < negligible {
		return Interval{0.5, 0, 1}
	}
	p, z2 := yes/n, normal95*normal95
	center, half := (yes+z2/2)/(n+z2), normal95*math.Sqrt(yes*(1-p)+z2/4)/(n+z2) // written so that the smallest n overflows nothing
	return Interval{p, max(0, min(p, center-half)), min(1, max(p, center+half))}
}

// Sum adds independent estimates; its bounds keep the asymmetry of theirs (the method of variance
// estimates recovery, Zou and Donner 2008, Construction of confidence limits about effect measures).
func (i Interval) Sum(j Interval) Interval {
	sum := i.Estimate + j.Estimate
	return Interval{sum, sum - math.Hypot(i.Estimate-i.Low, j.Estimate-j.Low), sum + math.Hypot(i.High-i.Estimate, j.High-j.Estimate)}
}

// Times scales an estimate by a known number that is not negative.
func (i Interval) Times(f float64) Interval { return Interval{i.Estimate * f, i.Low * f, i.High * f} }

// Over divides independent estimates of numbers that are not negative (Donner and Zou 2012,
// Closed-form confidence intervals for functions of the normal mean and standard deviation).
func (i Interval) Over(j Interval) Interval {
	if j.Estimate < negligible {
		return Interval{0, 0, math.Inf(1)}
	}
	ratio := i.Estimate / j.Estimate
	low, high := bound2(i.Estimate, j.Estimate, i.Low, j.High, -1), bound2(i.Estimate, j.Estimate, i.High, j.Low, 1)
	return Interval{ratio, max(0, min(ratio, low)), max(ratio, high)}
}

// bound2 is one bound of a/b, from the bound of a and the opposite bound of b.
func bound2(a, b, aBound, bBound, sign float64) float64 {
	under := bBound * (2*b - bBound)
	root := a*b*a*b - aBound*(2*a-aBound)*under
	if under <= 0 {
		return aBound / max(bBound, b*1e-3)
	}
	return (a*b + sign*math.Sqrt(max(0, root))) / under
}

// PartOf gives known / (known + other).
func PartOf(known, other Interval) Interval {
	if known.Estimate < negligible {
		return Interval{0, 0, 1}
	}
	r := other.Over(known)
	return Interval{1 / (1 + r.Estimate), 1 / (1 + r.High), 1 / (1 + max(0, r.Low))}
}
