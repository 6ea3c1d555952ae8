// Breaths: centers added, a short descent, as many taken away, a longer one. What was tried is in
// docs/decisions/better-optima.md.
#include "kwise/search/breathing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kwise/search/center_shares.hpp"
#include "kwise/search/center_splits.hpp"
#include "kwise/search/changed_centers.hpp"
#include "kwise/search/row_moves.hpp"
#include "kwise/search/row_squares.hpp"

namespace kwise {
namespace {

// How many centers are added at most: of many clusters, one for each so many.
constexpr std::size_t most_added = 8, clusters_per_added = 10;
// Breaths of one depth that may fail before the next: of tiny tables, whose descents cost next to
// nothing, and the shallow ones of small tables several, else one.
constexpr std::size_t tiny_products = 50'000, small_products = 300'000, most_tries = 4, shallow = 2;
// Iterations after centers were added, and after as many were taken away.
constexpr int iterations_in = 3, iterations_out = 15;
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
          options_(options) {
        // The caller's options are those of the last descent alone: descents of the search end
        // early and report nothing.
        options_.keep_history = false;
        options_.on_iteration = {};
        options_.keep_squares = true;
        options_.keep_known = true;
    }

    // Returns the best centers found. Inertia never rises: what a breath finds is kept only where
    // it is lower.
    std::vector<T> search(const T* centers) {
        LloydResult<T> best = descend({centers, centers + k_ * d_}, iterations_out, {});
        CenterShares shares = measure(best);
        std::size_t n_failed = 0;
        for (std::size_t depth = first_depth(); depth > 0;) {
            // No row costs anything: nothing can be saved.
            if (!(shares.cost > 0.0)) break;
            // Breathe in: some more centers, a short descent. Breathe out: as many away, a longer
            // one.
            LloydResult<T> inhaled = breathe_in(best, shares, depth);
            // As many centers as before.
            LloydResult<T> found = breathe_out(inhaled);
            if (found.inertia < best.inertia * (1.0 - least_saving)) {
                best = std::move(found);
                shares = measure(best);
                n_failed = 0;
            } else if (++n_failed == tries(depth)) {
                --depth;
                n_failed = 0;
            }
        }
        return std::move(best.centers);
    }

  private:
    // How many breaths of one depth may fail.
    std::size_t tries(std::size_t depth) const {
        const std::size_t products = points_.n_rows() * k_ * d_;
        const bool several =
            products < tiny_products || (products < small_products && depth <= shallow);
        return several ? most_tries : 1;
    }

    // A third of as many as there are, and no more than rows that are left to become centers.
    std::size_t first_depth() const {
        const std::size_t most = std::max(most_added, k_ / clusters_per_added);
        return std::min({most, (k_ + 2) / 3, points_.n_rows() - k_});
    }

    // From what is known of the rows, if anything is.
    LloydResult<T> descend(const std::vector<T>& centers, int most_iterations, KnownRows&& known) {
        options_.max_iter = most_iterations;
        return lloyd_from(points_, centers.data(), centers.size() / d_, options_, std::move(known));
    }

    // For the centers that a run ended with, by the labels that it left.
    CenterShares measure(const LloydResult<T>& run) {
        exact_.set(run.centers.data(), run.centers.size() / d_, d_);
        return center_shares(points_, run, exact_);
    }

    // With a center more in each of the clusters that gain most by it, where the rows beyond the
    // cut have their mean.
    LloydResult<T> breathe_in(const LloydResult<T>& run, const CenterShares& shares,
                              std::size_t depth) {
        std::vector<double> uniforms(k_);
        for (double& each : uniforms) each = draws_.uniforms[n_drawn_++ % draws_.n];
        const auto splits = center_splits(points_, run, shares, uniforms, options_.n_threads);
        std::vector<std::size_t> widest = ascending(splits.savings);
        widest.erase(widest.begin(), widest.end() - static_cast<std::ptrdiff_t>(depth));
        std::erase_if(widest, [&](std::size_t c) { return !(splits.savings[c] > 0.0); });
        const auto means = means_beyond(points_, run, splits, widest);
        std::vector<T> centers = run.centers;
        for (std::size_t a = 0; a < widest.size(); ++a) {
            const double* const mean = means.data() + a * points_.padded();
            for (std::size_t i = 0; i < d_; ++i) centers.push_back(static_cast<T>(mean[i]));
        }
        exact_.set(centers.data(), centers.size() / d_, d_);
        return descend(centers, iterations_in, with_added(points_, run, exact_));
    }

