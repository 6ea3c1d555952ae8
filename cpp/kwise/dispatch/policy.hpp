// Which filter takes rows of so many features the fastest, for so many centers. Limits come from
// measurements on each instruction set: simd/targets/filter_limits.inl.
#pragma once

#include <cstddef>

#include "kwise/dispatch/kernels.hpp"

namespace kwise {

// Rows in float32 panels, rows streamed along their features, rows in fixed point.
enum class FilterWay { panels, streamed, fixed };

// How many centers the last line that applies allows.
template <std::size_t n>
std::size_t most_centers(const FilterLimit (&lines)[n], std::size_t n_features) {
    std::size_t most = 0;
    for (const FilterLimit& line : lines) {
        if (line.n_features > 0 && n_features >= line.n_features) most = line.n_centers;
    }
    return most;
}

// Whether rounding rows to fixed point pays, by features alone or with many centers.
inline bool fixed_pays(std::size_t n_features, std::size_t n_centers) {
    const auto& limits = kernels().limits.fixed;
    const bool many = n_centers >= limits.many_centers;
    return n_features >= (many ? limits.from_with_many : limits.from) && n_features <= 32768;
}

// Of rows whose features lie side by side and which are seen once.
inline FilterWay choose_filter(std::size_t n_features, std::size_t n_centers) {
    const FilterLimits& limits = kernels().limits;
    if (n_centers <= most_centers(limits.streamed, n_features)) return FilterWay::streamed;
    return fixed_pays(n_features, n_centers) ? FilterWay::fixed : FilterWay::panels;
}

// Whether rows that are seen again and again are best streamed as they are.
inline bool streaming_pays(std::size_t n_features, std::size_t n_centers) {
    return n_centers > 1 && n_centers <= most_centers(kernels().limits.streamed_again, n_features);
}

}  // namespace kwise
