// Dispatch: what the kernels past int8 read and write: plain records. Called by
// dispatch/kernels.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kwise {

// Centers in int8, plus 128, by blocks: for each word (four features) of a block one word a center;
// or one center after the other in words of whole tiles (Kernels::label_int8_by_tiles); minus half
// of each center's square, in units of the centers' factor. Numbers take the last bits of scores.
// Rows have a factor of `least_factor` at least, and a score is certainly larger than another where
// it exceeds it by gap + inverse * (norm * (gap_of_norm + norm * gap_of_square) + gap_of_unit),
// with the inverse of the row's factor.
constexpr std::size_t int8_tile_centers = 32;
struct Int8Centers {
    const std::int32_t* words;
    std::size_t n_words;
    const float* constants;
    const std::uint8_t* block_sizes;
    std::size_t n_blocks, n_centers;
    std::int32_t number_bits;
    float least_factor, gap, gap_of_norm, gap_of_unit, gap_of_square;
};

// Rows in int8, `stride` apart (a multiple of 64), the inverse of each row's factor, a bound of its
// norm, and by how much scores must differ.
struct Int8Store {
    std::int8_t* values;
    std::size_t stride;
    float *inverse, *norms, *gaps;
};

}  // namespace kwise
