// Metrics: how far a sample is from having one mode (Hartigan and Hartigan, "The dip test of
// unimodality", Annals of Statistics 13, 1985). Called by bindings/measures.cpp.
//
// The dip is half the width of the narrowest band around the empirical distribution function that
// holds a function convex up to some mode and concave after it. Left of a mode m the band must be
// as wide as the largest gap above the greatest convex minorant of the steps up to m, right of it
// as the largest gap below the least concave majorant of the rest. The first grows with m, the
// second falls, so the best m is found by bisection; the two sides are not tied together at the
// mode, which changes the dip by less than one step, 1 / n.
#pragma once

#include <cstddef>

namespace kwise {

// The dip of n >= 1 ascending values; in [1 / (2 n), 1 / 4].
double dip(const double* sorted, std::size_t n);

}  // namespace kwise
