// One layer of exact k-means on a line: optimal cuts move only to the right.
//
// For sorted values the cost of a stretch obeys the quadrangle inequality, so the best last cut of
// the first j values never moves left as j grows. Halving the range of j therefore halves the cuts
// to try: O(n log n) for a layer instead of O(n^2).
#pragma once

#include <cstddef>
#include <cstdint>

namespace kwise {

// Sums over the values before each position 0 .. n: of weights, of weighted values, of weighted
// squares.
struct LineSums {
    const double *weights, *values, *squares;
    std::size_t n;
};

// For each prefix of more than `first` values: the least inertia of one cluster more than in
// `before`, and the first of the cuts that reach it. Entries up to `first` are left as they are.
void next_layer(const LineSums& sums, const double* before, std::size_t first, double* best,
                std::int64_t* cuts);

}  // namespace kwise
