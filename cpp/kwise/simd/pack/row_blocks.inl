// What filters read of rows that lie feature by feature: blocks as float32, bounds of norms, and
// panels rounded to scaled int16. Included by kernels.inl.

// A block of features of one row as float32, less the view's shift in T; zeros after the last.
// `from` and `shift` (null: none) begin at feature 0, `i` is the first wanted, `d` how many there
// are.
template <class T>
inline Vector<float> read_block(const T* from, const T* shift, std::size_t i, std::size_t d) {
    RowBlock<T> values = load_block(from + i, d - i);
    if (shift != nullptr) {
        const RowBlock<T> less = load_block(shift + i, d - i);
        for (int h = 0; h < RowBlock<T>::n_vectors; ++h) values.part[h] -= less.part[h];
    }
    return to_floats(values);
}

// Calls function(i, end) for every block of features, as read_block wants them: whole blocks
// without a branch within.
template <class Function>
inline void for_blocks(std::size_t n_features, const Function& function) {
    std::size_t i = 0;
    for (; i + block <= n_features; i += block) function(i, i + block);
    if (i < n_features) function(i, n_features);
}

// Upper bounds of norms from float32 sums of their squares: roundings of d squares and their sum,
// and what underflow takes from them. The bound serves any order of adding.
inline Vector<float> norm_bounds(Vector<float> sums, std::size_t d) {
    return square_root(sums) * (1.0f + static_cast<float>(d + 64) * 0x1p-24f) + 0x1p-60f;
}
inline float norm_bound(Vector<float> squares, std::size_t d) {
    return __builtin_sqrtf(sum_of(squares)) * (1.0f + static_cast<float>(d + 64) * 0x1p-24f) +
           0x1p-60f;
}

// See PackKernels::scaled_int16_panel: as quantize_scaled_int16(), without statistics, of rows that
// are read twice instead of being copied, since prediction sees each once. The store's first
// `count` rows are written; its stride must be a multiple of `block`, since whole blocks are
// stored. Sums are float32, so bounds are wider than in quantize_scaled_int16_row().
template <class T>
float quantize_scaled_int16_panel(const RowView<T>& rows, std::size_t first, std::size_t count,
                                  const ScaledInt16Store& to) {
    // Adding and subtracting it rounds to integers, the nearest, for numbers below 2^22.
    const Vector<float> magic = broadcast(0x1.8p23f);
    const std::size_t d = rows.n_features;
    float worst = 0.0f;
    for (std::size_t r = 0; r < count; ++r) {
        const T* const from = row_of(rows, first + r);
        Vector<float> peaks{}, squares{};
        for_blocks(d, [&](std::size_t i, std::size_t end) {
            __builtin_prefetch(from + i + 8192 / sizeof(T));
            const Vector<float> values = read_block(from, rows.shift, i, end);
            peaks = larger(peaks, absolute(values));
            squares += values * values;
        });
        // The factor keeps the norm below the limit (no sum of products overflows) and each value
        // within 16 bits; it is rounded up.
        const float norm = norm_bound(squares, d), peak = largest_of(peaks);
        const float by_norm = norm / static_cast<float>(to.norm_limit), by_peak = peak / 32766.0f;
        const float factor = (by_norm > by_peak ? by_norm : by_peak) * (1.0f + 0x1p-20f);
        std::int16_t* const values = to.values + r * to.stride;
        const bool fits = factor >= 0x1p-50f && factor <= 0x1p50f;
        // The next filter takes what does not fit (with an infinite norm nothing is certain), and
        // sees zeros and what is no number.
        to.factors[r] = fits ? factor : 0.0f;
        to.norms[r] = fits ? norm : __builtin_inff();
        const Vector<float> inverse = broadcast(fits ? 1.0f / factor : 0.0f);
        Vector<float> errors{};
        for_blocks(d, [&](std::size_t i, std::size_t end) {
            // The second reading finds the row in the first-level cache.
            const Vector<float> exact = read_block(from, rows.shift, i, end) * inverse;
            const Vector<float> rounded = (exact + magic) - magic;
            const Vector<float> error = exact - rounded;
            errors += error * error;
            const Shorts shorts =
                __builtin_convertvector(__builtin_convertvector(rounded, Index<float>), Shorts);
            __builtin_memcpy(values + i, &shorts, sizeof shorts);
        });
        if (!fits) continue;
        // The bound of the norm is above it by far less than 2^-8 of it.
        const float error = __builtin_sqrtf(sum_of(errors)) * factor;
        const float ratio = (error / norm + 0x1p-21f) * (1.0f + 0x1p-7f);
        worst = ratio > worst ? ratio : worst;
    }
    return worst;
}
