// Lloyd: the loop: one run from a start by greedy k-means++, seeding included. Bindings call it
// where the labels that seeding knows spare the descent its first scan.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/lloyd/lloyd.hpp"

namespace kwise {

template <class T>
struct SeededResult {
    std::vector<std::size_t> seeds;  // rows
    LloydResult<T> result;
};

// What kmeans_plusplus and lloyd from the rows that it chooses give, to the bit. `uniforms` as
// kmeans_plusplus takes them.
template <class T>
SeededResult<T> seeded_lloyd(const DensePoints<T>& points, std::size_t n_clusters,
                             const double* uniforms, std::size_t n_trials,
                             const LloydOptions& options);

}  // namespace kwise
