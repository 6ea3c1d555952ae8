// Breaths: centers added, a short descent, as many taken away, a longer one. What was tried is in
// docs/decisions/better-optima.md.
#include "kwise/search/breathing.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kwise/search/center_shares.hpp"
#include "kwise/search/row_moves.hpp"
#include "kwise/search/row_squares.hpp"

namespace kwise {
namespace {

// How many centers are added at most: of many clusters, one for each so many.
constexpr std::size_t most_added = 10, clusters_per_added = 10;
// Breaths of one depth that may fail before the next: small tables, whose descents cost next to
// nothing, are worth more than one.
constexpr std::size_t small_products = 300'000, tries_of_small = 3;
// Iterations after centers were added, and after as many were taken away.
constexpr int iterations_in = 4, iterations_out = 10;
// What a breath must save at least, as a share of the inertia, to be followed by one as deep.
constexpr double least_saving = 1e-4;
// How many centers are looked at in full for each one that is taken away.
constexpr std::size_t looked_at = 3;
// Of two centers nearer than this, in root mean squares of the rows' distances, one goes at a time.
constexpr double freezing = 1.1;

// One search; see the header and docs/decisions/better-optima.md for what was tried. Nothing is
// random but the draws, which the caller hands in; labels, sums and costs are the engine's, so that
// a search ends alike on every machine.
template <class PointsType>
class Breathing {
    using T = typename PointsType::Value;

  public:
    Breathing(const PointsType& points, std::size_t n_clusters, const Draws& draws,
              const LloydOptions& options)
        : points_(points),
          k_(n_clusters),
          d_(points.n_features()),
          draws_(draws),
          options_(options),
          row_(points.padded()) {
        // The caller's options are those of the last descent alone: descents of the search end
        // early and report nothing.
        options_.keep_history = false;
        options_.on_iteration = {};
        options_.keep_squares = true;
    }

    // Returns the best centers found. Inertia never rises: what a breath finds is kept only where
    // it is lower.
    std::vector<T> search(const T* centers) {
        LloydResult<T> best = descend({centers, centers + k_ * d_}, iterations_out);
        // Small tables may fail several times at one depth.
        CenterShares shares = measure(best);
        const bool is_small = points_.n_rows() * k_ * d_ < small_products;
        const std::size_t tries = is_small ? tries_of_small : 1;
        std::size_t n_failed = 0;
        for (std::size_t depth = first_depth(); depth > 0;) {
            // No row costs anything: nothing can be saved.
            if (!(shares.cost > 0.0)) break;
            // Breathe in: some more centers, a short descent. Breathe out: as many away, a longer
            // one.
            std::vector<T> more = best.centers;
            const std::size_t n_added = add_centers(best, shares, depth, more);
            LloydResult<T> inhaled = descend(more, iterations_in);
            take_spare(n_added, inhaled);
            // As many centers as before.
            LloydResult<T> found = descend(inhaled.centers, iterations_out);
            if (found.inertia < best.inertia * (1.0 - least_saving)) {
                best = std::move(found);
                shares = measure(best);
                n_failed = 0;
            } else if (++n_failed == tries) {
                --depth;
                n_failed = 0;
            }
        }
        return std::move(best.centers);
    }

  private:
    // No more than rows that are left to become centers.
    std::size_t first_depth() const {
        const std::size_t most = std::max(most_added, k_ / clusters_per_added);
        return std::min({most, k_, points_.n_rows() - k_});
    }

    // Labels and bounds begin anew: the number of centers changes from one descent to the next.
    LloydResult<T> descend(const std::vector<T>& centers, int most_iterations) {
        options_.max_iter = most_iterations;
        return lloyd(points_, centers.data(), centers.size() / d_, options_);
    }

    // For the centers that a run ended with, by the labels that it left.
    CenterShares measure(const LloydResult<T>& run) {
        exact_.set(run.centers.data(), run.centers.size() / d_, d_);
        return center_shares(points_, run, exact_);
    }

