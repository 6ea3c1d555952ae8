// Metrics: one layer of exact k-means along an order: the best last segment of every prefix of
// rows. Called by bindings/line.cpp.
//
// Unlike on a line, the best cut may move either way as a prefix grows, so any may be it. But a
// stretch that is cut costs no more than whole: for starts t of a block that ends at e, and stops
// s past it,
//     before[t] + cost(t, s)  >=  (before[t] + cost(t, e)) + cost(e, s).
// The smallest of the first terms is found once for each block, so that one cost bounds all its
// starts, and blocks whose bound exceeds the best known total are passed over: the inequality by
// which PELT prunes (R. Killick, P. Fearnhead and I. A. Eckley, "Optimal detection of changepoints
// with a linear computational cost", JASA 107, 2012), for every number of segments.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kwise {

// Sums over the rows before each position 0 .. n: of weights, of weighted values (n_features a
// position), of weighted squares.
struct SegmentSums {
    const double *weights, *values, *squares;
    std::size_t n, n_features;
};

// For each prefix of at least `low` rows: the least inertia of one segment more than in `before`,
// and the first of the cuts that reach it, which are at least `first`, below `low`. Other entries
// are left as they are.
void next_segments(const SegmentSums& sums, const double* before, std::size_t first,
                   std::size_t low, int n_threads, double* best, std::int32_t* cuts);

}  // namespace kwise
