// Variants: moves of single rows between clusters of mixed rows, each scored by what it changes
// exactly, means and modes taken along (J. A. Hartigan, "Clustering Algorithms", 1975). They go on
// where assigning and updating in turn has stopped, and leave no row that is nearer to another
// prototype. Called by bindings/variants.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/variants/mixed_assignment.hpp"

namespace kwise {

// Where the levels of each column of categories begin in the table of penalties, and the end of the
// last; what a category that differs costs.
struct MixedLevels {
    const std::int64_t* firsts;  // n_categories + 1
    double gamma;
};

struct MixedMoves {
    std::vector<std::int32_t> labels;
    std::vector<double> sums, masses, counts;  // as in MixedStep
    std::size_t n_moves = 0;
};

// `labels` are the clusters to begin with. At most max_passes over the rows, each in their order;
// ends when one moves none. One thread, so the answer is one.
MixedMoves move_mixed(const MixedRows& rows, const std::int32_t* labels, std::size_t n_clusters,
                      std::size_t n_levels, const MixedLevels& levels, int max_passes);

}  // namespace kwise
