// Rows in int16, each in one piece; see data/int16_rows.hpp. Included by kernels.inl.

// (value - offset) * scale of a block of features, rounded. `count` is how many offsets are left:
// past them both are zero, so that padding is zero. The scale keeps results within 15 bits.
inline Shorts quantize_block(Vector<float> values, const float* offset, std::size_t count,
                             float scale) {
    const Vector<float> from = to_floats(load_block(offset, count));
    const Vector<float> rounded = round_to_integer((values - from) * broadcast(scale));
    return __builtin_convertvector(__builtin_convertvector(rounded, Index<float>), Shorts);
}

// See PackKernels::int16_rows: words must have room for count * n_pairs, and no more is written.
// Rows must go in ascending order, since each may write past its end.
template <class T>
void quantize_int16_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
                         const float* offset, float scale, std::int32_t* words) {
    const std::size_t d = rows.n_features, n_pairs = (d + 1) / 2;
    constexpr std::size_t block_pairs = block / 2;
    for (std::size_t r = 0; r < count; ++r, words += n_pairs) {
        const T* const from = row_of(rows, first + r);
        for (std::size_t i = 0; i < d; i += block) {
            const Shorts rounded =
                quantize_block(read_block(from, rows.shift, i, d), offset + i, d - i, scale);
            // What is past the row is written again by the next ones; none is past the last.
            const std::size_t left = (count - r) * n_pairs - i / 2;
            const std::size_t n = left < block_pairs ? left : block_pairs;
            if (n == block_pairs) {
                __builtin_memcpy(words + i / 2, &rounded, sizeof rounded);
            } else {
                __builtin_memcpy(words + i / 2, &rounded, n * sizeof *words);
            }
        }
    }
}

// W is n_pairs, rounded up to a power of 2. Copies W words a row, so up to W - n_pairs past the
// last row are read: Int16Rows has room for them. Words beyond n_pairs are dropped.
template <int W>
void gather_int16_rows_of(const std::int32_t* lines, const std::uint32_t* list, std::size_t count,
                          std::size_t n_pairs, std::int32_t* words, std::int32_t* half_squares) {
    alignas(64) std::int32_t some[panel_rows * W];
    // Without a list rows of a full power of 2 are deinterleaved where they stand; all 32 are read.
    if (list != nullptr || n_pairs != W) {
        for (std::size_t r = 0; r < panel_rows; ++r) {
            const std::size_t row = list == nullptr ? r : list[r < count ? r : 0];
            __builtin_memcpy(some + r * W, lines + row * n_pairs, W * sizeof *some);
        }
        lines = some;
    }
    for (std::size_t row = 0; row < panel_rows; row += lanes<float>, lines += lanes<float> * W) {
        Index<float> v[W], square{};
        for (int i = 0; i < W; ++i) v[i] = load_index(lines + i * lanes<float>);
        deinterleave(v);
#pragma GCC unroll 16
        for (int i = 0; i < W; ++i) {
            if (static_cast<std::size_t>(i) >= n_pairs) break;
            const Index<float> word = v[reverse_bits(i, W)];
            __builtin_memcpy(words + static_cast<std::size_t>(i) * panel_rows + row, &word,
                             sizeof word);
            square = add_pair_products(square, word, word);
        }
        // Rounded down; Int16Filter's error counts it.
        square = square >> 1;
        __builtin_memcpy(half_squares + row, &square, sizeof square);
    }
}

// See Kernels::gather_int16_rows. n_pairs is at most 16: int16 serves up to 32 features.
void gather_int16_rows(const std::int32_t* lines, const std::uint32_t* list, std::size_t count,
                       std::size_t n_pairs, std::int32_t* words, std::int32_t* half_squares) {
    if (n_pairs <= 2)
        return gather_int16_rows_of<2>(lines, list, count, n_pairs, words, half_squares);
    if (n_pairs <= 4)
        return gather_int16_rows_of<4>(lines, list, count, n_pairs, words, half_squares);
    if (n_pairs <= 8)
        return gather_int16_rows_of<8>(lines, list, count, n_pairs, words, half_squares);
    gather_int16_rows_of<16>(lines, list, count, n_pairs, words, half_squares);
}
