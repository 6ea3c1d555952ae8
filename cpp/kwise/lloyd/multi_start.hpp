// Lloyd: several runs of Lloyd's algorithm, each on one thread and many at once: the way for small
// problems, where a thread has more to do in a run than in a step of one. They are of one data set,
// or of several small ones. Called by bindings/lloyd.cpp.
#pragma once

#include "kwise/lloyd/lloyd.hpp"

namespace kwise {

// The best run, and what each came to.
template <class T>
struct BestOfRuns {
    LloydResult<T> result;
    std::vector<double> inertias;  // of every start
};

// `starts`: n_starts blocks of n_clusters * n_features. The run with the lowest inertia is the
// best; of runs that group the rows alike the first counts, whatever rounding says. Holds the
// labels of some runs at once. `options` may neither keep a history nor ask for reports.
template <class PointsType>
BestOfRuns<typename PointsType::Value> best_of_runs(const PointsType& points,
                                                    const typename PointsType::Value* starts,
                                                    std::size_t n_starts, std::size_t n_clusters,
                                                    const LloydOptions& options);

// One data set of several that are fitted at once: what is drawn for its starts, one after the
// other as kmeans_plusplus takes them, and its tolerance.
template <class T>
struct SeededRows {
    const DensePoints<T>* points;
    const double* uniforms;
    double tol;
};

// For each data set the best of n_starts runs from greedy k-means++: what kmeans_plusplus and
// best_of_runs give, to the bit. No data set is there twice. The tolerance of `options` is not
// used.
template <class T>
std::vector<BestOfRuns<T>> best_of_seeded_runs(const std::vector<SeededRows<T>>& sets,
                                               std::size_t n_starts, std::size_t n_clusters,
                                               std::size_t n_trials, const LloydOptions& options);

}  // namespace kwise
