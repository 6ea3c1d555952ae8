// Rows one after the other, with means that follow, between two runs of Lloyd's loop.
#include "kwise/search/row_moves.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kwise/base/parallel.hpp"
#include "kwise/search/center_shares.hpp"
#include "kwise/search/row_squares.hpp"

namespace kwise {
namespace {

// Rounds end by themselves, mostly earlier.
constexpr std::size_t most_rounds = 8;
// A row out of so many, on average, changes a mean too little to matter.
constexpr std::size_t most_rows_per_center = 500;
// Of more centers, all distances between them would take too much memory.
constexpr std::size_t most_clusters = 2000;
// What a move must save at least, as a share of what the row costs: more than rounding.
constexpr double least_saving = 1e-9;

// For each center the others, nearest first, with their distances: as they were when the round
// began. k^2 entries of each.
class Neighbors {
  public:
    explicit Neighbors(const ExactCenters& centers)
        : k_(centers.n_centers), order_(k_ * k_), distances_(k_ * k_) {
        // Distances from one center at a time.
        std::vector<double> mine(k_);
        for (std::size_t a = 0; a < k_; ++a) {
            for (std::size_t b = 0; b < k_; ++b) {
                mine[b] = std::sqrt(square_between(centers.row(a), centers.row(b), centers.padded));
            }
            const auto order = ascending(mine);
            for (std::size_t i = 0; i < k_; ++i) {
                order_[a * k_ + i] = order[i];
                distances_[a * k_ + i] = mine[order[i]];
            }
        }
    }
    std::size_t at(std::size_t center, std::size_t place) const {
        return order_[center * k_ + place];
    }
    double distance(std::size_t center, std::size_t place) const {
        return distances_[center * k_ + place];
    }

  private:
    std::size_t k_;
    std::vector<std::size_t> order_;
    std::vector<double> distances_;
};

// Clusters of which the means and masses follow every row that moves, in float64 and in the order
// of the rows: no threads, so that the outcome is one.
template <class PointsType>
class MovingMeans {
    using T = typename PointsType::Value;

  public:
    // Starts from a run's labels and centers; the run is left as it is.
    MovingMeans(const PointsType& points, const LloydResult<T>& run, std::size_t n_clusters)
        : points_(points), labels_(run.labels), mass_(n_clusters, 0.0), row_(points.padded()) {
        means_.set(run.centers.data(), n_clusters, points.n_features());
        for (std::size_t r = 0; r < labels_.size(); ++r) mass_[label(r)] += points.weight(r);
    }

    // Moves every row that gains by it, one after the other; returns how many. Clusters that are
    // not `live` are as they were when the rows of one did not gain by a move to another: between
    // two such clusters nothing is looked at.
    std::size_t move_all(const std::vector<char>& live) {
        const Neighbors neighbors(means_);
        RowSquares<PointsType> squares(points_, means_);
        // The lightest cluster bounds what joining any may save (below).
        const double lightest = *std::min_element(mass_.begin(), mass_.end());
        // Means and masses change while rows move: what that hides, the next round finds.
        std::size_t n_moved = 0;
        for (std::size_t r = 0; r < labels_.size(); ++r) {
            const std::size_t from = label(r);
            const double weight = points_.weight(r);
            // The only row of its cluster stays; weightless rows change nothing.
            if (weight == 0.0 || mass_[from] <= weight) continue;
            // Read once, measured against some centers.
            squares.load(r);
            const double own = squares.to(from), distance = std::sqrt(own);
            // What taking the row out saves, less what rounding could feign. Another center must
            // cost less.
            double least = own * mass_[from] / (mass_[from] - weight) * (1.0 - least_saving);
            // A center c is worth a look only if d(x, c)^2 m / (m + w) < least, hence d(x, c) <
            // sqrt(least (1 + w / m)), largest for the lightest; and by the triangle inequality its
            // distance from the row's own center is at most that plus d(x, own).
            const double reach = std::sqrt(least * (1.0 + weight / lightest)) + distance;
            std::size_t to = from;
            for (std::size_t i = 0; i < mass_.size(); ++i) {
                if (neighbors.distance(from, i) > reach) break;
                const std::size_t c = neighbors.at(from, i);
                if (c == from || !(live[from] || live[c])) continue;
                const double cost = squares.to(c) * mass_[c] / (mass_[c] + weight);
                if (cost < least) {
                    least = cost;
                    to = c;
                }
            }
            if (to == from) continue;
            // Both means follow at once, and squares that were kept of them are forgotten.
            points_.exact_row(r, row_.data());
            shift(from, -weight);
            shift(to, weight);
            squares.forget(from);
            squares.forget(to);
            labels_[r] = static_cast<std::int32_t>(to);
            ++n_moved;
        }
        return n_moved;
    }

    std::vector<T> centers() const {
        std::vector<T> out;
        for (std::size_t c = 0; c < mass_.size(); ++c) {
            for (std::size_t i = 0; i < points_.n_features(); ++i) {
                out.push_back(static_cast<T>(means_.row(c)[i]));
            }
        }
        return out;
    }

  private:
    std::size_t label(std::size_t row) const { return static_cast<std::size_t>(labels_[row]); }

    // Adds the row to a cluster, or takes it out of one that has others (a negative weight): the
    // mean by the difference, without its sum.
    void shift(std::size_t c, double weight) {
        mass_[c] += weight;
        double* const mean = means_.values.data() + c * means_.padded;
        for (std::size_t i = 0; i < row_.size(); ++i) {
            mean[i] += (row_[i] - mean[i]) * (weight / mass_[c]);
        }
    }

    const PointsType& points_;
    std::vector<std::int32_t> labels_;
    std::vector<double> mass_, row_;
    ExactCenters means_;
};

}  // namespace

// Each round moves rows, then lets Lloyd's loop settle. A round that does not lower the inertia is
// thrown away. Too many rows or clusters: nothing is done, which costs at most a little inertia.
template <class PointsType>
void move_rows(const PointsType& points, LloydResult<typename PointsType::Value>& run,
               std::size_t n_clusters, const LloydOptions& options) {
    // See the two limits above.
    if (points.n_rows() > most_rows_per_center * n_clusters || n_clusters > most_clusters) return;
    const std::size_t d = points.n_features();
    std::vector<char> live(n_clusters, 1);
    for (std::size_t round = 0; round < most_rounds; ++round) {
        poll_interrupt();
        MovingMeans<PointsType> means(points, run, n_clusters);
        if (means.move_all(live) == 0) return;
        // Settles what the moves began: its labels and sums are the exact ones.
        auto found = lloyd(points, means.centers().data(), n_clusters, options);
        if (!(found.inertia < run.inertia)) return;
        // Clusters whose centers are the same to the bit have not changed.
        for (std::size_t c = 0; c < n_clusters; ++c) {
            const auto at = static_cast<std::ptrdiff_t>(c * d);
            live[c] = !std::equal(run.centers.begin() + at,
                                  run.centers.begin() + at + static_cast<std::ptrdiff_t>(d),
                                  found.centers.begin() + at);
        }
        run = std::move(found);
    }
}

template void move_rows(const DensePoints<float>&, LloydResult<float>&, std::size_t,
                        const LloydOptions&);
template void move_rows(const DensePoints<double>&, LloydResult<double>&, std::size_t,
                        const LloydOptions&);
template void move_rows(const SparsePoints<float>&, LloydResult<float>&, std::size_t,
                        const LloydOptions&);
template void move_rows(const SparsePoints<double>&, LloydResult<double>&, std::size_t,
                        const LloydOptions&);

}  // namespace kwise
