// Search: what each center costs, and what it would cost more if it were not there. Called by
// search/breathing.cpp and search/row_moves.cpp.
#pragma once

#include <cstddef>
#include <vector>

#include "kwise/exact/exact_centers.hpp"
#include "kwise/lloyd/lloyd.hpp"

namespace kwise {

struct CenterShares {
    std::vector<double> row_costs;      // by row: its weighted squared distance to its center
    std::vector<double> costs, masses;  // by center: of its rows
    double cost = 0.0, mass = 0.0;      // of all
};

// Reads them off the labels and squares of a run, which must be those of the centers.
template <class PointsType>
CenterShares center_shares(const PointsType& points,
                           const LloydResult<typename PointsType::Value>& run,
                           const ExactCenters& centers);

// What each center saves beside the next nearest of its rows: of the `wanted` that save least, or
// seem to; an upper bound, mass times squared distance to the nearest center, of the others.
template <class PointsType>
std::vector<double> least_savings(const PointsType& points,
                                  const LloydResult<typename PointsType::Value>& run,
                                  const ExactCenters& centers, const CenterShares& shares,
                                  std::size_t wanted);

// Places in ascending order of their values, the first of equals first.
std::vector<std::size_t> ascending(const std::vector<double>& values);

}  // namespace kwise
