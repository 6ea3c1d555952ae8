// Rows and centers in fixed point as kernels see them; see data/scaled_int16_rows.hpp. Two features
// share a word of 32 bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kwise {

// Rows in fixed point. Row r has `stride` values (n_features, made even).
struct FixedStore {
    std::int16_t* values;
    std::size_t stride;
    float *factors, *norms;  // one a row
    double norm_limit;       // of a row's norm, in units of its factor
};

// For each center: score >= factor * (row's factor * sum of products) + slope * norm + constant
struct FixedScores {
    const float *factor, *slope, *constant;
};

// Centers in fixed point by groups: for each word of a group one word a center.
struct FixedCenters {
    const std::int32_t* words;
    std::size_t n_words;  // of one center
    FixedScores scores;
    const std::uint8_t* group_sizes;
    std::size_t n_groups;
};

}  // namespace kwise
