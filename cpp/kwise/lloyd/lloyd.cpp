// The loop for dense, ordered and sparse rows alike. All three differ in their assignment and in
// how inertia is measured, and in nothing else.
#include "kwise/lloyd/lloyd.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kwise/assign/dense_assignment.hpp"
#include "kwise/assign/morton_assignment.hpp"
#include "kwise/base/parallel.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/exact/inertia.hpp"
#include "kwise/lloyd/center_update.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace kwise {
namespace {

// Which assignment goes with which points: each has assign(), centers_moved(), labels() and
// write_labels(), which is all that the loop knows of them.
template <class PointsType>
struct AssignmentOf;
template <class T>
struct AssignmentOf<DensePoints<T>> {
    using Type = DenseAssignment<T>;
};
template <class T>
struct AssignmentOf<MortonPoints<T>> {
    using Type = MortonAssignment<T>;
};
template <class T>
struct AssignmentOf<SparsePoints<T>> {
    using Type = SparseAssignment<T>;
};

// The inertia of each kind of points, by one name. Rows in Morton order are measured in the
// caller's order, so that sums are added up alike.
template <class T>
double inertia_of(const DensePoints<T>& points, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* distances) {
    return inertia_of(points.rows(), points.weights(), centers, labels, n_threads, distances);
}
template <class T>
double inertia_of(const MortonPoints<T>& points, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* distances) {
    return inertia_of(points.source(), centers, labels, n_threads, distances);
}
template <class T>
double inertia_of(const SparsePoints<T>& points, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* distances) {
    return points.inertia(centers, labels, n_threads, distances);
}

// One run, used once. Buffers of all iterations are made here.
template <class PointsType>
class Run {
    using T = typename PointsType::Value;
    using Assignment = typename AssignmentOf<PointsType>::Type;

  public:
    // Copies the centers; points and options must outlive it. Labels, if any, are taken over.
    Run(const PointsType& points, const T* centers, std::size_t n_clusters,
        const LloydOptions& options, Buffer<std::int32_t>&& labels)
        : points_(points),
          k_(n_clusters),
          d_(points.n_features()),
          options_(options),
          centers_(centers, centers + k_ * d_),
          sums_(points, k_),
          assignment_(points, k_, options.n_threads),
          update_(k_, d_, options.n_threads) {
        // Only dense rows can begin with known labels; others look at all rows.
        if constexpr (requires { assignment_.set_initial_labels(std::move(labels)); }) {
            if (labels.size() > 0) assignment_.set_initial_labels(std::move(labels));
        }
    }
    // Before result(): goes on from what is known.
    void resume(KnownRows&& known) {
        assignment_.resume(known.labels, known.margins);
        sums_ = std::move(*known.sums);
        resumed_ = true;
    }

    // The labels returned are those of the centers returned. Where an iteration changed no label,
    // sums and hence centers are what they were, to the bit, since sums are exact: nothing is to be
    // done. Else the centers have moved since the labels were made.
    LloydResult<T> result() {
        // What is called back may take its time.
        const bool keeps_awake =
            !options_.on_iteration && regions_are_short({points_.n_rows(), d_, k_});
        const AwakeHelpers helpers(points_.n_chunks(), keeps_awake ? options_.n_threads : 1);
        iterate();
        if (!result_.strict_convergence) {
            // The centers moved after the labels were made: labels of the final centers.
            exact_.set(centers_.data(), k_, d_);
            assignment_.assign(exact_, sums_);
        }
        // In the caller's order of rows, whatever the assignment's.
        result_.labels.resize(points_.n_rows());
        assignment_.write_labels(result_.labels.data());
        if (options_.keep_squares) result_.row_squares.resize(points_.n_rows());
        result_.inertia = inertia_of(points_, exact_, result_.labels.data(), options_.n_threads,
                                     options_.keep_squares ? result_.row_squares.data() : nullptr);
        if (options_.keep_history) remember(result_.inertia);
        if constexpr (requires { assignment_.margins(); }) {
            if (options_.keep_known) {
                result_.known.margins = assignment_.margins();
                result_.known.sums.emplace(std::move(sums_));
            }
        }
        result_.centers = std::move(centers_);
        return std::move(result_);
    }

  private:
    // scikit-learn's loop and its order of tests: labels, centers, then whether labels changed,
    // then how far centers moved. Interrupts are heard between iterations and within them.
    void iterate() {
        for (int iteration = 1; iteration <= options_.max_iter; ++iteration) {
            poll_interrupt();
            exact_.set(centers_.data(), k_, d_);
            const std::size_t n_moved = assignment_.assign(exact_, sums_);
            // A pass over the rows that only those pay for who ask.
            if (options_.keep_history || options_.on_iteration) {
                const double inertia = current_inertia(nullptr);
                if (options_.keep_history) remember(inertia);
                if (options_.on_iteration) options_.on_iteration(iteration, inertia);
            }
            // Counted before the tests, so that it is right wherever the loop ends; max_iter ends
            // it unconverged.
            result_.n_iter = iteration;
            const bool relocated = update();
            // Labels that were handed in say nothing of where the first centers came from.
            const bool is_first = resumed_ && iteration == 1;
            // Unless an empty cluster was filled, which moves centers although no label changed.
            if (n_moved == 0 && !is_first) {
                result_.strict_convergence = !relocated;
                result_.converged = true;
                return;
            }
            // The tolerance is absolute: the caller has scaled it by the data's variance.
            if (result_.center_shift <= options_.tol) {
                result_.converged = true;
                return;
            }
        }
    }

