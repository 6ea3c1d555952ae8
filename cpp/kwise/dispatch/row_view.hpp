// Dispatch: plain records that kernels and core share. No functions: a function in a header that is
// compiled for several instruction sets could be linked into the wrong one. Called by
// dispatch/kernels.hpp and exact/exact_sums.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kwise {

// A strided view of rows, read as `value - shift` rounded to T: the values that count.
template <class T>
struct RowView {
    const T* data = nullptr;
    std::ptrdiff_t row_stride = 0, column_stride = 0;  // in elements
    std::size_t n_rows = 0, n_features = 0;
    const T* shift = nullptr;  // n_features values, or null
};

// What packing learns of each feature on its way, added to what is there: the largest absolute
// value less the shift and, where wanted (else null), the sums of raw values less the shift in
// float64 and of their squares. Arrays of a multiple of 16 values.
template <class T>
struct PackStatistics {
    T* largest;
    double* sums;
    double* squares;
};

// Where exact sums of rows per center are kept; see exact/exact_sums.hpp.
struct SumsView {
    double* sums;         // n_centers blocks of n_parts rows of `padded` values
    double* mass;         // n_centers blocks of n_parts values
    const double* magic;  // n_parts rows of `padded` values
    const double* mass_magic;
    std::size_t padded, n_parts, n_centers;
    unsigned char* dirty;  // one flag a center
};

// Error bands of packed centers; see filters/certified_filter.hpp. The largest values serve most
// rows, each center's own the rest.
struct Bands {
    const float* constant;
    const float* slope;
    float largest_constant, largest_slope;
};

}  // namespace kwise
