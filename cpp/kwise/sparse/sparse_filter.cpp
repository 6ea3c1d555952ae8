// Int16 first, float64 where that is not certain: labels depend on the instruction set in neither
// case.
#include "kwise/sparse/sparse_filter.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "kwise/base/parallel.hpp"
#include "kwise/dispatch/kernels.hpp"

namespace kwise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Relative error of a computed squared distance, in units of |x|^2 + |c|^2, with room to spare.
constexpr double score_error = 1e-10;
// Of a coefficient in units: room for rounding, and for the half that shares its word.
constexpr double largest_unit = 32700.0;
// Features of a block, of which a thread makes words.
constexpr std::size_t block = 64;

// To the nearest whole number, below 2^31 in size, in the last bits of a sum.
std::int32_t to_integer(double value) {
    return static_cast<std::int32_t>(std::bit_cast<std::int64_t>(value + 0x1.8p52));
}

// Of float64 scores, strict comparisons: the lowest index on ties. Padding is infinite and never
// wins.
SparseNearest nearest_of(const std::vector<double>& scores) {
    SparseNearest nearest{0, infinity, infinity, true};
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

// Largest absolute value, in lanes that do not wait for each other.
double largest_of(const double* values, std::size_t count) {
    double largest[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        for (std::size_t l = 0; l < 8; ++l) {
            largest[l] = std::max(largest[l], std::fabs(values[i + l]));
        }
    }
    for (; i < count; ++i) largest[0] = std::max(largest[0], std::fabs(values[i]));
    return *std::max_element(largest, largest + 8);
}

}  // namespace

// Units and constants by center, then words by block of features.
void SparseFilter::set(const ExactCenters& centers, std::size_t n_features, int n_threads) {
    const std::size_t k = centers.n_centers, width = (k + 31) / 32 * 32;
    exact_ = &centers;
    n_threads_ = n_threads;
    has_table_ = false;
    if (k != squares_.size() || n_features != n_features_) {
        width_ = width;
        n_features_ = n_features;
        for (Buffer<float>* one : {&constants_, &units_, &roundings_, &steps_}) {
            *one = Buffer<float>(width);
            std::fill(one->data(), one->data() + width, 0.0f);
        }
        std::fill(constants_.data(), constants_.data() + width,
                  std::numeric_limits<float>::infinity());
        per_unit_.assign(width, 0.0);
        constant_errors_.assign(width, 0.0);
        words_ = Buffer<std::int32_t>(n_features * width / 2);
    }
    squares_ = center_squares(centers, n_features, n_threads);
    largest_norm_ = std::sqrt(*std::max_element(squares_.begin(), squares_.end()));
    const int threads = useful_threads(static_cast<double>(k * n_features), n_threads);
    parallel_for(k, threads, [&](std::size_t c, int) {
        set_center(c, 2.0 * largest_of(centers.row(c), n_features));
    });
    parallel_for((n_features + block - 1) / block, threads, [&](std::size_t b, int) {
        pack(b * block, std::min(n_features, (b + 1) * block));
    });
}

// `largest`: of its coefficients. Where float32 has no unit for so small ones they count as zeros,
// and all of a product as its error.
void SparseFilter::set_center(std::size_t c, double largest) {
    const bool is_tiny = largest < 1e-20;
    const float unit = is_tiny ? 0.0f : static_cast<float>(largest / largest_unit);
    const double square = squares_[c], norm = std::sqrt(square);
    per_unit_[c] = is_tiny ? 0.0 : 1.0 / static_cast<double>(unit);
    units_[c] = unit * 0x1p-16f;
    // Some more than the bounds, for roundings of the bounds themselves.
    roundings_[c] = static_cast<float>((is_tiny ? 1.0 : 0x1p-24) * 2.1 * norm);
    steps_[c] = 0.51f * unit;
    // The conversion's rounding, those of the last sums, and underflow.
    constant_errors_[c] = square * 0x1p-21 + 1e-36;
    constants_[c] = static_cast<float>(square - constant_errors_[c]);
}

