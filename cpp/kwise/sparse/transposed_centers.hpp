// Sparse: sparse rows, and their scores |c|^2 - 2 x.c in float64: the definition of labels (see
// sparse/sparse_points.hpp). Called by sparse/.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/exact/exact_centers.hpp"

namespace kwise {

// A CSR matrix; starts has n_rows + 1 entries. Columns of a row may come in any order, and more
// than once: their values then add up.
template <class T>
struct SparseView {
    const T* values = nullptr;
    const std::int32_t* columns = nullptr;
    const std::int64_t* starts = nullptr;
    std::size_t n_rows = 0, n_features = 0;

    std::size_t n_entries(std::size_t row) const {
        return static_cast<std::size_t>(starts[row + 1] - starts[row]);
    }
};

// What filters ask of a row: the sum of the squares of its entries, and by how much longer it may
// be than these are, since entries of one column add up: 1 where columns ascend.
struct SparseLength {
    double square, repeats;
};
template <class T>
SparseLength length_of(const SparseView<T>& rows, std::size_t row);

// |c|^2 of every center, feature by feature: the constants of its scores.
std::vector<double> center_squares(const ExactCenters& centers, std::size_t n_features,
                                   int n_threads);

// For each feature the coefficients -2 c of all centers, padded to whole vectors, and the constants
// |c|^2 (infinite for the padding).
class TransposedCenters {
  public:
    void set(const ExactCenters& centers, std::size_t n_features, int n_threads);
    std::size_t width() const { return constants_.size(); }
    const double* constants() const { return constants_.data(); }
    const double* row(std::size_t feature) const { return values_.data() + feature * width(); }

  private:
    std::vector<double> constants_;
    Buffer<double> values_;
};

// Scores of one row for all centers; `scores` gets the padded width.
template <class T>
void score_row(const SparseView<T>& rows, std::size_t row, const TransposedCenters& centers,
               std::vector<double>& scores);
// The same numbers without a table: for few rows. `squares` are those of center_squares.
template <class T>
void score_row(const SparseView<T>& rows, std::size_t row, const ExactCenters& centers,
               const std::vector<double>& squares, std::vector<double>& scores);

}  // namespace kwise
