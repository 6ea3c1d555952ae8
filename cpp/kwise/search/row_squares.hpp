// Search: squared distances of single rows to single centers, dense or sparse, in a fixed order:
// what a search weighs its moves by. Called by search/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kwise/base/lanes.hpp"
#include "kwise/data/dense_points.hpp"
#include "kwise/exact/exact_centers.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace kwise {

// Of rows of so many values, a multiple of n_lanes: the canonical order of adding.
inline double square_between(const double* a, const double* b, std::size_t padded) {
    double lane[n_lanes] = {};
    for (std::size_t i = 0; i < padded; i += n_lanes) {
        for (std::size_t l = 0; l < n_lanes; ++l) {
            const double difference = a[i + l] - b[i + l];
            lane[l] += difference * difference;
        }
    }
    return add_lanes(lane);
}

// One class for each kind of points: load a row, then ask for its squared distance to centers,
// which may move in between; forget() tells of those that did.
template <class PointsType>
class RowSquares;

template <class T>
class RowSquares<DensePoints<T>> {
  public:
    // Both must outlive it; the centers may move.
    RowSquares(const DensePoints<T>& points, const ExactCenters& centers)
        : points_(points), centers_(centers), row_(points.padded()) {}

    void load(std::size_t row) { points_.exact_row(row, row_.data()); }
    double to(std::size_t c) const {
        return square_between(row_.data(), centers_.row(c), centers_.padded);
    }
    // Tells that a center has moved.
    void forget(std::size_t) {}

  private:
    const DensePoints<T>& points_;
    const ExactCenters& centers_;
    std::vector<double> row_;
};

// Without making the row dense: cost is by its entries, and once for each center that has moved.
template <class T>
class RowSquares<SparsePoints<T>> {
  public:
    RowSquares(const SparsePoints<T>& points, const ExactCenters& centers)
        : points_(points), centers_(centers) {}

    void load(std::size_t row) { row_ = row; }
    // Differences where the row has entries, and the center's own square elsewhere: not below 0,
    // which rounding might leave.
    double to(std::size_t c) const {
        // Entries in stored order.
        const auto& rows = points_.rows();
        const double* const center = centers_.row(c);
        // As SparsePoints::inertia measures rows.
        double near = 0.0, elsewhere = squares(c);
        for (std::int64_t e = rows.starts[row_]; e < rows.starts[row_ + 1]; ++e) {
            const double value = center[rows.columns[e]];
            const double difference = static_cast<double>(rows.values[e]) - value;
            near += difference * difference;
            elsewhere -= value * value;
        }
        return near + std::max(elsewhere, 0.0);
    }
    void forget(std::size_t c) {
        if (!known_.empty()) known_[c] = -1.0;
    }

  private:
    // Squares of the centers, found when first asked for; -1 says unknown.
    double squares(std::size_t c) const {
        if (known_.empty()) known_.assign(centers_.n_centers, -1.0);
        if (known_[c] < 0.0) {
            known_[c] = 0.0;
            for (std::size_t i = 0; i < centers_.padded; ++i) {
                known_[c] += centers_.row(c)[i] * centers_.row(c)[i];
            }
        }
        return known_[c];
    }

    const SparsePoints<T>& points_;
    const ExactCenters& centers_;
    std::size_t row_ = 0;
    // Of the centers, when first asked for.
    mutable std::vector<double> known_;
};

}  // namespace kwise