// Features [first, end). The upper half of a word makes up for what the lower one adds to it.
void SparseFilter::pack(std::size_t first, std::size_t end) {
    const std::size_t k = exact_->n_centers, stride = width_ / 2;
    std::int32_t low[block], high[block];
    const auto round = [&](std::size_t c, const std::int32_t* below, std::int32_t* to) {
        std::fill(to, to + block, 0);
        if (c >= k) return;
        const double* const center = exact_->row(c);
        const double factor = -2.0 * per_unit_[c];
        for (std::size_t i = first; i < end; ++i) {
            const double carried = below == nullptr ? 0.0 : 0x1p-16 * below[i - first];
            to[i - first] = to_integer(factor * center[i] - carried);
        }
    };
    for (std::size_t word = 0; word < stride; ++word) {
        const std::size_t c = word / 16 * 32 + word % 16;
        round(c, nullptr, low);
        round(c + 16, low, high);
        for (std::size_t i = first; i < end; ++i) {
            words_[i * stride + word] = high[i - first] * 65536 + low[i - first];
        }
    }
}

double SparseFilter::rounding_of(double square) const {
    return score_error * (square + largest_norm_ * largest_norm_);
}

// Where float32 may overflow, nothing is known. What is no number is not greater.
template <class T>
SparseNearest SparseFilter::guess(const SparseView<T>& rows, std::size_t row,
                                  const SparseLength& length) const {
    const auto first = static_cast<std::size_t>(rows.starts[row]);
    const std::size_t n = rows.n_entries(row);
    const double norm = std::sqrt(length.square), entries = static_cast<double>(n);
    constexpr double limit = 1e36, norm_limit = 1e22;
    if (!(largest_norm_ * (largest_norm_ + 2.0 * norm) < limit && norm < norm_limit)) {
        return {0, infinity, -infinity, false};
    }
    // Sums of up to n whole units, each half of one off, may be longer than the row by that.
    const double longer = length.repeats * (1.0 + entries * 0x1p-16);
    const SparseRow<T> view{rows.values + first,
                            rows.columns + first,
                            n,
                            static_cast<std::size_t>(rows.starts[rows.n_rows]) - first,
                            static_cast<float>((2.0 * entries + 12.0) * (norm * longer + 1e-30)),
                            static_cast<float>(std::sqrt(entries) * norm)};
    const Top2Scores top =
        kernels().scan<T>().top2_sparse(view, {words_.data(), constants_.data(), units_.data(),
                                               roundings_.data(), steps_.data(), width_});
    const auto label = static_cast<std::size_t>(top.index);
    const double error =
        constant_errors_[label] +
        static_cast<double>(view.rounding) * static_cast<double>(roundings_[label]) +
        static_cast<double>(view.step) * static_cast<double>(steps_[label]);
    const double rounding = rounding_of(length.square);
    const double best = static_cast<double>(top.best) + 2.0 * error + rounding;
    const double second = static_cast<double>(top.second) - rounding;
    return {top.index, best, second, second > best};
}

template <class T>
SparseNearest SparseFilter::decide(const SparseView<T>& rows, std::size_t row,
                                   const SparseLength& length, std::vector<double>& scores) const {
    if (has_table_) {
        score_row(rows, row, table_, scores);
    } else {
        score_row(rows, row, *exact_, squares_, scores);
    }
    SparseNearest nearest = nearest_of(scores);
    nearest.best += rounding_of(length.square);
    nearest.second -= rounding_of(length.square);
    return nearest;
}

// Without a table each entry meets the centers in as many places; with one, each feature does once.
void SparseFilter::expect(std::size_t n_entries) {
    if (has_table_ || n_entries < n_features_) return;
    table_.set(*exact_, n_features_, n_threads_);
    has_table_ = true;
}

template SparseNearest SparseFilter::guess(const SparseView<float>&, std::size_t,
                                           const SparseLength&) const;
template SparseNearest SparseFilter::guess(const SparseView<double>&, std::size_t,
                                           const SparseLength&) const;
template SparseNearest SparseFilter::decide(const SparseView<float>&, std::size_t,
                                            const SparseLength&, std::vector<double>&) const;
template SparseNearest SparseFilter::decide(const SparseView<double>&, std::size_t,
                                            const SparseLength&, std::vector<double>&) const;

}  // namespace kwise
