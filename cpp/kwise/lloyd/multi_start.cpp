// Runs side by side, compared in the order of their starts.
#include "kwise/lloyd/multi_start.hpp"

#include <algorithm>
#include <utility>

#include "kwise/base/parallel.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace kwise {
namespace {

// Rows whose labels are held at once, over all runs of a batch.
constexpr std::size_t labels_at_once = 200'000;

// True if each cluster of `labels` lies within one of `others`: both ways round they are the same
// partition under other names.
bool renames(const std::vector<std::int32_t>& labels, const std::vector<std::int32_t>& others,
             std::size_t n_clusters) {
    // The first row of a cluster names its partner; the others must agree.
    std::vector<std::int32_t> name(n_clusters, -1);
    for (std::size_t r = 0; r < labels.size(); ++r) {
        std::int32_t& other = name[static_cast<std::size_t>(labels[r])];
        if (other < 0) other = others[r];
        if (other != others[r]) return false;
    }
    return true;
}

// Of runs that group the rows alike the first stays: their inertias differ by rounding only, if at
// all, and which is less would depend on names. As scikit-learn does.
template <class T>
bool is_better(const LloydResult<T>& result, const LloydResult<T>& best, std::size_t n_clusters) {
    return result.inertia < best.inertia && !(renames(result.labels, best.labels, n_clusters) &&
                                              renames(best.labels, result.labels, n_clusters));
}

// What a run costs, roughly, in nanoseconds: only to judge whether threads pay.
double cost_of_run(std::size_t n_rows, std::size_t n_features, std::size_t n_clusters) {
    constexpr double fixed = 4e3, iterations = 10.0, product = 0.1, row = 2.0;
    const auto n = static_cast<double>(n_rows);
    const auto products = n * static_cast<double>(n_features) * static_cast<double>(n_clusters);
    return fixed + iterations * (products * product + n * row);
}

// The rows that the draws of every start choose, from the caller's array, start by start.
template <class T>
std::vector<T> seeded_starts(const SeededRows<T>& set, std::size_t n_starts, std::size_t n_clusters,
                             std::size_t n_trials, int n_threads) {
    const DensePoints<T>& points = *set.points;
    const std::size_t n_draws = 1 + (n_clusters - 1) * n_trials;
    std::vector<T> starts;
    starts.reserve(n_starts * n_clusters * points.n_features());
    for (std::size_t s = 0; s < n_starts; ++s) {
        for (const std::size_t row :
             kmeans_plusplus(points, n_clusters, set.uniforms + s * n_draws, n_trials, n_threads)) {
            for (std::size_t i = 0; i < points.n_features(); ++i) {
                starts.push_back(value_of(points.rows(), row, i));
            }
        }
    }
    return starts;
}

}  // namespace

// Runs on one thread each, so that they need not wait for one another; results are compared in the
// order of the starts, whatever run ends first. Points are shared: what they make when asked for is
// made once.
template <class PointsType>
BestOfRuns<typename PointsType::Value> best_of_runs(const PointsType& points,
                                                    const typename PointsType::Value* starts,
                                                    std::size_t n_starts, std::size_t n_clusters,
                                                    const LloydOptions& options) {
    using T = typename PointsType::Value;
    const std::size_t size = n_clusters * points.n_features();
    const double work = static_cast<double>(n_starts) *
                        cost_of_run(points.n_rows(), points.n_features(), n_clusters);
    const int n_threads = useful_threads(work, options.n_threads);
    LloydOptions alone = options;
    alone.n_threads = 1;
    // Batches are cut by the number of rows, not of threads. A few at least, so that threads have
    // something to do.
    const std::size_t at_once = std::max<std::size_t>(4, labels_at_once / points.n_rows());
    BestOfRuns<T> found;
    for (std::size_t first = 0; first < n_starts; first += at_once) {
        std::vector<LloydResult<T>> results(std::min(at_once, n_starts - first));
        parallel_for(results.size(), n_threads, [&](std::size_t s, int) {
            results[s] = lloyd(points, starts + (first + s) * size, n_clusters, alone);
        });
        for (LloydResult<T>& result : results) {
            if (found.inertias.empty() || is_better(result, found.result, n_clusters)) {
                found.result = std::move(result);
            }
            found.inertias.push_back(result.inertia);
        }
    }
    return found;
}

// A data set is one thread's, so that what is packed for seeding and given back when it ends is no
// other thread's.
template <class T>
std::vector<BestOfRuns<T>> best_of_seeded_runs(const std::vector<SeededRows<T>>& sets,
                                               std::size_t n_starts, std::size_t n_clusters,
                                               std::size_t n_trials, const LloydOptions& options) {
    double work = 0.0;
    for (const SeededRows<T>& set : sets) {
        work += static_cast<double>(n_starts) *
                cost_of_run(set.points->n_rows(), set.points->n_features(), n_clusters);
    }
    const int n_threads = sets.size() == 1 ? 1 : useful_threads(work, options.n_threads);
    std::vector<BestOfRuns<T>> found(sets.size());
    parallel_for(sets.size(), n_threads, [&](std::size_t s, int) {
        LloydOptions mine = options;
        mine.tol = sets[s].tol;
        if (sets.size() > 1) mine.n_threads = 1;
        const std::vector<T> starts =
            seeded_starts(sets[s], n_starts, n_clusters, n_trials, mine.n_threads);
        found[s] = best_of_runs(*sets[s].points, starts.data(), n_starts, n_clusters, mine);
    });
    return found;
}

template std::vector<BestOfRuns<float>> best_of_seeded_runs(const std::vector<SeededRows<float>>&,
                                                            std::size_t, std::size_t, std::size_t,
                                                            const LloydOptions&);
template std::vector<BestOfRuns<double>> best_of_seeded_runs(const std::vector<SeededRows<double>>&,
                                                             std::size_t, std::size_t, std::size_t,
                                                             const LloydOptions&);
template BestOfRuns<float> best_of_runs(const DensePoints<float>&, const float*, std::size_t,
                                        std::size_t, const LloydOptions&);
template BestOfRuns<double> best_of_runs(const DensePoints<double>&, const double*, std::size_t,
                                         std::size_t, const LloydOptions&);
template BestOfRuns<float> best_of_runs(const SparsePoints<float>&, const float*, std::size_t,
                                        std::size_t, const LloydOptions&);
template BestOfRuns<double> best_of_runs(const SparsePoints<double>&, const double*, std::size_t,
                                         std::size_t, const LloydOptions&);

}  // namespace kwise
