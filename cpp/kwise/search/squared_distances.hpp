// Squared distances of some rows to all centers, dense or sparse: what a search weighs its moves by.
// Canonical distances, or expansions certified as `distances` does, so that every machine finds the
// same.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kwise/data/dense_points.hpp"
#include "kwise/exact/exact_centers.hpp"
#include "kwise/predict/center_distances.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace kwise {

template <class PointsType>
class SquaredDistances;

template <class T>
class SquaredDistances<DensePoints<T>> {
  public:
    // Both must outlive it.
    SquaredDistances(const DensePoints<T>& points, const ExactCenters& centers)
        : rows_(points.rows()), centers_(centers) {}

    // Of the rows first, first + step, ..., `count` of them; n_centers values a row.
    void write(std::size_t first, std::size_t step, std::size_t count,
               std::vector<double>& out) const {
        RowView<T> some = rows_;
        some.data += static_cast<std::ptrdiff_t>(first) * rows_.row_stride;
        some.row_stride *= static_cast<std::ptrdiff_t>(step);
        some.n_rows = count;
        std::vector<T> roots(count * centers_.n_centers);
        distances(some, centers_, 1, roots.data());
        out.resize(roots.size());
        for (std::size_t i = 0; i < roots.size(); ++i) {
            const auto root = static_cast<double>(roots[i]);
            out[i] = root * root;
        }
    }

  private:
    const RowView<T>& rows_;
    const ExactCenters& centers_;
};

template <class T>
class SquaredDistances<SparsePoints<T>> {
  public:
    SquaredDistances(const SparsePoints<T>& points, const ExactCenters& centers)
        : points_(points), n_centers_(centers.n_centers) {
        transposed_.set(centers, points.n_features());
    }

    void write(std::size_t first, std::size_t step, std::size_t count,
               std::vector<double>& out) const {
        std::vector<double> scores;
        out.resize(count * n_centers_);
        for (std::size_t r = 0; r < count; ++r) {
            const std::size_t row = first + r * step;
            score_row(points_.rows(), row, transposed_, scores);
            for (std::size_t c = 0; c < n_centers_; ++c) {
                out[r * n_centers_ + c] = std::max(0.0, points_.square(row) + scores[c]);
            }
        }
    }

  private:
    const SparsePoints<T>& points_;
    std::size_t n_centers_;
    TransposedCenters transposed_;
};

}  // namespace kwise
