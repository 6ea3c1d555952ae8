// Two nearest medoids a row are kept, so that one pass over the rows prices the swap of any medoid.
#include "kwise/variants/medoid_swaps.hpp"

#include <algorithm>
#include <limits>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// A row's nearest and second nearest medoid, as places among the medoids, and their distances. Its
// weight beside them, since loops read all of it.
struct Near {
    std::int32_t first, second;
    double to_first, to_second, weight;
};

// The medoids and what every row knows of them. Distances are read row by row, which is why they
// must be symmetric. One thread: swaps are eager, and each changes what the next sees.
template <class T>
class Swapping {
  public:
    Swapping(const T* distances, const double* weights, std::size_t n_rows,
             const std::int64_t* medoids, std::size_t k)
        : distances_(distances),
          n_(n_rows),
          medoids_(medoids, medoids + k),
          near_(n_rows),
          is_medoid_(n_rows, 0),
          losses_(k),
          changes_(k) {
        for (const std::int64_t m : medoids_) is_medoid_[static_cast<std::size_t>(m)] = 1;
        for (std::size_t i = 0; i < n_; ++i) {
            near_[i].weight = weights == nullptr ? 1.0 : weights[i];
            // The first search looks at every medoid; later ones mostly need not.
            look(i);
        }
        count_losses();
    }

    // Tries every row; returns how many swaps were made before `quiet` rows had brought none: a
    // whole round without gain means that none is left.
    std::size_t pass(std::size_t& quiet) {
        std::size_t n_swaps = 0;
        for (std::size_t i = 0; i < n_ && quiet < n_; ++i) {
            if (i % 64 == 0) poll_interrupt();
            // Also medoids: a round is all rows.
            ++quiet;
            if (is_medoid_[i]) continue;
            const auto [place, change] = best_place(i);
            // What rounding alone could have made is no gain.
            if (change < -1e-13 * scale_) {
                swap(place, i);
                quiet = 0;
                ++n_swaps;
            }
        }
        return n_swaps;
    }

    // Adds up what rows are from their medoids, in order.
    void write(Medoids& to) const {
        to.rows = medoids_;
        to.labels.resize(n_);
        for (std::size_t i = 0; i < n_; ++i) {
            to.labels[i] = near_[i].first;
            to.cost += near_[i].weight * near_[i].to_first;
        }
    }

  private:
    // Finds row i's two nearest medoids, the lower place on ties.
    void look(std::size_t i) {
        constexpr double far = std::numeric_limits<double>::infinity();
        // Two medoids at least: both places get one.
        Near found{0, 0, far, far, near_[i].weight};
        for (std::size_t m = 0; m < medoids_.size(); ++m) {
            // A medoid is its own, even beside another row at distance 0.
            const bool own = static_cast<std::size_t>(medoids_[m]) == i;
            const double away = own ? -1.0 : row(m)[i];
            if (away < found.to_first) {
                found = {static_cast<std::int32_t>(m), found.first, away, found.to_first,
                         found.weight};
            } else if (away < found.to_second) {
                found.second = static_cast<std::int32_t>(m);
                found.to_second = away;
            }
        }
        found.to_first = std::max(found.to_first, 0.0);
        near_[i] = found;
    }

    const T* row(std::size_t place) const {
        // By symmetry also the distances to this medoid: one row of memory.
        return distances_ + static_cast<std::size_t>(medoids_[place]) * n_;
    }

    // What the sum of distances gains without each medoid: each of its rows goes to its second. And
    // the sum itself, which rounding is measured by.
    void count_losses() {
        std::fill(losses_.begin(), losses_.end(), 0.0);
        scale_ = 0.0;
        for (const Near& near : near_) {
            losses_[static_cast<std::size_t>(near.first)] +=
                near.weight * (near.to_second - near.to_first);
            scale_ += near.weight * near.to_first;
        }
    }

    // The medoid whose place row i takes best, and what the sum of distances changes by: one pass
    // over the rows for all medoids. Rows that i is nearer to than any medoid gain whichever goes
    // (`shared`); those of a medoid that goes have i or their second.
    std::pair<std::size_t, double> best_place(std::size_t i) {
        // Each place begins with what its medoid's leaving costs; what row i takes over of that
        // comes off below.
        changes_ = losses_;
        const T* const away = distances_ + i * n_;
        double shared = 0.0;
        for (std::size_t o = 0; o < n_; ++o) {
            const Near& near = near_[o];
            const double d = away[o];
            // Too far to be one of its two nearest: the swap changes nothing that losses_ do not
            // say.
            if (d >= near.to_second) continue;
            double& change = changes_[static_cast<std::size_t>(near.first)];
            if (d < near.to_first) {
                shared += near.weight * (d - near.to_first);
                change += near.weight * (near.to_first - near.to_second);
            } else {
                change += near.weight * (d - near.to_second);
            }
        }
        const auto best = std::min_element(changes_.begin(), changes_.end());
        return {static_cast<std::size_t>(best - changes_.begin()), *best + shared};
    }

    // Puts row i in the place of a medoid. Only rows that had the old one among their two look at
    // all medoids again; medoids, too, which are always their own.
    void swap(std::size_t place, std::size_t i) {
        // The old medoid is a row like others now.
        is_medoid_[static_cast<std::size_t>(medoids_[place])] = 0;
        is_medoid_[i] = 1;
        medoids_[place] = static_cast<std::int64_t>(i);
        const T* const away = distances_ + i * n_;
        const auto mine = static_cast<std::int32_t>(place);
        for (std::size_t o = 0; o < n_; ++o) {
            Near& near = near_[o];
            const double d = away[o];
            if (o == i || is_medoid_[o] || near.first == mine || near.second == mine) {
                look(o);
            } else if (d < near.to_first) {
                near = {mine, near.first, d, near.to_first, near.weight};
            } else if (d < near.to_second) {
                near.second = mine;
                near.to_second = d;
            }
        }
        // Anew rather than by differences, so that rounding does not add up.
        count_losses();
    }

    const T* distances_;
    std::size_t n_;
    std::vector<std::int64_t> medoids_;
    std::vector<Near> near_;
    std::vector<unsigned char> is_medoid_;
    std::vector<double> losses_, changes_;
    double scale_ = 0.0;
};

}  // namespace

// Ends when n_rows rows in turn have brought nothing, also over the end of a pass, or after
// max_passes.
template <class T>
Medoids swap_medoids(const T* distances, const double* weights, std::size_t n_rows,
                     const std::int64_t* medoids, std::size_t n_clusters, int max_passes) {
    Swapping<T> swapping(distances, weights, n_rows, medoids, n_clusters);
    Medoids found;
    // Carried over passes: a swap late in one makes the next nearly whole.
    std::size_t quiet = 0;
    while (found.n_passes < max_passes && quiet < n_rows) {
        found.n_swaps += swapping.pass(quiet);
        ++found.n_passes;
    }
    found.converged = quiet >= n_rows;
    swapping.write(found);
    return found;
}

template Medoids swap_medoids(const float*, const double*, std::size_t, const std::int64_t*,
                              std::size_t, int);
template Medoids swap_medoids(const double*, const double*, std::size_t, const std::int64_t*,
                              std::size_t, int);

}  // namespace kwise
