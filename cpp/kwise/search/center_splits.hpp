// Search: which clusters a center more would save most, and where it would stand. Called by
// search/breathing.cpp.
#pragma once

#include <cstddef>
#include <vector>

#include "kwise/lloyd/lloyd.hpp"
#include "kwise/search/center_shares.hpp"

namespace kwise {

// Of each center, a lower bound of what its cluster costs less if cut across a line through it; 0
// where no row costs anything. A row lies beyond the cut where its place on the line is.
struct CenterSplits {
    std::vector<double> savings, cuts;  // by center
    std::vector<double> places;         // by row
};

// The lines go to rows that are drawn by what they cost, with one uniform number a center. A pass
// over all rows.
template <class PointsType>
CenterSplits center_splits(const PointsType& points,
                           const LloydResult<typename PointsType::Value>& run,
                           const CenterShares& shares, const std::vector<double>& uniforms,
                           int n_threads);

// The means of the rows beyond the cuts of some clusters, which must save something: padded()
// values each.
template <class PointsType>
std::vector<double> means_beyond(const PointsType& points,
                                 const LloydResult<typename PointsType::Value>& run,
                                 const CenterSplits& splits,
                                 const std::vector<std::size_t>& clusters);

}  // namespace kwise
