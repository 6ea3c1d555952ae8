// Memory of scaled int16 rows; kernels round and gather them.
#include "kwise/data/scaled_int16_rows.hpp"

#include <algorithm>
#include <cmath>

namespace kwise {

// The square root of 2^31 is 46340.95. Rounding moves each value by half a unit at most, and so a
// norm by half of sqrt(d).
double int16_norm_limit(std::size_t n_features) {
    return 46339.0 - std::sqrt(static_cast<double>(n_features)) / 2.0;
}

// 64 more values than rows need: gathering reads a row in steps of 16 words, and so past the last
// row.
ScaledInt16Rows::ScaledInt16Rows(std::size_t n_rows, std::size_t n_features)
    : stride_((n_features + 1) / 2 * 2),
      values_(n_rows * stride_ + 64),
      factors_(n_rows),
      norms_(n_rows),
      worst_((n_rows + chunk_rows - 1) / chunk_rows, 0.0f) {
    // Kernels read to the end of a block.
    std::fill(values_.data() + n_rows * stride_, values_.data() + values_.size(), std::int16_t(0));
}

// May be called for different chunks at once: each writes its rows, and its own entry of worst_.
template <class T>
void ScaledInt16Rows::pack(const RowView<T>& rows, std::size_t chunk,
                           const PackStatistics<T>& statistics) {
    const ScaledInt16Store to{values_.data(), stride_, factors_.data(), norms_.data(),
                              int16_norm_limit(rows.n_features)};
    // Room for the kernel's eight rows at a time, padded.
    std::vector<float> scratch(8 * pad_statistics(rows.n_features));
    const std::size_t first = chunk * chunk_rows, n = std::min(chunk_rows, rows.n_rows - first);
    worst_[chunk] =
        rows.column_stride == 1
            ? kernels().pack<T>().scaled_int16(rows, first, n, scratch.data(), statistics, to)
            : pack_scattered(rows, first, n, scratch.data(), statistics, to);
}

// Rows whose features lie apart are copied, some at a time, feature by feature, and packed from the
// copy: one kernel for all layouts. The copy is not shifted yet; its view has the shift.
template <class T>
float ScaledInt16Rows::pack_scattered(const RowView<T>& rows, std::size_t first, std::size_t n,
                                      float* scratch, const PackStatistics<T>& statistics,
                                      const ScaledInt16Store& to) {
    const std::size_t d = rows.n_features;
    std::vector<T> copied(panel_rows * d);
    float worst = 0.0f;
    for (std::size_t start = first; start < first + n; start += panel_rows) {
        const std::size_t count = std::min(panel_rows, first + n - start);
        for (std::size_t i = 0; i < d; ++i) {
            const T* from = rows.data + static_cast<std::ptrdiff_t>(start) * rows.row_stride +
                            static_cast<std::ptrdiff_t>(i) * rows.column_stride;
            for (std::size_t r = 0; r < count; ++r, from += rows.row_stride) {
                // Features outside, rows inside: columns are read in turn.
                copied[r * d + i] = *from;
            }
        }
        const RowView<T> copy{copied.data(), static_cast<std::ptrdiff_t>(d), 1, count, d,
                              rows.shift};
        const ScaledInt16Store at{to.values + start * to.stride, to.stride, to.factors + start,
                                  to.norms + start, to.norm_limit};
        worst = std::max(worst,
                         kernels().pack<T>().scaled_int16(copy, 0, count, scratch, statistics, at));
    }
    return worst;
}

// All 32 of `rows` are read: a list for fewer repeats one. The panel has room for panel_words() a
// row.
void ScaledInt16Rows::gather(std::size_t first, const std::uint32_t* rows, std::int32_t* panel,
                             float* factors, float* norms) const {
    kernels().gather_scaled_int16(row(first), stride_, int16_words(stride_), rows, panel);
    for (std::size_t r = 0; r < panel_rows; ++r) {
        factors[r] = factors_[first + rows[r]];
        norms[r] = norms_[first + rows[r]];
    }
}

// Rows that do not fit have an infinite norm here; they are left out.
float ScaledInt16Rows::largest_norm() const {
    float largest = 0.0f;
    for (std::size_t r = 0; r < norms_.size(); ++r) {
        if (std::isfinite(norms_[r])) largest = std::max(largest, norms_[r]);
    }
    return largest;
}

template void ScaledInt16Rows::pack(const RowView<float>&, std::size_t,
                                    const PackStatistics<float>&);
template void ScaledInt16Rows::pack(const RowView<double>&, std::size_t,
                                    const PackStatistics<double>&);

}  // namespace kwise
