// Search: what is known of the rows when centers are added to those of a descent, or taken away, so
// that the next one looks only at rows that this concerns. Called by search/breathing.cpp.
#pragma once

#include <cstddef>
#include <vector>

#include "kwise/exact/exact_centers.hpp"
#include "kwise/lloyd/lloyd.hpp"

namespace kwise {

// After a run, with `centers` its own and others behind them. By the triangle inequality a row
// keeps its label where an added center is more than twice as far from the row's own center as the
// row is.
template <class PointsType>
KnownRows with_added(const PointsType& points, const LloydResult<typename PointsType::Value>& run,
                     const ExactCenters& centers);

// After a run, with center c become `becomes[c]` of n_left, and moved by `shifts[c]` at most. Rows
// of centers that are `gone` are taken to be at what these became, and looked at anyway.
template <class PointsType>
KnownRows with_taken(const PointsType& points, const LloydResult<typename PointsType::Value>& run,
                     const std::vector<std::size_t>& becomes, const std::vector<char>& gone,
                     const std::vector<double>& shifts, std::size_t n_left);

}  // namespace kwise
