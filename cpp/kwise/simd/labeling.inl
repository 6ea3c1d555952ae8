// The filter for rows that lie feature by feature and few centers side by side in lanes: nothing is
// transposed but the scores. Included by kernels.inl.

#if defined(__AVX512F__)
constexpr int side_rows = 8;  // at once; as many vectors of centers as registers hold
#else
constexpr int side_rows = 4;
#endif
constexpr std::size_t side_limit = 3 * block;  // centers

// Rows [first, first + count) as float32, less the view's shift, `stride` apart; after the last
// feature an upper bound of the norm.
template <class T>
void load_filter_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
                      std::size_t stride, float* out) {
    const std::size_t d = rows.n_features;
    // Roundings of d squares and their sum, and what underflow takes from them.
    const float excess = 1.0f + static_cast<float>(d + 64) * 0x1p-24f;
    constexpr float least = 0x1p-60f;
    for (std::size_t r = 0; r < count; ++r, out += stride) {
        const T* const from = rows.data + static_cast<std::ptrdiff_t>(first + r) * rows.row_stride;
        Vector<float> squares{};
        for (std::size_t i = 0; i < d; i += block) {
            __builtin_prefetch(from + i + 2048 / sizeof(T));
            RowBlock<T> values = load_block(from + i, d - i);
            if (rows.shift != nullptr) {
                const RowBlock<T> shift = load_block(rows.shift + i, d - i);
                for (int h = 0; h < RowBlock<T>::n_vectors; ++h) values.part[h] -= shift.part[h];
            }
            const Vector<float> single = to_floats(values);
            squares += single * single;
            store(out + i, single);
        }
        out[d] = __builtin_sqrtf(sum_of(squares)) * excess + least;
    }
}

template <int V>
inline void side_scores(const float* rows, std::size_t stride, std::size_t n_features,
                        const float* group, Vector<float> (&scores)[V][block], std::size_t at) {
    Vector<float> sum[side_rows][V];
    for (int v = 0; v < V; ++v) {
        const Vector<float> constant = load(group + v * block);
        for (int r = 0; r < side_rows; ++r) sum[r][v] = constant;
    }
    for (std::size_t i = 0; i < n_features; ++i) {
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

template <int V>
inline void top2_side(const float* rows, std::size_t stride, std::size_t n_features,
                      const float* group, std::size_t n_centers, float* best, float* second,
                      std::int32_t* index) {
    for (std::size_t strip = 0; strip < panel_rows; strip += block) {
        Vector<float> scores[V][block];
        for (std::size_t r = 0; r < block; r += side_rows) {
            side_scores<V>(rows + (strip + r) * stride, stride, n_features, group, scores, r);
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
        store(best + strip, low);
        store(second + strip, next);
        __builtin_memcpy(index + strip, &nearest, sizeof nearest);
    }
}

void top2_rows(const float* rows, std::size_t stride, std::size_t n_features,
               const PackedCenters<float>& centers, std::size_t n_centers, float* best,
               float* second, std::int32_t* index) {
    const float* const group = centers.values;
    switch (centers.group_sizes[0] / block) {
        case 1:
            return top2_side<1>(rows, stride, n_features, group, n_centers, best, second, index);
        case 2:
            return top2_side<2>(rows, stride, n_features, group, n_centers, best, second, index);
        default:
            return top2_side<3>(rows, stride, n_features, group, n_centers, best, second, index);
    }
}
