// Seeding: greedy k-means++ with scikit-learn's draws (Arthur and Vassilvitskii, "k-means++: the
// advantages of careful seeding", SODA 2007, with several trials a step). Called by
// bindings/seeding.cpp and lloyd/seeded_lloyd.cpp.
//
// All trials of a step are scored in one pass of a filter, which bounds by how much each would
// lower the potential. Where the bounds name the best trial, as they nearly always do, canonical
// distances are computed only for the rows that it might bring nearer; where they do not, exact
// potentials of the rivals decide. Potentials are float64 sums in a fixed order: seeds depend on
// neither the number of threads nor the instruction set nor the filter.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/data/dense_points.hpp"

namespace kwise {

enum class TrialFilterKind { automatic, float32, int16, triangle };  // see seeding/trial_filter.hpp

// Chooses n_clusters rows, of which a row may come twice where fewer are different. `uniforms`
// holds 1 + (n_clusters - 1) * n_trials numbers in [0, 1): the caller's random numbers, in the
// order in which scikit-learn takes them. The running sum that a draw is looked up in is taken in
// T, row after row, as NumPy's cumsum. `labels`, where given (n_panels() * panel_rows), receives
// each row's nearest seed by canonical distance, the lowest on ties, or -1 where distances rounded
// to T do not tell. Forms of the points that other stages packed may be given back: nobody else may
// be reading them.
template <class T>
std::vector<std::size_t> kmeans_plusplus(const DensePoints<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads, std::int32_t* labels = nullptr,
                                         TrialFilterKind kind = TrialFilterKind::automatic);

}  // namespace kwise
