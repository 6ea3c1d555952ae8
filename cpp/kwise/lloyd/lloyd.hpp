// Lloyd: one run of Lloyd's algorithm with scikit-learn's rules: the loop, knowing nothing of how
// rows are assigned. Called by lloyd/, search/ and bindings/.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "kwise/data/dense_points.hpp"
#include "kwise/exact/exact_sums.hpp"

namespace kwise {

struct LloydOptions {
    // At least one iteration is made where it is at least 1; with 0 the labels are those of the
    // centers given.
    int max_iter = 300;
    double tol = 0.0;  // absolute, on the sum of squared shifts
    int n_threads = 1;
    bool keep_history = false;
    bool keep_squares = false;  // row_squares of the result
    bool keep_known = false;    // known of the result, where the rows are dense
    // Called after each iteration with (iteration from 1, inertia before its update); may be empty.
    std::function<void(int, double)> on_iteration;
};

// What a descent knows of the rows where it ends, for one that begins near by: the sums of the rows
// by label, and margins, one a row (bounds/hamerly.hpp), or none.
struct KnownRows {
    std::vector<std::int32_t> labels;
    std::vector<float> margins;
    std::optional<ExactSums> sums;  // none: nothing is known
};

// `strict_convergence`: no label changed in the last iteration. `converged`: that, or the centers
// moved by less than tol.
template <class T>
struct LloydResult {
    std::vector<T> centers;
    std::vector<std::int32_t> labels;
    double inertia = 0.0;
    std::vector<double> row_squares;  // of each row to its center, without its weight
    KnownRows known;                  // all but its labels
    int n_iter = 0;
    bool strict_convergence = false, converged = false;
    double center_shift = 0.0;            // sum of squared shifts of the last iteration
    std::vector<T> history_centers;       // (n_iter + 1) blocks of n_clusters * n_features
    std::vector<double> history_inertia;  // n_iter + 1
};

// PointsType: DensePoints<T> or SparsePoints<T>. `centers` is n_clusters x n_features, in the units
// of the view, less its shift. `labels`, if any, are those of the first centers, as kmeans_plusplus
// tells them. The same answer to the bit for any number of threads and instruction set. Throws
// Interrupted.
template <class PointsType>
LloydResult<typename PointsType::Value> lloyd(const PointsType& points,
                                              const typename PointsType::Value* centers,
                                              std::size_t n_clusters, const LloydOptions& options,
                                              Buffer<std::int32_t>&& labels = {});

// The same answer, to the bit, from what is known of the rows: rows that margins certify for these
// centers are not looked at. Labels may be any, the sums must be theirs.
template <class PointsType>
LloydResult<typename PointsType::Value> lloyd_from(const PointsType& points,
                                                   const typename PointsType::Value* centers,
                                                   std::size_t n_clusters,
                                                   const LloydOptions& options, KnownRows&& known);

}  // namespace kwise
