// Lloyd: several runs of Lloyd's algorithm on one data set, each on one thread and many at once:
// the way for small problems, where a thread has more to do in a run than in a step of one. Called
// by bindings/lloyd.cpp.
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

}  // namespace kwise
