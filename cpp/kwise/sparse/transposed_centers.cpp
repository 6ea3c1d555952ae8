#include "kwise/sparse/transposed_centers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kwise/base/parallel.hpp"
#include "kwise/dispatch/kernels.hpp"

namespace kwise {
namespace {

// Centers that go together, since each has a chain of sums of its own, and features of a block.
constexpr std::size_t group = 8, block = 64;

}  // namespace

template <class T>
SparseLength length_of(const SparseView<T>& rows, std::size_t row) {
    double square = 0.0;
    bool ascending = true;
    for (std::int64_t e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
        square += static_cast<double>(rows.values[e]) * static_cast<double>(rows.values[e]);
        ascending &= e == rows.starts[row] || rows.columns[e - 1] < rows.columns[e];
    }
    return {square, ascending ? 1.0 : std::sqrt(static_cast<double>(rows.n_entries(row)))};
}

std::vector<double> center_squares(const ExactCenters& centers, std::size_t n_features,
                                   int n_threads) {
    const std::size_t k = centers.n_centers;
    std::vector<double> squares(k, 0.0);
    const int threads = useful_threads(static_cast<double>(k * n_features), n_threads);
    parallel_for((k + group - 1) / group, threads, [&](std::size_t g, int) {
        const std::size_t first = g * group, count = std::min(group, k - first);
        double sums[group] = {};
        const double* rows[group];
        // A last group repeats its first center.
        for (std::size_t c = 0; c < group; ++c) rows[c] = centers.row(first + (c < count ? c : 0));
        for (std::size_t i = 0; i < n_features; ++i) {
            for (std::size_t c = 0; c < group; ++c) sums[c] += rows[c][i] * rows[c][i];
        }
        std::copy(sums, sums + count, squares.begin() + static_cast<std::ptrdiff_t>(first));
    });
    return squares;
}

// Memory is kept where sizes stay. Coefficients are exact, since doubling changes no digit.
void TransposedCenters::set(const ExactCenters& centers, std::size_t n_features, int n_threads) {
    // Whole vectors of any machine, so that kernels need no rest.
    const std::size_t k = centers.n_centers, width = (k + 7) / 8 * 8;
    constants_ = center_squares(centers, n_features, n_threads);
    constants_.resize(width, std::numeric_limits<double>::infinity());
    if (values_.size() != n_features * width) values_ = Buffer<double>(n_features * width);
    const int threads = useful_threads(static_cast<double>(width * n_features), n_threads);
    parallel_for((n_features + block - 1) / block, threads, [&](std::size_t b, int) {
        const std::size_t end = std::min(n_features, (b + 1) * block);
        for (std::size_t c = 0; c < width; ++c) {
            for (std::size_t i = b * block; i < end; ++i) {
                values_[i * width + c] = c < k ? -2.0 * centers.row(c)[i] : 0.0;
            }
        }
    });
}

// Constants first, then entry by entry for all centers at once.
template <class T>
void score_row(const SparseView<T>& rows, std::size_t row, const TransposedCenters& centers,
               std::vector<double>& scores) {
    const auto first = static_cast<std::size_t>(rows.starts[row]);
    scores.assign(centers.constants(), centers.constants() + centers.width());
    kernels().scan<T>().add_entries(rows.values + first, rows.columns + first, rows.n_entries(row),
                                    centers.row(0), centers.width(), scores.data());
}

// The same additions in the same order, for a group of centers at once.
template <class T>
void score_row(const SparseView<T>& rows, std::size_t row, const ExactCenters& centers,
               const std::vector<double>& squares, std::vector<double>& scores) {
    scores = squares;
    for (std::size_t first = 0; first < scores.size(); first += group) {
        const std::size_t count = std::min(group, scores.size() - first);
        for (std::int64_t e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
            const auto value = static_cast<double>(rows.values[e]);
            const double* from = centers.row(first) + rows.columns[e];
            for (std::size_t c = 0; c < count; ++c, from += centers.padded) {
                scores[first + c] += value * (-2.0 * *from);
            }
        }
    }
}

template SparseLength length_of(const SparseView<float>&, std::size_t);
template SparseLength length_of(const SparseView<double>&, std::size_t);
template void score_row(const SparseView<float>&, std::size_t, const TransposedCenters&,
                        std::vector<double>&);
template void score_row(const SparseView<double>&, std::size_t, const TransposedCenters&,
                        std::vector<double>&);
template void score_row(const SparseView<float>&, std::size_t, const ExactCenters&,
                        const std::vector<double>&, std::vector<double>&);
template void score_row(const SparseView<double>&, std::size_t, const ExactCenters&,
                        const std::vector<double>&, std::vector<double>&);

}  // namespace kwise
