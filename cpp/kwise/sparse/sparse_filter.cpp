// Scores of sparse rows: float32 first, float64 where that is not certain.
#include "kwise/sparse/sparse_filter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kwise/dispatch/kernels.hpp"

namespace kwise {
namespace {

// Relative error of a computed squared distance, in units of |x|^2 + |c|^2, with room to spare.
constexpr double score_error = 1e-10;

// Of float64 scores, strict comparisons: the lowest index on ties. Padding is infinite and never
// wins.
SparseTop2 top2_of(const std::vector<double>& scores) {
    const double infinity = std::numeric_limits<double>::infinity();
    SparseTop2 nearest{0, infinity, infinity, 0.0};
    for (std::size_t c = 0; c < scores.size(); ++c) {
        if (scores[c] < nearest.best) {
            nearest.second = nearest.best;
            nearest.best = scores[c];
            nearest.label = static_cast<std::int32_t>(c);
        } else if (scores[c] < nearest.second) {
            nearest.second = scores[c];
        }
    }
    return nearest;
}

// What a row stores, as kernels take it. May be nothing.
template <class T>
struct Entries {
    Entries(const SparseView<T>& rows, std::size_t row) {
        const auto first = static_cast<std::size_t>(rows.starts[row]);
        values = rows.values + first;
        columns = rows.columns + first;
        count = static_cast<std::size_t>(rows.starts[row + 1]) - first;
    }
    const T* values;
    const std::int32_t* columns;
    std::size_t count;
};

// Whether no column can be there twice: columns that ascend cannot.
template <class T>
bool is_increasing(const SparseView<T>& rows, std::size_t row) {
    bool increasing = true;
    for (std::int64_t e = rows.starts[row] + 1; e < rows.starts[row + 1]; ++e) {
        increasing &= rows.columns[e - 1] < rows.columns[e];
    }
    return increasing;
}

}  // namespace

// `scores` is resized to the padded width; constants first, then entry by entry for all centers at
// once.
template <class T>
void score_row(const SparseView<T>& rows, std::size_t row, const TransposedCenters& centers,
               std::vector<double>& scores) {
    const Entries<T> entries(rows, row);
    scores.assign(centers.constants(), centers.constants() + centers.width());
    kernels().scan<T>().add_entries(entries.values, entries.columns, entries.count, centers.row(0),
                                    centers.width(), scores.data());
}

// First in float32: the label is certain where the two best scores are farther apart than twice the
// error of one. If not, in float64, whose answer is the definition: labels depend on the
// instruction set in neither case. `scores` is the thread's memory. The errors returned bound both
// scores, for the row's margin.
template <class T>
SparseTop2 find_nearest(const SparseView<T>& rows, std::size_t row, double square,
                        const TransposedCenters& centers, std::vector<double>& scores) {
    // The longest center bounds the error for all.
    const double largest = centers.largest_norm();
    // Bounds the float64 scores, in whatever way they were found; margins need it, labels do not.
    const double error = score_error * (square + largest * largest);
    const Entries<T> entries(rows, row);
    const Top2Scores quick = kernels().scan<T>().top2_sparse(
        entries.values, entries.columns, entries.count, centers.filter(), centers.filter_width());
    // A column's entries in a row add up: what they make is at most so much longer.
    const double repeats =
        is_increasing(rows, row) ? 1.0 : std::sqrt(static_cast<double>(entries.count));
    const double quick_error =
        error + centers.filter_error(entries.count, std::sqrt(square) * repeats);
    const double best = static_cast<double>(quick.best), second = static_cast<double>(quick.second);
    // Each of the two may be off by the error, either way. What is no number is not greater.
    if (second - best > 2.0 * quick_error) return {quick.index, best, second, quick_error};
    score_row(rows, row, centers, scores);
    SparseTop2 nearest = top2_of(scores);
    // Of the float64 scores.
    nearest.error = error;
    return nearest;
}

// Memory is kept where sizes stay. Coefficients are exact, since doubling changes no digit.
void TransposedCenters::set(const ExactCenters& centers, std::size_t n_features) {
    // Whole vectors of any machine, so that kernels need no rest.
    const std::size_t k = centers.n_centers, width = (k + 7) / 8 * 8;
    constants_.assign(width, std::numeric_limits<double>::infinity());
    values_.assign(n_features * width, 0.0);
    for (std::size_t c = 0; c < k; ++c) {
        double square = 0.0;
        for (std::size_t i = 0; i < n_features; ++i) {
            const double v = centers.row(c)[i];
            square += v * v;
            values_[i * width + c] = -2.0 * v;
        }
        constants_[c] = square;
    }
    // Of a center, not of the padding, whose constants are infinite.
    largest_norm_ = std::sqrt(
        *std::max_element(constants_.begin(), constants_.begin() + static_cast<std::ptrdiff_t>(k)));
}

// The same numbers rounded to float32; constants are the table's first row.
void TransposedCenters::set_filter(const ExactCenters& centers, std::size_t n_features) {
    set(centers, n_features);
    const std::size_t k = centers.n_centers;
    // The same for float32.
    filter_width_ = (k + 15) / 16 * 16;
    // Padding: infinite constants, and coefficients that add nothing.
    filter_.assign((n_features + 1) * filter_width_, 0.0f);
    std::fill(filter_.begin(), filter_.begin() + static_cast<std::ptrdiff_t>(filter_width_),
              std::numeric_limits<float>::infinity());
    for (std::size_t c = 0; c < k; ++c) filter_[c] = static_cast<float>(constants_[c]);
    for (std::size_t i = 0; i < n_features; ++i) {
        float* const to = filter_.data() + (i + 1) * filter_width_;
        for (std::size_t c = 0; c < k; ++c) to[c] = static_cast<float>(row(i)[c]);
    }
}

// One rounding for each product that is added, twice where they are not fused, and for the values,
// coefficients and constants; no partial sum is above |c|^2 + 2 |x||c|. Underflow takes a little.
// Where that may overflow, nothing is known.
double TransposedCenters::filter_error(std::size_t n_entries, double norm) const {
    const double limit = 1e38;
    if (!(largest_norm_ * (largest_norm_ + 2.0 * norm) < limit && norm < limit)) {
        return std::numeric_limits<double>::infinity();
    }
    const double roundings = 2.0 * static_cast<double>(n_entries) + 8.0;
    return roundings * (0x1p-24 * 1.01 * largest_norm_ * (largest_norm_ + 2.0 * norm) + 1e-44);
}

template void score_row(const SparseView<float>&, std::size_t, const TransposedCenters&,
                        std::vector<double>&);
template void score_row(const SparseView<double>&, std::size_t, const TransposedCenters&,
                        std::vector<double>&);
template SparseTop2 find_nearest(const SparseView<float>&, std::size_t, double,
                                 const TransposedCenters&, std::vector<double>&);
template SparseTop2 find_nearest(const SparseView<double>&, std::size_t, double,
                                 const TransposedCenters&, std::vector<double>&);

}  // namespace kwise