    // Moves the centers to the means of their rows; true if an empty cluster was filled. Bounds
    // must hear of every move.
    bool update() {
        const std::vector<Relocation> relocations = relocate_empty();
        result_.center_shift = update_.move(sums_, relocations, centers_);
        assignment_.centers_moved(update_.shifts());
        return !relocations.empty();
    }

    // Gives every cluster without mass one of the rows that are farthest from their centers, as
    // scikit-learn does. Labels stay: the next assignment finds the rows at their new centers.
    std::vector<Relocation> relocate_empty() {
        std::vector<Relocation> relocations;
        const auto empty = CenterUpdate<T>::empty_clusters(sums_, k_);
        if (empty.empty()) return relocations;
        // Made only when a cluster is empty, which is rare.
        std::vector<double> distances(points_.n_rows());
        current_inertia(distances.data());
        // All rows are on centers: fewer different rows than clusters, and nothing to gain.
        if (*std::max_element(distances.begin(), distances.end()) == 0.0) return relocations;
        const auto far = farthest_rows<T>(distances.data(), points_.n_rows(), empty.size());
        for (std::size_t e = 0; e < empty.size(); ++e) {
            const auto from = static_cast<std::size_t>(assignment_.labels()[far[e]]);
            std::vector<double> row(points_.padded());
            points_.exact_row(far[e], row.data());
            relocations.push_back({from, empty[e], points_.weight(far[e]), std::move(row)});
        }
        return relocations;
    }

    // Of the labels as they are, for the centers that they were made for. Distances, where wanted,
    // are without weights.
    double current_inertia(double* distances) {
        return inertia_of(points_, exact_, assignment_.labels(), options_.n_threads, distances);
    }

    // The centers that the inertia is of: before they move.
    void remember(double inertia) {
        result_.history_centers.insert(result_.history_centers.end(), centers_.begin(),
                                       centers_.end());
        result_.history_inertia.push_back(inertia);
    }

    const PointsType& points_;
    const std::size_t k_, d_;
    const LloydOptions& options_;
    std::vector<T> centers_;
    ExactCenters exact_;
    ExactSums sums_;
    Assignment assignment_;
    CenterUpdate<T> update_;
    LloydResult<T> result_;
    bool resumed_ = false;
};

}  // namespace

// Points that may be better read in Morton order are asked each time: it depends on the number of
// clusters.
template <class PointsType>
LloydResult<typename PointsType::Value> lloyd(const PointsType& points,
                                              const typename PointsType::Value* centers,
                                              std::size_t n_clusters, const LloydOptions& options,
                                              Buffer<std::int32_t>&& labels) {
    if constexpr (requires { points.ordered(n_clusters, options.n_threads); }) {
        const auto ordered = points.ordered(n_clusters, options.n_threads);
        if (ordered != nullptr) {
            return Run(*ordered, centers, n_clusters, options, std::move(labels)).result();
        }
    }
    return Run(points, centers, n_clusters, options, std::move(labels)).result();
}

// Rows that are sparse, or read in Morton order, are looked at anew.
template <class PointsType>
LloydResult<typename PointsType::Value> lloyd_from(const PointsType& points,
                                                   const typename PointsType::Value* centers,
                                                   std::size_t n_clusters,
                                                   const LloydOptions& options, KnownRows&& known) {
    if constexpr (requires { points.ordered(n_clusters, options.n_threads); }) {
        if (known.sums && points.ordered(n_clusters, options.n_threads) == nullptr) {
            Run run(points, centers, n_clusters, options, {});
            run.resume(std::move(known));
            return run.result();
        }
    }
    return lloyd(points, centers, n_clusters, options);
}

template LloydResult<float> lloyd(const DensePoints<float>&, const float*, std::size_t,
                                  const LloydOptions&, Buffer<std::int32_t>&&);
template LloydResult<double> lloyd(const DensePoints<double>&, const double*, std::size_t,
                                   const LloydOptions&, Buffer<std::int32_t>&&);
template LloydResult<float> lloyd(const SparsePoints<float>&, const float*, std::size_t,
                                  const LloydOptions&, Buffer<std::int32_t>&&);
template LloydResult<double> lloyd(const SparsePoints<double>&, const double*, std::size_t,
                                   const LloydOptions&, Buffer<std::int32_t>&&);

template LloydResult<float> lloyd_from(const DensePoints<float>&, const float*, std::size_t,
                                       const LloydOptions&, KnownRows&&);
template LloydResult<double> lloyd_from(const DensePoints<double>&, const double*, std::size_t,
                                        const LloydOptions&, KnownRows&&);
template LloydResult<float> lloyd_from(const SparsePoints<float>&, const float*, std::size_t,
                                       const LloydOptions&, KnownRows&&);
template LloydResult<double> lloyd_from(const SparsePoints<double>&, const double*, std::size_t,
                                        const LloydOptions&, KnownRows&&);

}  // namespace kwise
