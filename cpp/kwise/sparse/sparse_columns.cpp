#include "kwise/sparse/sparse_columns.hpp"

#include <algorithm>
#include <cmath>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// Rough nanoseconds for each entry, only to judge whether threads pay.
constexpr double entry_cost = 1.0;

// Calls take(column, value) for every entry, row after row. A column is one thread's, who reads all
// entries and passes over those of others: its order of adding is the rows' on any number of them.
template <class T, class Take>
void for_entries(const SparseView<T>& rows, int n_threads, const Take& take) {
    const auto n_entries = static_cast<std::size_t>(rows.starts[rows.n_rows]);
    const int threads = useful_threads(entry_cost * static_cast<double>(n_entries), n_threads);
    const auto n_parts = static_cast<std::size_t>(std::max(1, threads));
    parallel_for(n_parts, threads, [&](std::size_t part, int) {
        const std::size_t first = rows.n_features * part / n_parts;
        const std::size_t count = rows.n_features * (part + 1) / n_parts - first;
        for (std::size_t e = 0; e < n_entries; ++e) {
            const auto column = static_cast<std::size_t>(rows.columns[e]);
            // Columns before the first wrap, and are not below `count` either.
            if (column - first < count) take(column, static_cast<double>(rows.values[e]));
        }
    });
}

}  // namespace

template <class T>
std::vector<double> largest_by_column(const SparseView<T>& rows, std::size_t padded,
                                      int n_threads) {
    std::vector<double> found(padded, 0.0);
    for_entries(rows, n_threads, [&](std::size_t column, double value) {
        found[column] = std::max(found[column], std::fabs(value));
    });
    return found;
}

// Columns without a zero take no term for what is not stored, in whose place rounding would leave
// something.
template <class T>
std::vector<double> column_variances(const SparseView<T>& rows, int n_threads) {
    struct Column {
        double mean = 0.0, off = 0.0, square = 0.0, stored = 0.0;
    };
    std::vector<Column> columns(rows.n_features);
    const auto n = static_cast<double>(rows.n_rows);
    for_entries(rows, n_threads, [&](std::size_t column, double value) {
        columns[column].mean += value;
        columns[column].stored += 1.0;
    });
    for (Column& column : columns) column.mean /= n;
    for_entries(rows, n_threads, [&](std::size_t at, double value) {
        Column& column = columns[at];
        const double difference = value - column.mean;
        column.off += difference;
        column.square += difference * difference;
    });
    std::vector<double> variances;
    for (Column& column : columns) {
        const double missing = n - column.stored;
        if (missing != 0.0) {
            column.off -= missing * column.mean;
            column.square += missing * (column.mean * column.mean);
        }
        variances.push_back((column.square - column.off * column.off / n) / n);
    }
    return variances;
}

template std::vector<double> largest_by_column(const SparseView<float>&, std::size_t, int);
template std::vector<double> largest_by_column(const SparseView<double>&, std::size_t, int);
template std::vector<double> column_variances(const SparseView<float>&, int);
template std::vector<double> column_variances(const SparseView<double>&, int);

}  // namespace kwise
