// Metrics: one layer of exact k-means on a line: optimal cuts move only to the right. Called by
// bindings/line.cpp.
//
// For sorted values the cost of a stretch obeys the quadrangle inequality, so the totals of all
// prefixes and cuts are a totally monotone matrix, and the smallest of every row are found in O(n)
// (SMAWK: A. Aggarwal, M. Klawe, S. Moran, P. Shor and R. Wilber, "Geometric applications of a
// matrix-searching algorithm", Algorithmica 2, 1987).
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
                std::int32_t* cuts);

}  // namespace kwise
