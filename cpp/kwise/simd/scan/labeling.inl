// The filter for rows that lie feature by feature and few centers side by side in lanes: nothing is
// transposed but the scores. Included by kernels.inl.

#if defined(__AVX512F__)
constexpr int side_rows = 8;  // at once; as many vectors of centers as registers hold
#else
constexpr int side_rows = 4;
#endif
constexpr std::size_t side_limit = 3 * block;  // centers

// A block of features of one row as float32, less the view's shift; zeros after the last.
template <class T>
inline Vector<float> read_block(const T* from, const T* shift, std::size_t i, std::size_t d) {
    RowBlock<T> values = load_block(from + i, d - i);
    if (shift != nullptr) {
        const RowBlock<T> less = load_block(shift + i, d - i);
        for (int h = 0; h < RowBlock<T>::n_vectors; ++h) values.part[h] -= less.part[h];
    }
    return to_floats(values);
}

// Upper bounds of norms from float32 sums of their squares: roundings of d squares and their sum,
// and what underflow takes from them.
inline Vector<float> norm_bounds(Vector<float> sums, std::size_t d) {
    return square_root(sums) * (1.0f + static_cast<float>(d + 64) * 0x1p-24f) + 0x1p-60f;
}
inline float norm_bound(Vector<float> squares, std::size_t d) {
    return __builtin_sqrtf(sum_of(squares)) * (1.0f + static_cast<float>(d + 64) * 0x1p-24f) +
           0x1p-60f;
}

// Rows [first, first + count) as float32, `stride` apart; after the last feature a bound of the
// norm, which `norms` get, too.
template <class T>
inline void load_filter_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
                             std::size_t stride, float* out, float* norms) {
    const std::size_t d = rows.n_features;
    for (std::size_t r = 0; r < count; ++r, out += stride) {
        const T* const from = row_of(rows, first + r);
        Vector<float> squares{};
        for (std::size_t i = 0; i < d; i += block) {
            __builtin_prefetch(from + i + 8192 / sizeof(T));
            const Vector<float> values = read_block(from, rows.shift, i, d);
            squares += values * values;
            store(out + i, values);
        }
        out[d] = norms[r] = norm_bound(squares, d);
    }
}

// As quantize(), without statistics, of rows that are read twice instead of being copied.
template <class T>
float quantize_panel(const RowView<T>& rows, std::size_t first, std::size_t count,
                     const FixedStore& to) {
    // Adding and subtracting it rounds to whole numbers.
    const Vector<float> magic = broadcast(0x1.8p23f);
    const std::size_t d = rows.n_features;
    float worst = 0.0f;
    for (std::size_t r = 0; r < count; ++r) {
        const T* const from = row_of(rows, first + r);
        Vector<float> peaks{}, squares{};
        for (std::size_t i = 0; i < d; i += block) {
            __builtin_prefetch(from + i + 8192 / sizeof(T));
            const Vector<float> values = read_block(from, rows.shift, i, d);
            peaks = larger(peaks, absolute(values));
            squares += values * values;
        }
        const float norm = norm_bound(squares, d), peak = largest_of(peaks);
        const float by_norm = norm / static_cast<float>(to.norm_limit), by_peak = peak / 32766.0f;
        const float factor = (by_norm > by_peak ? by_norm : by_peak) * (1.0f + 0x1p-20f);
        std::int16_t* const values = to.values + r * to.stride;
        const bool fits = factor >= 0x1p-50f && factor <= 0x1p50f;
        // The next filter takes what does not fit, and sees zeros and what is no number.
        to.factors[r] = fits ? factor : 0.0f;
        to.norms[r] = fits ? norm : __builtin_inff();
        const Vector<float> inverse = broadcast(fits ? 1.0f / factor : 0.0f);
        Vector<float> errors{};
        for (std::size_t i = 0; i < d; i += block) {
            const Vector<float> exact = read_block(from, rows.shift, i, d) * inverse;
            const Vector<float> rounded = (exact + magic) - magic;
            const Vector<float> error = exact - rounded;
            errors += error * error;
            const Shorts shorts =
                __builtin_convertvector(__builtin_convertvector(rounded, Index<float>), Shorts);
            __builtin_memcpy(values + i, &shorts, sizeof shorts);
        }
        if (!fits) continue;
        // The bound of the norm is above it by far less than 2^-8 of it.
        const float error = __builtin_sqrtf(sum_of(errors)) * factor;
        const float ratio = (error / norm + 0x1p-21f) * (1.0f + 0x1p-7f);
        worst = ratio > worst ? ratio : worst;
    }
    return worst;
}

