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

// What each center saves, an upper bound of what rows would cost more without it: by being merged
// into `partner`, both moving to their common mean, or (partner: as many as there are centers) by
// its rows going to the nearest of the others. Only of the `wanted` that seem to save least is the
// second looked at.
struct Savings {
    std::vector<double> amounts;
    std::vector<std::size_t> partners, nearest;  // nearest: the nearest other center
};
template <class PointsType>
Savings least_savings(const PointsType& points, const LloydResult<typename PointsType::Value>& run,
                      const ExactCenters& centers, const CenterShares& shares, std::size_t wanted);

// Places in ascending order of their values, the first of equals first.
std::vector<std::size_t> ascending(const std::vector<double>& values);

}  // namespace kwise
