// Variants: k-medoids by FasterPAM: E. Schubert and P. J. Rousseeuw, "Fast and eager k-medoids
// clustering: O(k) runtime improvement of the PAM, CLARA, and CLARANS algorithms", Information
// Systems 101 (2021). Called by bindings/variants.cpp.
//
// Every row in turn is tried in the place of each medoid, all of them at the cost of one pass over
// the rows, since only the nearest and the second medoid of a row decide what a swap changes; a
// swap that lowers the sum of distances is made at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kwise {

struct Medoids {
    std::vector<std::int64_t> rows;
    std::vector<std::int32_t> labels;
    double cost = 0.0;  // weighted sum of distances to the nearest medoids
    std::size_t n_swaps = 0;
    int n_passes = 0;
    bool converged = false;
};

// `distances` is n_rows x n_rows, symmetric, 0 on its diagonal; `weights`, how much each row's
// distance counts, may be null; `medoids` are two or more different rows to begin with. Ends where
// no swap of one medoid for a row lowers the cost by more than rounding might, or after max_passes.
template <class T>
Medoids swap_medoids(const T* distances, const double* weights, std::size_t n_rows,
                     const std::int64_t* medoids, std::size_t n_clusters, int max_passes);

}  // namespace kwise
