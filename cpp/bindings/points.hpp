// The rows of a data set as Python holds them: views of its arrays, which they keep alive. The
// engine's points read these arrays again and again, so whoever writes into them while such an
// object lives changes its answers.
#pragma once

#include <memory>
#include <optional>

#include "bindings/arrays.hpp"
#include "bindings/checks.hpp"
#include "kwise/data/dense_points.hpp"
#include "kwise/sparse/sparse_points.hpp"

// Keeps the arrays that the points look into, and packs them, without the lock. n_centers: how many
// will be compared, which decides the packing; 0: not known.
template <class T>
class HeldDensePoints {
  public:
    using Value = T;
    HeldDensePoints(Matrix<T> X, std::optional<Column<T>> shift, std::optional<Column<T>> weights,
                    int n_threads, std::size_t n_centers)
        : X_(X), shift_(shift), weights_(weights) {
        check_shape(X, 1);
        check_threads(n_threads);
        if (shift) check_length(shift->shape(0), X.shape(1), "shift");
        check_weights(weights, X.shape(0));
        points_ = without_lock([&] {
            return std::make_unique<kwise::DensePoints<T>>(
                view_of(X_, shift_ ? shift_->data() : nullptr),
                weights_ ? weights_->data() : nullptr, n_threads, n_centers);
        });
    }
    const kwise::DensePoints<T>& points() const { return *points_; }

  private:
    Matrix<T> X_;
    std::optional<Column<T>> shift_, weights_;
    // Last, so that it goes before the arrays that it looks into.
    std::unique_ptr<kwise::DensePoints<T>> points_;
};

// The same for CSR arrays. There is no shift: sparse rows are never centered.
template <class T>
class HeldSparsePoints {
  public:
    using Value = T;
    HeldSparsePoints(Column<T> values, Column<std::int32_t> columns, Column<std::int64_t> starts,
                     std::size_t n_features, std::optional<Column<T>> weights, int n_threads)
        : values_(values), columns_(columns), starts_(starts), weights_(weights) {
        check_threads(n_threads);
        // A pass over the index arrays: they are trusted from here on.
        check_compressed(values.shape(0), columns, starts, n_features);
        check_weights(weights, starts.shape(0) - 1);
        points_ = without_lock([&] {
            return std::make_unique<kwise::SparsePoints<T>>(
                kwise::SparseView<T>{values_.data(), columns_.data(), starts_.data(),
                                     starts_.shape(0) - 1, n_features},
                weights_ ? weights_->data() : nullptr, n_threads);
        });
    }
    const kwise::SparsePoints<T>& points() const { return *points_; }

  private:
    Column<T> values_;
    Column<std::int32_t> columns_;
    Column<std::int64_t> starts_;
    std::optional<Column<T>> weights_;
    // Last, as above.
    std::unique_ptr<kwise::SparsePoints<T>> points_;
};
