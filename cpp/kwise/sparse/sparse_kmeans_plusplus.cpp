#include <algorithm>
#include <limits>

#include "kwise/base/parallel.hpp"
#include "kwise/seeding/weighted_draws.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace kwise {
namespace {

// Greedy k-means++ over sparse rows: distances of all trials in one pass, those of the winner again
// when it is taken. No filter: scores of all trials cost one pass over the entries. Draws,
// potentials and comparisons are those of dense seeding.
template <class T>
class SparseSeeding {
  public:
    SparseSeeding(const SparsePoints<T>& points, int n_threads)
        : points_(points),
          n_threads_(n_threads),
          nearest_(points.n_rows(), std::numeric_limits<T>::infinity()) {}

    // Makes a row a seed: distances fall, and the potential with them.
    void take(std::size_t row) {
        prepare({row});
        potential_ = score(true)[0];
    }

    // See Seeding::step of kmeans_plusplus.cpp; potentials are compared in T, the first of equals
    // wins.
    std::size_t step(const double* uniforms, std::size_t n_trials) {
        std::vector<double> targets(n_trials);
        const double potential = potential_to_draw_by<T>(potential_, points_.n_rows());
        for (std::size_t t = 0; t < n_trials; ++t) targets[t] = uniforms[t] * potential;
        // Without sums of blocks: the running sum is taken row after row, or as the kernel allows.
        const std::vector<std::size_t> candidates =
            look_up_running_sum(nearest_.data(), points_.weights(), points_.n_rows(),
                                static_cast<const double*>(nullptr), targets);
        prepare(candidates);
        const std::vector<double> potentials = score(false);
        std::size_t best = 0;
        for (std::size_t t = 1; t < n_trials; ++t) {
            if (static_cast<T>(potentials[t]) < static_cast<T>(potentials[best])) best = t;
        }
        take(candidates[best]);
        return candidates[best];
    }

  private:
    // Dense copies of the trials' rows, transposed.
    void prepare(const std::vector<std::size_t>& rows) {
        ExactCenters trials{rows.size(), points_.padded(), {}};
        trials.values.resize(rows.size() * points_.padded());
        trial_rows_ = rows;
        for (std::size_t t = 0; t < rows.size(); ++t) {
            points_.exact_row(rows[t], trials.values.data() + t * points_.padded());
        }
        trials_.set(trials, points_.n_features(), n_threads_);
    }

    // The potential with each trial; `keep`: of one trial, whose distances stay. Added up by chunk,
    // row after row.
    std::vector<double> score(bool keep) {
        const std::size_t n = trial_rows_.size(), n_chunks = points_.n_chunks();
        // By chunk and trial, so that threads share nothing.
        std::vector<double> partial(n_chunks * n, 0.0);
        parallel_for(n_chunks, n_threads_, [&](std::size_t chunk, int) {
            std::vector<double> scores;
            const std::size_t end = std::min(points_.n_rows(), (chunk + 1) * chunk_rows);
            for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
                score_row(points_.rows(), r, trials_, scores);
                for (std::size_t t = 0; t < n; ++t) {
                    double distance = std::max(0.0, points_.square(r) + scores[t]);
                    // Rounding would leave the row itself a distance.
                    if (trial_rows_[t] == r) distance = 0.0;
                    // Distances are held in T, as for dense rows: draws and potentials see what T
                    // holds.
                    const T nearer = std::min(nearest_[r], static_cast<T>(distance));
                    if (keep) nearest_[r] = nearer;
                    partial[chunk * n + t] += points_.weight(r) * static_cast<double>(nearer);
                }
            }
        });
        std::vector<double> potentials(n, 0.0);
        for (std::size_t chunk = 0; chunk < n_chunks; ++chunk) {
            for (std::size_t t = 0; t < n; ++t) potentials[t] += partial[chunk * n + t];
        }
        return potentials;
    }

    const SparsePoints<T>& points_;
    int n_threads_;
    // Each row's distance to the nearest seed, in T.
    std::vector<T> nearest_;
    std::vector<std::size_t> trial_rows_;
    TransposedCenters trials_;
    double potential_ = 0.0;
};

}  // namespace

template <class T>
std::vector<std::size_t> kmeans_plusplus(const SparsePoints<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads) {
    std::vector<std::size_t> seeds{draw_weighted(points.weights(), points.n_rows(), uniforms[0])};
    SparseSeeding<T> seeding(points, n_threads);
    // Its distances are the first potential.
    seeding.take(seeds[0]);
    for (std::size_t c = 1; c < n_clusters; ++c) {
        seeds.push_back(seeding.step(uniforms + 1 + (c - 1) * n_trials, n_trials));
    }
    return seeds;
}

template std::vector<std::size_t> kmeans_plusplus(const SparsePoints<float>&, std::size_t,
                                                  const double*, std::size_t, int);
template std::vector<std::size_t> kmeans_plusplus(const SparsePoints<double>&, std::size_t,
                                                  const double*, std::size_t, int);

}  // namespace kwise
