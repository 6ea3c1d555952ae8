// Base: sums in eight lanes, added up in a fixed order: no addition waits for the last one, and the
// result is the same on every machine. Called by exact/, filters/, sparse/, lloyd/ and search/.
// Value i goes to lane i mod 8; folding in halves is the order of the canonical distance (fold() of
// simd/kernels.inl), which vectors of 2, 4 or 8 lanes can follow.
#pragma once

#include <cstddef>

namespace kwise {

constexpr std::size_t n_lanes = 8;

inline double add_lanes(const double* lane) {
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

}  // namespace kwise
