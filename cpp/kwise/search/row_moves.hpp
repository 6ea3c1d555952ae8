// Search: moves of single rows that lower the inertia though their nearest center is their own.
// Called by search/breathing.cpp.
//
// A row that moves takes its weight out of one mean and adds it to another. Lloyd's loop, which
// holds the centers still while rows move, does not see what that saves:
//     w m_a / (m_a - w) |x - a|^2  >  w m_b / (m_b + w) |x - b|^2
// (J. A. Hartigan and M. A. Wong, "Algorithm AS 136: a k-means clustering algorithm", JRSS C 28(1),
// 1979). Where no move is left, every row's nearest center is its own as well.
#pragma once

#include "kwise/lloyd/lloyd.hpp"

namespace kwise {

// Moves rows one by one and descends from there, while the inertia falls. `run` has converged; it
// is replaced only by a better one, a whole run with its labels, and is left as it is where there
// is none.
template <class PointsType>
void move_rows(const PointsType& points, LloydResult<typename PointsType::Value>& run,
               std::size_t n_clusters, const LloydOptions& options);

}  // namespace kwise
