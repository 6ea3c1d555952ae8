// Variants: rows to clusters of limited sizes, at the least sum of costs: a transport problem,
// solved exactly by shortest paths between clusters (successive shortest paths with potentials; the
// use for k-means is that of Bradley, Bennett and Demiriz, "Constrained k-means clustering",
// MSR-TR-2000-65). Called by bindings/variants.cpp.
//
// Each cluster has a price; a row goes where cost + price is least. By duality the assignment is
// optimal where a cluster with a positive price is full and one with a negative price holds its
// least: `gap` measures how far that fails, and is what rounding leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kwise {

// For each cluster, in rows: 0 <= least <= most.
struct SizeLimits {
    const std::int64_t* least;
    const std::int64_t* most;
};

struct LimitedAssignment {
    std::vector<std::int32_t> labels;
    std::vector<double> prices;
    double cost = 0.0, gap = 0.0;
};

// `costs` is n_rows x n_clusters; sum(least) <= n_rows <= sum(most). `prices` are those to begin
// with: any are right, those of a problem nearly the same are fast. Ties go to the lowest cluster
// and row, so that the answer depends on nothing but the arguments.
LimitedAssignment assign_within(const double* costs, std::size_t n_rows, std::size_t n_clusters,
                                const SizeLimits& limits, const double* prices);

}  // namespace kwise