// Fetches the rows after these meanwhile, from `next` on.
template <class T, int V>
inline void side_scores(const float* rows, std::size_t stride, std::size_t n_features,
                        const float* group, const T* next, Vector<float> (&scores)[V][block],
                        std::size_t at) {
    Vector<float> sum[side_rows][V];
    for (int v = 0; v < V; ++v) {
        const Vector<float> constant = load(group + v * block);
        for (int r = 0; r < side_rows; ++r) sum[r][v] = constant;
    }
    for (std::size_t i = 0; i < n_features; ++i) {
        __builtin_prefetch(next + i * side_rows, 0, 2);
        group += V * block;
        Vector<float> c[V];
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) c[v] = load(group + v * block);
#pragma GCC unroll 8
        for (int r = 0; r < side_rows; ++r) {
            const Vector<float> x = broadcast(rows[static_cast<std::size_t>(r) * stride + i]);
#pragma GCC unroll 4
            for (int v = 0; v < V; ++v) sum[r][v] = multiply_add(x, c[v], sum[r][v]);
        }
    }
    for (int v = 0; v < V; ++v) {
        for (int r = 0; r < side_rows; ++r) scores[v][at + static_cast<std::size_t>(r)] = sum[r][v];
    }
}

template <class T, int V>
inline void top2_side(const RowView<T>& rows, std::size_t first, std::size_t count,
                      const float* group, std::size_t n_centers, std::size_t stride, float* loaded,
                      float* norms, const Top2Target& to) {
    for (std::size_t strip = 0; strip < count; strip += block) {
        Vector<float> scores[V][block] = {};
        for (std::size_t r = 0; r < block && strip + r < count; r += side_rows) {
            const std::size_t at = strip + r, left = count - at;
            load_filter_rows(rows, first + at, left < side_rows ? left : side_rows, stride, loaded,
                             norms + at);
            side_scores<T, V>(loaded, stride, rows.n_features + 1, group,
                              row_of(rows, first + at + side_rows), scores, r);
        }
        Vector<float> low = broadcast(__builtin_inff()), next = low;
        Index<float> nearest{};
        std::int32_t c = 0;
        for (int v = 0; v < V; ++v) {
            transpose(scores[v]);
            for (int s = 0; s < block && c < static_cast<std::int32_t>(n_centers); ++s, ++c) {
                next = smaller(next, larger(low, scores[v][s]));
                keep_smaller(scores[v][s], broadcast_index<float>(c), low, nearest);
            }
        }
        store(to.best + strip, low);
        store(to.second + strip, next);
        __builtin_memcpy(to.index + strip, &nearest, sizeof nearest);
    }
}

template <class T>
void top2_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
               const PackedCenters<float>& centers, std::size_t n_centers, std::size_t stride,
               float* loaded, float* norms, const Top2Target& to) {
    const auto run = [&]<int V>() {
        top2_side<T, V>(rows, first, count, centers.values, n_centers, stride, loaded, norms, to);
    };
    switch (centers.group_sizes[0] / block) {
        case 1:
            return run.template operator()<1>();
        case 2:
            return run.template operator()<2>();
        default:
            return run.template operator()<3>();
    }
}
