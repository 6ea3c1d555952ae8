// Data: reading rows of the caller's array, one by one, and how they are cut into chunks.
// Everything above reads rows by it. Called by data/, exact/, bounds/ and predict/.
#pragma once

#include <cstddef>

#include "kwise/dispatch/kernels.hpp"

namespace kwise {

// Features are padded to this many in the arrays of exact float64 values.
constexpr std::size_t pad_features(std::size_t n_features) {
    return (n_features + 7) / 8 * 8;
}

// Features are padded to this many in the arrays of statistics.
constexpr std::size_t pad_statistics(std::size_t n_features) {
    return (n_features + 15) / 16 * 16;
}

// What a thread takes at a time. Results are added by chunk, so this number is part of the answer.
constexpr std::size_t chunk_panels = 64;
constexpr std::size_t chunk_rows = chunk_panels * panel_rows;

// One value of the view. As everything that reads rows, it subtracts the shift in T: the value that
// counts is the rounded one.
template <class T>
inline T value_of(const RowView<T>& rows, std::size_t row, std::size_t i) {
    const T raw = rows.data[static_cast<std::ptrdiff_t>(row) * rows.row_stride +
                            static_cast<std::ptrdiff_t>(i) * rows.column_stride];
    return rows.shift == nullptr ? raw : static_cast<T>(raw - rows.shift[i]);
}

// One row of the view as float64, padded with zeros to pad_features(n_features).
template <class T>
inline void exact_row(const RowView<T>& rows, std::size_t row, double* out) {
    kernels().pack<T>().exact_row(rows, row, out);
}

}  // namespace kwise
