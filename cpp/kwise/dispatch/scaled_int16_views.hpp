// Dispatch: rows and centers in scaled int16 as kernels see them; see data/scaled_int16_rows.hpp.
// Two features share a word of 32 bits. Called by dispatch/kernels.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kwise {

// Rows in scaled int16. Row r has `stride` values (n_features, made even).
struct ScaledInt16Store {
    std::int16_t* values;
    std::size_t stride;
    float *factors, *norms;  // one a row
    double norm_limit;       // of a row's norm, in units of its factor
};

// For each center: score >= factor * (row's factor * sum of products) + slope * norm + constant
struct ScaledInt16Scores {
    const float *factor, *slope, *constant;
};

// Centers in scaled int16 by blocks: for each word of a block one word a center.
struct ScaledInt16Centers {
    const std::int32_t* words;
    std::size_t n_words;  // of one center
    ScaledInt16Scores scores;
    const std::uint8_t* block_sizes;
    std::size_t n_blocks;
};

}  // namespace kwise
