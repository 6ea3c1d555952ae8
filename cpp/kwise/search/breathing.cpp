#include "kwise/search/breathing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "kwise/search/center_shares.hpp"
#include "kwise/search/row_moves.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace kwise {
namespace {

constexpr std::size_t most_added = 10;
// Iterations after centers were added, and after as many were taken away.
constexpr int iterations_in = 4, iterations_out = 10;
// What a breath must save at least, as a share of the inertia, to be followed by one as deep.
constexpr double least_saving = 1e-4;
// Of two centers nearer than this, in root mean squares of the rows' distances, one goes at a time.
constexpr double freezing = 1.1;

// Places in descending order of their values, the first of equals first.
std::vector<std::size_t> descending(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
    return order;
}

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
        options_.keep_history = false;
        options_.on_iteration = {};
    }

    // Returns the best centers found.
    std::vector<T> search(std::vector<T> best) {
        const std::size_t n_left = points_.n_rows() - k_;
        CenterShares shares = measure(best);
        double inertia = 0.0;  // of the best; not known yet
        bool is_known = false;
        for (std::size_t depth = std::min({most_added, k_, n_left}); depth > 0;) {
            if (!(shares.cost > 0.0)) break;
            if (!is_known) {
                inertia = descend(best, iterations_out).inertia;
                is_known = true;
            }
            std::vector<T> more = best;
            const std::size_t n_added = add_centers(shares, depth, more);
            more = descend(more, iterations_in).centers;
            take_spare(n_added, more);
            LloydResult<T> found = descend(more, iterations_out);
            if (found.inertia < inertia * (1.0 - least_saving)) {
                inertia = found.inertia;
                best = std::move(found.centers);
                shares = measure(best);
            } else {
                --depth;
            }
        }
        return best;
    }

  private:
    LloydResult<T> descend(const std::vector<T>& centers, int most_iterations) {
        options_.max_iter = most_iterations;
        return lloyd(points_, centers.data(), centers.size() / d_, options_);
    }

    CenterShares measure(const std::vector<T>& centers) {
        exact_.set(centers.data(), centers.size() / d_, d_);
        return center_shares(points_, exact_, options_.n_threads);
    }

    // Adds a row, drawn by what rows cost, of each of the clusters that cost most; returns how many.
    std::size_t add_centers(const CenterShares& shares, std::size_t depth,
                            std::vector<T>& centers) {
        const auto order = descending(shares.costs);
        std::size_t n_added = 0;
        for (; n_added < depth && shares.costs[order[n_added]] > 0.0; ++n_added) {
            points_.exact_row(draw_row(shares, order[n_added]), row_.data());
            for (std::size_t i = 0; i < d_; ++i) centers.push_back(static_cast<T>(row_[i]));
        }
        return n_added;
    }

    std::size_t draw_row(const CenterShares& shares, std::size_t cluster) {
        const double share = draws_.uniforms[n_drawn_++ % draws_.n];
        double left = share * shares.costs[cluster];
        std::size_t last = 0;
        for (std::size_t r = 0; r < shares.labels.size(); ++r) {
            if (static_cast<std::size_t>(shares.labels[r]) != cluster) continue;
            if (shares.row_costs[r] > 0.0) last = r;
            left -= shares.row_costs[r];
            if (left < 0.0) break;
        }
        return last * shares.step;
    }

    // Takes away the centers that save least; of near ones not two at once, if others are left.
    void take_spare(std::size_t n_spare, std::vector<T>& centers) {
        const CenterShares shares = measure(centers);
        const std::size_t n = shares.costs.size();
        const double reach = freezing * freezing * shares.cost / shares.mass;
        std::vector<char> gone(n, 0), frozen(n, 0);
        std::size_t n_free = n;
        auto order = descending(shares.savings);
        std::reverse(order.begin(), order.end());
        for (const std::size_t c : order) {
            if (n_spare == 0) break;
            if (frozen[c]) continue;
            gone[c] = 1;
            --n_free;
            --n_spare;
            for (std::size_t near = 0; near < n && n_free > n_spare; ++near) {
                if (gone[near] || frozen[near] || square_between(c, near) >= reach) continue;
                frozen[near] = 1;
                --n_free;
            }
        }
        std::size_t n_kept = 0;
        for (std::size_t c = 0; c < n; ++c) {
            if (gone[c]) continue;
            std::copy_n(centers.begin() + static_cast<std::ptrdiff_t>(c * d_), d_,
                        centers.begin() + static_cast<std::ptrdiff_t>(n_kept++ * d_));
        }
        centers.resize(n_kept * d_);
    }

    double square_between(std::size_t a, std::size_t b) const {
        double square = 0.0;
        for (std::size_t i = 0; i < d_; ++i) {
            const double difference = exact_.row(a)[i] - exact_.row(b)[i];
            square += difference * difference;
        }
        return square;
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

template <class PointsType>
LloydResult<typename PointsType::Value> breathe(const PointsType& points,
                                                const typename PointsType::Value* centers,
                                                std::size_t n_clusters, const Draws& draws,
                                                const LloydOptions& options) {
    using T = typename PointsType::Value;
    std::vector<T> best(centers, centers + n_clusters * points.n_features());
    best = Breathing<PointsType>(points, n_clusters, draws, options).search(std::move(best));
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
