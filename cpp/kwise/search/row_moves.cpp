#include "kwise/search/row_moves.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "kwise/base/parallel.hpp"
#include "kwise/search/squared_distances.hpp"

namespace kwise {
namespace {

constexpr std::size_t most_rounds = 16;
constexpr std::size_t block_rows = 256;
// A row out of so many, on average, changes a mean too little to matter.
constexpr std::size_t most_rows_per_center = 2000;
// What a move must save at least, as a share of what the row costs: more than rounding.
constexpr double least_saving = 1e-9;
constexpr double pair_cost = 0.3;  // rough nanoseconds a feature: only to judge whether threads pay

// Where a row goes best, by its squared distances to the centers: its own cluster where it stays.
std::size_t best_cluster(const double* squares, const std::vector<double>& mass, double weight,
                         std::size_t own) {
    if (weight == 0.0 || mass[own] <= weight) return own;
    double least = squares[own] * mass[own] / (mass[own] - weight) * (1.0 - least_saving);
    std::size_t best = own;
    for (std::size_t c = 0; c < mass.size(); ++c) {
        if (c == own || squares[c] * mass[c] >= least * (mass[c] + weight)) continue;
        least = squares[c] * mass[c] / (mass[c] + weight);
        best = c;
    }
    return best;
}

// Clusters of which the means and masses follow every row that moves.
template <class PointsType>
class MovingMeans {
    using T = typename PointsType::Value;

  public:
    MovingMeans(const PointsType& points, const LloydResult<T>& run, std::size_t n_clusters)
        : points_(points), labels_(run.labels), mass_(n_clusters, 0.0), squares_(n_clusters) {
        means_.set(run.centers.data(), n_clusters, points.n_features());
        row_.resize(means_.padded);
        for (std::size_t r = 0; r < labels_.size(); ++r) mass_[label(r)] += points.weight(r);
    }

    // Rows that gain by a move from where the means are now, in order.
    std::vector<std::size_t> candidates(int n_threads) const {
        const std::size_t n = points_.n_rows(), k = mass_.size();
        const SquaredDistances<PointsType> distances(points_, means_);
        std::vector<std::vector<std::size_t>> found((n + block_rows - 1) / block_rows);
        const double work = pair_cost * static_cast<double>(n * k * (points_.n_features() + 8));
        parallel_for(found.size(), useful_threads(work, n_threads), [&](std::size_t b, int) {
            const std::size_t first = b * block_rows, end = std::min(n, first + block_rows);
            std::vector<double> squares;
            distances.write(first, 1, end - first, squares);
            for (std::size_t r = first; r < end; ++r) {
                const double* const own = squares.data() + (r - first) * k;
                if (best_cluster(own, mass_, points_.weight(r), label(r)) != label(r)) {
                    found[b].push_back(r);
                }
            }
        });
        std::vector<std::size_t> all;
        for (const auto& some : found) all.insert(all.end(), some.begin(), some.end());
        return all;
    }

    // Moves a row if that still pays; whether it did.
    bool move(std::size_t row) {
        points_.exact_row(row, row_.data());
        for (std::size_t c = 0; c < mass_.size(); ++c) squares_[c] = square_to(c);
        const double weight = points_.weight(row);
        const std::size_t from = label(row);
        const std::size_t to = best_cluster(squares_.data(), mass_, weight, from);
        if (to == from) return false;
        shift(from, -weight);
        shift(to, weight);
        labels_[row] = static_cast<std::int32_t>(to);
        return true;
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
    double square_to(std::size_t c) const {
        const double* const mean = means_.row(c);
        double square = 0.0;
        for (std::size_t i = 0; i < row_.size(); ++i) {
            const double difference = row_[i] - mean[i];
            square += difference * difference;
        }
        return square;
    }
    // Adds the row, or takes it out of a cluster that has others.
    void shift(std::size_t c, double weight) {
        mass_[c] += weight;
        double* const mean = means_.values.data() + c * means_.padded;
        for (std::size_t i = 0; i < row_.size(); ++i) {
            mean[i] += (row_[i] - mean[i]) * (weight / mass_[c]);
        }
    }

    const PointsType& points_;
    std::vector<std::int32_t> labels_;
    std::vector<double> mass_, squares_, row_;
    ExactCenters means_;
};

}  // namespace

template <class PointsType>
void move_rows(const PointsType& points, LloydResult<typename PointsType::Value>& run,
               std::size_t n_clusters, const LloydOptions& options) {
    if (points.n_rows() > most_rows_per_center * n_clusters) return;
    for (std::size_t round = 0; round < most_rounds; ++round) {
        poll_interrupt();
        MovingMeans<PointsType> means(points, run, n_clusters);
        std::size_t n_moved = 0;
        for (const std::size_t row : means.candidates(options.n_threads)) {
            n_moved += means.move(row) ? 1 : 0;
        }
        if (n_moved == 0) return;
        auto found = lloyd(points, means.centers().data(), n_clusters, options);
        if (!(found.inertia < run.inertia)) return;
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