    // Without as many centers as are too many. A center that is merged into another moves that to
    // their common mean.
    LloydResult<T> breathe_out(LloydResult<T>& run) {
        CenterShares shares = measure(run);
        const std::size_t n = shares.costs.size();
        const Savings savings = least_savings(points_, run, exact_, shares, looked_at * (n - k_));
        const std::vector<char> gone = spare(shares, savings);
        std::vector<double> shifts(n, 0.0);
        for (std::size_t c = 0; c < n; ++c) {
            const std::size_t to = savings.partners[c];
            if (gone[c] && to < n && !gone[to]) shifts[to] += merge(run, shares.masses, c, to);
        }
        std::vector<std::size_t> becomes(n);
        std::size_t n_kept = 0;
        for (std::size_t c = 0; c < n; ++c) {
            if (gone[c]) continue;
            std::copy_n(run.centers.begin() + static_cast<std::ptrdiff_t>(c * d_), d_,
                        run.centers.begin() + static_cast<std::ptrdiff_t>(n_kept * d_));
            becomes[c] = n_kept++;
        }
        for (std::size_t c = 0; c < n; ++c) {
            if (gone[c]) becomes[c] = becomes[nearest_kept(c, gone)];
        }
        KnownRows known = with_taken(points_, run, becomes, gone, shifts, n_kept);
        run.centers.resize(n_kept * d_);
        return descend(run.centers, iterations_out, std::move(known));
    }

    // Which centers go, those that save least; of near ones not two at once, nor one and the one
    // that takes its place, if others are left: together they save what neither saves alone. What
    // each saves is known for looked_at times as many as go.
    std::vector<char> spare(const CenterShares& shares, const Savings& savings) const {
        const std::size_t n = shares.costs.size();
        std::size_t n_spare = n - k_, n_free = n;
        // The square of `freezing` root mean squares.
        const double reach = freezing * freezing * shares.cost / shares.mass;
        // Frozen: near to one that goes, and so kept this time.
        std::vector<char> gone(n, 0), frozen(n, 0);
        // As long as enough centers stay free to be taken.
        const auto freeze = [&](std::size_t c) {
            if (gone[c] || frozen[c] || n_free <= n_spare) return;
            frozen[c] = 1;
            --n_free;
        };
        const auto order = ascending(savings.amounts);
        for (const std::size_t c : order) {
            if (n_spare == 0) break;
            // What it saves was reckoned with the one that is gone.
            const bool is_left = savings.partners[c] < n && gone[savings.partners[c]];
            if (frozen[c] || is_left) continue;
            gone[c] = 1;
            --n_free;
            --n_spare;
            freeze(savings.partners[c] < n ? savings.partners[c] : savings.nearest[c]);
            for (std::size_t near = 0; near < n; ++near) {
                if (square_between(exact_.row(c), exact_.row(near), exact_.padded) < reach) {
                    freeze(near);
                }
            }
        }
        // Not enough could go so.
        for (const std::size_t c : order) {
            if (n_spare == 0) break;
            if (gone[c]) continue;
            gone[c] = 1;
            --n_spare;
        }
        return gone;
    }

    // Moves a center to the common mean of two, whose masses it has then; returns how far.
    double merge(LloydResult<T>& run, std::vector<double>& masses, std::size_t from,
                 std::size_t to) const {
        masses[to] += masses[from];
        const double share = masses[to] > 0.0 ? masses[from] / masses[to] : 0.0;
        double square = 0.0;
        for (std::size_t i = 0; i < d_; ++i) {
            T& value = run.centers[to * d_ + i];
            const double was = static_cast<double>(value);
            value = static_cast<T>(was + (exact_.row(from)[i] - was) * share);
            square += (static_cast<double>(value) - was) * (static_cast<double>(value) - was);
        }
        // More than its rounding.
        return std::sqrt(square) * (1.0 + 1e-9);
    }

    std::size_t nearest_kept(std::size_t center, const std::vector<char>& gone) const {
        std::size_t nearest = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < gone.size(); ++c) {
            const double square = square_between(exact_.row(center), exact_.row(c), exact_.padded);
            if (gone[c] || !(square < least)) continue;
            least = square;
            nearest = c;
        }
        return nearest;
    }

    const PointsType& points_;
    const std::size_t k_, d_;
    const Draws& draws_;
    LloydOptions options_;
    std::size_t n_drawn_ = 0;
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
