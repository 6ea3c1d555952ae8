// Sparse: scores |c|^2 - 2 x.c of sparse rows: by a filter in float32 with a proven error, and
// exactly where that leaves a label undecided. Called by sparse/sparse_points.hpp.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/filters/certified_filter.hpp"

namespace kwise {

// A CSR matrix; starts has n_rows + 1 entries. Columns of a row may come in any order, and more
// than once: their values then add up.
template <class T>
struct SparseView {
    const T* values = nullptr;
    const std::int32_t* columns = nullptr;
    const std::int64_t* starts = nullptr;
    std::size_t n_rows = 0, n_features = 0;
};

// Centers transposed: for each feature the coefficients -2 c of all centers, padded to whole
// vectors, and the constants |c|^2 (infinite for the padding). And the same in float32, constants
// first: a filter that reads half the memory and is right about nearly every row.
class TransposedCenters {
  public:
    void set(const ExactCenters& centers, std::size_t n_features);
    // The same with the filter, which seeding does without.
    void set_filter(const ExactCenters& centers, std::size_t n_features);
    std::size_t filter_width() const { return filter_width_; }
    const float* filter() const { return filter_.data(); }
    // Above the error of a filter's score for a row of so many entries and this norm.
    double filter_error(std::size_t n_entries, double norm) const;
    double largest_norm() const { return largest_norm_; }
    std::size_t width() const { return constants_.size(); }
    const double* constants() const { return constants_.data(); }
    const double* row(std::size_t feature) const { return values_.data() + feature * width(); }

  private:
    // Exact but for their roundings in float64: what labels are defined by.
    std::vector<double> constants_, values_;
    // Constants, then a row for each feature.
    std::vector<float> filter_;
    std::size_t filter_width_ = 0;
    double largest_norm_ = 0.0;  // of a center
};

// Scores of one row for all centers, in float64: the definition (see sparse_points.hpp).
template <class T>
void score_row(const SparseView<T>& rows, std::size_t row, const TransposedCenters& centers,
               std::vector<double>& scores);

struct SparseTop2 {
    std::int32_t label;
    double best, second;
    double error;  // of both scores, at most
};

// The nearest center of one row whose entries have this sum of squares: canonical, the lowest index
// on ties.
template <class T>
SparseTop2 find_nearest(const SparseView<T>& rows, std::size_t row, double square,
                        const TransposedCenters& centers, std::vector<double>& scores);

// Sum of the squares of a row's entries.
template <class T>
double square_of(const SparseView<T>& rows, std::size_t row) {
    double square = 0.0;
    for (std::int64_t e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
        square += static_cast<double>(rows.values[e]) * static_cast<double>(rows.values[e]);
    }
    return square;
}

}  // namespace kwise
