#include "kwise/data/column_statistics.hpp"

#include <algorithm>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// Columns that a thread sums at a time: a line or two of each row. Each column is one thread's, so
// that its order of adding is the rows' whatever the number of threads.
constexpr std::size_t block_columns = 64;

// Where a value lies; strides may be any.
const auto row_at = [](const auto& rows, std::size_t row, std::size_t column) {
    return rows.data + static_cast<std::ptrdiff_t>(row) * rows.row_stride +
           static_cast<std::ptrdiff_t>(column) * rows.column_stride;
};

}  // namespace

// Sums in T on purpose, and so less exact than float64 would be: centered rows must be those that
// scikit-learn makes. Only the division is ours to order, once at the end.
template <class T>
std::vector<T> column_means(const RowView<T>& rows, int n_threads) {
    const std::size_t d = rows.n_features;
    std::vector<T> means(d, T(0));
    const double work = static_cast<double>(rows.n_rows * d) * 0.5;
    parallel_for((d + block_columns - 1) / block_columns, useful_threads(work, n_threads),
                 [&](std::size_t block, int) {
                     const std::size_t first = block * block_columns;
                     kernels().pack<T>().column_sums(
                         rows, first, std::min(block_columns, d - first), means.data() + first);
                 });
    // In T, as NumPy divides.
    for (T& mean : means) mean /= static_cast<T>(rows.n_rows);
    return means;
}

// Row after row on the caller's thread: parts of a data set arrive one after the other, and the
// next one's sums begin where these end.
template <class T>
void add_to_column_sums(const RowView<T>& rows, T* sums) {
    for (std::size_t r = 0; r < rows.n_rows; ++r) {
        const T* row = row_at(rows, r, 0);
        for (std::size_t i = 0; i < rows.n_features; ++i) {
            sums[i] += row[static_cast<std::ptrdiff_t>(i) * rows.column_stride];
        }
    }
}

// Chunk by chunk, so that mean_variance, and whoever adds the chunks of several parts, adds the
// same numbers in the same order. Differences from the rounded means are exact in float64 up to one
// rounding, so that nothing cancels as with sums of raw squares.
template <class T>
std::vector<double> chunk_squares(const RowView<T>& rows, const T* means, int n_threads) {
    const std::size_t d = rows.n_features;
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    // For each chunk and column the sums of differences and of their squares.
    std::vector<double> partial(n_chunks * 2 * d, 0.0);
    const double work = static_cast<double>(rows.n_rows * d);
    parallel_for(n_chunks, useful_threads(work, n_threads), [&](std::size_t chunk, int) {
        double* sums = partial.data() + chunk * 2 * d;
        double* squares = sums + d;
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            const T* row = row_at(rows, r, 0);
            for (std::size_t i = 0; i < d; ++i) {
                const T value = row[static_cast<std::ptrdiff_t>(i) * rows.column_stride];
                const double difference =
                    static_cast<double>(value) - static_cast<double>(means[i]);
                sums[i] += difference;
                squares[i] += difference * difference;
            }
        }
    });
    return partial;
}

// Both steps at once, for rows that are all here.
template <class T>
double mean_variance(const RowView<T>& rows, const std::vector<T>& means, int n_threads) {
    const std::size_t d = rows.n_features;
    return mean_variance(chunk_squares(rows, means.data(), n_threads), rows.n_rows, d, d);
}

// The features' variances are added up in turn. Not divided by the number of rows less one:
// scikit-learn's tolerance takes NumPy's variance.
double mean_variance(const std::vector<double>& partial, std::size_t n_rows, std::size_t n_features,
                     std::size_t width) {
    const double n = static_cast<double>(n_rows);
    double total = 0.0;
    for (std::size_t i = 0; i < n_features; ++i) {
        double sum = 0.0, square = 0.0;
        for (std::size_t at = i; at < partial.size(); at += 2 * width) {
            sum += partial[at];
            square += partial[at + width];
        }
        // The means are rounded; the second term takes out what they are off by.
        total += square - sum * sum / n;
    }
    return total / (n * static_cast<double>(n_features));
}

template std::vector<float> column_means(const RowView<float>&, int);
template std::vector<double> column_means(const RowView<double>&, int);
template void add_to_column_sums(const RowView<float>&, float*);
template void add_to_column_sums(const RowView<double>&, double*);
template std::vector<double> chunk_squares(const RowView<float>&, const float*, int);
template std::vector<double> chunk_squares(const RowView<double>&, const double*, int);
template double mean_variance(const RowView<float>&, const std::vector<float>&, int);
template double mean_variance(const RowView<double>&, const std::vector<double>&, int);

}  // namespace kwise
