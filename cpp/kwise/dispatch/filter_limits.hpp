// Dispatch: where filters pay on an instruction set: plain records, read by dispatch/policy.hpp.
// Called by dispatch/kernels.hpp.
#pragma once

#include <cstddef>

namespace kwise {

// From so many features on, a filter takes up to so many centers.
struct FilterLimit {
    std::size_t n_features, n_centers;
};
// Where filters pay on an instruction set; of several lines the last that applies counts.
struct FilterLimits {
    FilterLimit row_major[5], row_major_descent[5];
    // scaled int16: from so many features on, and from which with many centers.
    struct {
        std::size_t from, from_with_many, many_centers;
    } scaled_int16;
    // int8, of rows that are seen once: from so many features and centers on; 0: never.
    FilterLimit int8;
};

}  // namespace kwise
