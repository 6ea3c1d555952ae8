#include "kwise/metrics/cluster_spread.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

#include "kwise/base/parallel.hpp"
#include "kwise/data/row_access.hpp"

namespace kwise {
namespace {

// Sums that all strips of rows may have together (8 MB).
constexpr std::size_t most_sums = std::size_t{1} << 20;

// A row as it lies; neighbors in it are next to each other where that is known before (`stride`).
template <class T, class Stride>
struct Row {
    const T* values;
    Stride stride;
    double operator[](std::size_t i) const {
        return static_cast<double>(values[static_cast<std::ptrdiff_t>(i) * stride]);
    }
};
using Next = std::integral_constant<std::ptrdiff_t, 1>;

template <class T, class Stride>
Row<T, Stride> row_at(const RowView<T>& rows, std::size_t row, Stride stride) {
    return {rows.data + static_cast<std::ptrdiff_t>(row) * rows.row_stride, stride};
}

// What each cluster weighs.
std::vector<double> masses(const Clusters& clusters, std::size_t n_rows) {
    std::vector<double> mass(clusters.n_clusters, 0.0);
    for (std::size_t r = 0; r < n_rows; ++r) {
        mass[static_cast<std::size_t>(clusters.codes[r])] +=
            clusters.weights != nullptr ? clusters.weights[r] : 1.0;
    }
    return mass;
}

// Adds the rows [first, last) to their clusters' sums.
template <class T, class Stride>
void add_rows(const RowView<T>& rows, const Clusters& clusters, const double* origin, Stride stride,
              std::size_t first, std::size_t last, double* sums) {
    const std::size_t d = rows.n_features;
    for (std::size_t r = first; r < last; ++r) {
        const auto row = row_at(rows, r, stride);
        const double weight = clusters.weights != nullptr ? clusters.weights[r] : 1.0;
        double* const sum = sums + static_cast<std::size_t>(clusters.codes[r]) * d;
        for (std::size_t i = 0; i < d; ++i) sum[i] += weight * (row[i] - origin[i]);
    }
}

// One row's squared distance to a mean, in lanes.
template <class Row>
double squared_distance(const Row& row, const double* origin, const double* mean, std::size_t d) {
    double lane[4] = {};
    std::size_t i = 0;
    for (; i + 4 <= d; i += 4) {
        for (std::size_t l = 0; l < 4; ++l) {
            const double away = row[i + l] - origin[i + l] - mean[i + l];
            lane[l] += away * away;
        }
    }
    for (; i < d; ++i) {
        const double away = row[i] - origin[i] - mean[i];
        lane[0] += away * away;
    }
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

// Sums by cluster, then means, then distances to them.
template <class T, class Stride>
void spread(const RowView<T>& rows, const Clusters& clusters, const double* origin, Stride stride,
            int threads, double* means, double* squares) {
    const std::size_t d = rows.n_features, k = clusters.n_clusters;
    // Sums of strips of rows, as many as memory is cheap for, added up in their order.
    const std::size_t n_strips =
        std::clamp<std::size_t>(std::min(most_sums / (k * d), rows.n_rows / chunk_rows), 1, 64);
    std::vector<double> sums(n_strips * k * d, 0.0);
    parallel_for(n_strips, threads, [&](std::size_t s, int) {
        add_rows(rows, clusters, origin, stride, rows.n_rows * s / n_strips,
                 rows.n_rows * (s + 1) / n_strips, sums.data() + s * k * d);
    });
    std::copy_n(sums.data(), k * d, means);
    for (std::size_t s = 1; s < n_strips; ++s) {
        for (std::size_t at = 0; at < k * d; ++at) means[at] += sums[s * k * d + at];
    }
    const std::vector<double> mass = masses(clusters, rows.n_rows);
    for (std::size_t c = 0; c < k; ++c) {
        for (std::size_t i = 0; i < d; ++i) {
            // Of no weight: nothing was added, and nothing is divided.
            if (mass[c] > 0.0) means[c * d + i] /= mass[c];
        }
    }
    parallel_for((rows.n_rows + chunk_rows - 1) / chunk_rows, threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            const double* mean = means + static_cast<std::size_t>(clusters.codes[r]) * d;
            squares[r] = squared_distance(row_at(rows, r, stride), origin, mean, d);
        }
    });
}

}  // namespace

template <class T>
void cluster_spread(const RowView<T>& rows, const Clusters& clusters, const double* origin,
                    int n_threads, double* means, double* squares) {
    const int threads =
        useful_threads(static_cast<double>(rows.n_rows * rows.n_features), n_threads);
    if (rows.column_stride == 1) {
        spread(rows, clusters, origin, Next(), threads, means, squares);
    } else {
        spread(rows, clusters, origin, rows.column_stride, threads, means, squares);
    }
}

template void cluster_spread(const RowView<float>&, const Clusters&, const double*, int, double*,
                             double*);
template void cluster_spread(const RowView<double>&, const Clusters&, const double*, int, double*,
                             double*);

}  // namespace kwise
