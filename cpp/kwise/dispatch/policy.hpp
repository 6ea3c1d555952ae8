// Which filter takes rows of so many features the fastest, for so many centers. Limits come from
// measurements on each instruction set: simd/targets/filter_limits.inl.
#pragma once

#include <cstddef>

#include "kwise/dispatch/kernels.hpp"

namespace kwise {

// Rows in float32 panels, row-major rows, rows in scaled int16.
enum class FilterKind { float32, row_major, scaled_int16 };

// How many centers the last line that applies allows.
template <std::size_t n>
std::size_t most_centers(const FilterLimit (&lines)[n], std::size_t n_features) {
    std::size_t most = 0;
    for (const FilterLimit& line : lines) {
        if (line.n_features > 0 && n_features >= line.n_features) most = line.n_centers;
    }
    return most;
}

// Whether rounding rows to scaled int16 pays, by features alone or with many centers.
inline bool scaled_int16_pays(std::size_t n_features, std::size_t n_centers) {
    const auto& limits = kernels().limits.scaled_int16;
    const bool many = n_centers >= limits.many_centers;
    return n_features >= (many ? limits.from_with_many : limits.from) && n_features <= 32768;
}

// Of row-major rows and which are seen once.
inline FilterKind choose_filter(std::size_t n_features, std::size_t n_centers) {
    const FilterLimits& limits = kernels().limits;
    if (n_centers <= most_centers(limits.row_major, n_features)) return FilterKind::row_major;
    return scaled_int16_pays(n_features, n_centers) ? FilterKind::scaled_int16
                                                    : FilterKind::float32;
}

// Whether rows that are seen again and again are best read row-major, as they are,.
inline bool row_major_pays(std::size_t n_features, std::size_t n_centers) {
    return n_centers > 1 &&
           n_centers <= most_centers(kernels().limits.row_major_descent, n_features);
}

}  // namespace kwise
