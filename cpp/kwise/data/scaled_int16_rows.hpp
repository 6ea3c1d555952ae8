// Data: rows and centers in scaled int16: a filter that takes half the memory and, where the
// machine multiplies int16 pairs, half the time of float32. Called by data/, filters/, bounds/,
// assign/ and predict/.
//
// Every row is rounded to integer multiples of a factor of its own, and every center likewise. The
// factors are chosen such that the int16 numbers have norms below 2^15.5. By the inequality of
// Cauchy and Schwarz no sum of their products, nor any partial sum, then reaches 2^31: products are
// added up in int32 *exactly*. What is lost is what rounding took away, and that is measured: with
// x = x' + xr and c = c' + cr,
//     |x.c - x'.c'| <= |xr||c| + |x'||cr|,
// which is about sqrt(d) 10^-5 |x||c| for d features. As in filters/certified_filter.hpp the filter
// ranks lower bounds of |c|^2 - 2 x.c, with the band as a slope times the row's norm.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/data/row_access.hpp"
#include "kwise/dispatch/kernels.hpp"

namespace kwise {

// Norms of int16 rows and centers stay below the square root of 2^31; half a unit of rounding a
// feature and one more unit are kept free.
double int16_norm_limit(std::size_t n_features);

// Words that one row takes in a panel, with room for what kernels write beside it: 32 for every 64
// features begun.
constexpr std::size_t panel_words(std::size_t n_features) {
    return (n_features + 63) / 64 * 32;
}

// Words of a row: two features each.
constexpr std::size_t int16_words(std::size_t n_features) {
    return (n_features + 1) / 2;
}

class ScaledInt16Rows {
  public:
    // Takes memory only: rows are packed chunk by chunk.
    ScaledInt16Rows(std::size_t n_rows, std::size_t n_features);

    // Packs the rows of one chunk, as they are, and adds to the statistics.
    template <class T>
    void pack(const RowView<T>& rows, std::size_t chunk, const PackStatistics<T>& statistics);
    // The int16 numbers of one row.
    const std::int16_t* row(std::size_t r) const { return values_.data() + r * stride_; }
    // Largest |rounding error| / |row|: what the filter's slope is made of, for all rows alike.
    float worst_ratio() const { return *std::max_element(worst_.begin(), worst_.end()); }
    // Of the rows that scaled int16 can hold; infinite where that is not all.
    float largest_norm() const;
    float largest_norm_of_all() const {
        return *std::max_element(norms_.data(), norms_.data() + norms_.size());
    }
    // 32 rows, listed by their place after row `first`, as a panel, with their factors and norms.
    void gather(std::size_t first, const std::uint32_t* rows, std::int32_t* panel, float* factors,
                float* norms) const;
    // Fetches such rows ahead of their gathering.
    void prefetch(std::size_t first, const std::uint32_t* rows) const {
        constexpr std::size_t line = 64 / sizeof(std::int16_t);
        for (std::size_t r = 0; r < panel_rows; ++r) {
            const std::int16_t* const from = row(first + rows[r]);
            for (std::size_t i = 0; i < stride_; i += line) __builtin_prefetch(from + i, 0, 2);
        }
    }

  private:
    template <class T>
    float pack_scattered(const RowView<T>& rows, std::size_t first, std::size_t n, float* scratch,
                         const PackStatistics<T>& statistics, const ScaledInt16Store& to);

    std::size_t stride_;
    Buffer<std::int16_t> values_;
    Buffer<float> factors_, norms_;
    std::vector<float> worst_;  // by chunk
};

}  // namespace kwise