    // Adds a row, drawn by what rows cost, of each of the clusters that cost most; returns how
    // many.
    std::size_t add_centers(const LloydResult<T>& run, const CenterShares& shares,
                            std::size_t depth, std::vector<T>& centers) {
        const auto order = ascending(shares.costs);
        std::size_t n_added = 0;
        for (; n_added < depth; ++n_added) {
            const std::size_t widest = order[k_ - 1 - n_added];
            if (!(shares.costs[widest] > 0.0)) break;
            points_.exact_row(draw_row(run, shares, widest), row_.data());
            for (std::size_t i = 0; i < d_; ++i) centers.push_back(static_cast<T>(row_[i]));
        }
        return n_added;
    }

    // A row of the cluster with probability proportional to what it costs: the uniform times all
    // costs, less row by row. The last row that costs anything stands in where rounding leaves a
    // rest.
    std::size_t draw_row(const LloydResult<T>& run, const CenterShares& shares,
                         std::size_t cluster) {
        double left = draws_.uniforms[n_drawn_++ % draws_.n] * shares.costs[cluster];
        std::size_t last = 0;
        for (std::size_t r = 0; r < run.labels.size(); ++r) {
            if (static_cast<std::size_t>(run.labels[r]) != cluster) continue;
            if (shares.row_costs[r] > 0.0) last = r;
            left -= shares.row_costs[r];
            if (left < 0.0) break;
        }
        return last;
    }

    // Takes away the centers that save least; of near ones not two at once, if others are left:
    // together they save what neither saves alone. What each saves is known for looked_at times as
    // many as go.
    void take_spare(std::size_t n_spare, LloydResult<T>& run) {
        const CenterShares shares = measure(run);
        const std::size_t n = shares.costs.size();
        // The square of `freezing` root mean squares.
        const double reach = freezing * freezing * shares.cost / shares.mass;
        // Frozen: near to one that goes, and so kept this time.
        std::vector<char> gone(n, 0), frozen(n, 0);
        std::size_t n_free = n;
        const auto savings = least_savings(points_, run, exact_, shares, looked_at * n_spare);
        for (const std::size_t c : ascending(savings)) {
            if (n_spare == 0) break;
            if (frozen[c]) continue;
            gone[c] = 1;
            --n_free;
            --n_spare;
            // As long as enough centers stay free to be taken.
            for (std::size_t near = 0; near < n && n_free > n_spare; ++near) {
                if (gone[near] || frozen[near] ||
                    square_between(exact_.row(c), exact_.row(near), exact_.padded) >= reach)
                    continue;
                frozen[near] = 1;
                --n_free;
            }
        }
        std::size_t n_kept = 0;
        for (std::size_t c = 0; c < n; ++c) {
            if (gone[c]) continue;
            std::copy_n(run.centers.begin() + static_cast<std::ptrdiff_t>(c * d_), d_,
                        run.centers.begin() + static_cast<std::ptrdiff_t>(n_kept++ * d_));
        }
        run.centers.resize(n_kept * d_);
    }

    const PointsType& points_;
    const std::size_t k_, d_;
    const Draws& draws_;
    LloydOptions options_;
    std::size_t n_drawn_ = 0;
    std::vector<double> row_;
    ExactCenters exact_;
};

}  // namespace

// History and reports, where options ask for them, are those of this descent and of those after
// moves of rows.
template <class PointsType>
LloydResult<typename PointsType::Value> breathe(const PointsType& points,
                                                const typename PointsType::Value* centers,
                                                std::size_t n_clusters, const Draws& draws,
                                                const LloydOptions& options) {
    using T = typename PointsType::Value;
    const auto best = Breathing<PointsType>(points, n_clusters, draws, options).search(centers);
    LloydResult<T> run = lloyd(points, best.data(), n_clusters, options);
    move_rows(points, run, n_clusters, options);
    return run;
}

template LloydResult<float> breathe(const DensePoints<float>&, const float*, std::size_t,
                                    const Draws&, const LloydOptions&);
template LloydResult<double> breathe(const DensePoints<double>&, const double*, std::size_t,
                                     const Draws&, const LloydOptions&);
template LloydResult<float> breathe(const SparsePoints<float>&, const float*, std::size_t,
                                    const Draws&, const LloydOptions&);
template LloydResult<double> breathe(const SparsePoints<double>&, const double*, std::size_t,
                                     const Draws&, const LloydOptions&);

}  // namespace kwise
