// What each center costs, and what it saves beside the next nearest, by a sample of the rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/exact/exact_centers.hpp"

namespace kwise {

struct CenterShares {
    // By center: what its rows cost, and what they would cost more if it were not there.
    std::vector<double> costs, savings;
    // By row of the sample: its place among all rows is so many steps; its center; what it costs.
    std::size_t step = 1;
    std::vector<std::int32_t> labels;
    std::vector<double> row_costs;
    double cost = 0.0, mass = 0.0;  // of all of them
};

// Looks at every row, or at every n-th where that leaves many for each center.
template <class PointsType>
CenterShares center_shares(const PointsType& points, const ExactCenters& centers, int n_threads);

}  // namespace kwise
