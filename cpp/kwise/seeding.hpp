// Greedy k-means++ with scikit-learn's draws (Arthur and Vassilvitskii, "k-means++: the
// advantages of careful seeding", SODA 2007, with several trials a step).
//
// All trials of a step are scored in one pass: the float32 filter finds the rows that a trial
// might bring nearer, and only for these the canonical distance is computed. Potentials are
// float64 sums in a fixed order, so seeds do not depend on the number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/points.hpp"

namespace kwise {

// Chooses n_clusters rows. `uniforms` holds 1 + (n_clusters - 1) * n_trials numbers in [0, 1).
// The running sum that a draw is looked up in is taken in T, row after row, as NumPy's cumsum.
template <class T>
std::vector<std::size_t> kmeans_plusplus(const Points<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads);

}  // namespace kwise
