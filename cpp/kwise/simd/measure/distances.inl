// Distances from rows to all centers; see predict/center_distances.hpp. Included by kernels.inl.
//
// Centers lie side by side in lanes, eight of them in an octet, so that rows are read as they are
// and distances are written in the order in which they are wanted.

// A tile is tile_rows rows and tile_octets octets of centers: its sums take 24, 8 and 8 registers
// on machines with 32, 16 and 16 of them, which leaves room for a row's value and the centers'.
constexpr std::size_t octet = 8;
#if defined(__AVX512F__)
constexpr std::size_t tile_octets = 3;
constexpr int tile_rows = 8;
#elif defined(__AVX2__)
constexpr std::size_t tile_octets = 1;
constexpr int tile_rows = 4;
#else
constexpr std::size_t tile_octets = 1;
constexpr int tile_rows = 2;
#endif
constexpr int octet_vectors = static_cast<int>(octet) / lanes<double>;
// Products of float64 values are added up in blocks of so many, which keeps errors small.
constexpr std::size_t dot_block = 32;

// One bit a lane: a < b, and 0 where either is no number.
inline std::uint32_t below_bits(Vector<double> a, Vector<double> b) {
#if defined(__AVX512F__)
    return bits_of(_mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_LT_OQ));
#elif defined(__AVX2__)
    return static_cast<std::uint32_t>(
        _mm256_movemask_pd(_mm256_cmp_pd((__m256d)a, (__m256d)b, _CMP_LT_OQ)));
#else
    const Index<double> less = a < b;
    std::uint32_t bits = 0;
    for (int lane = 0; lane < lanes<double>; ++lane) {
        bits |= static_cast<std::uint32_t>(less[lane] & 1) << lane;
    }
    return bits;
#endif
}

// Correctly rounded on every machine, so that distances are the same bits everywhere.
inline Vector<double> square_root(Vector<double> v) {
#if defined(__AVX512F__)
    return (Vector<double>)_mm512_sqrt_pd((__m512d)v);
#elif defined(__AVX2__)
    return (Vector<double>)_mm256_sqrt_pd((__m256d)v);
#else
    for (int lane = 0; lane < lanes<double>; ++lane) v[lane] = __builtin_sqrt(v[lane]);
    return v;
#endif
}

// Roots of an octet of squares. Those of float32 are taken in float32, which is faster: one more
// rounding, of a square that must lie within float32's range.
inline void quick_roots(const Vector<double>* squares, double* out) {
    for (int v = 0; v < octet_vectors; ++v) store(out + v * lanes<double>, square_root(squares[v]));
}
inline void quick_roots(const Vector<double>* squares, float* out) {
#if defined(__AVX512F__)
    _mm256_storeu_ps(out, _mm256_sqrt_ps(_mm512_cvtpd_ps((__m512d)squares[0])));
#elif defined(__AVX2__)
    for (int v = 0; v < octet_vectors; ++v) {
        _mm_storeu_ps(out + v * lanes<double>, _mm_sqrt_ps(_mm256_cvtpd_ps((__m256d)squares[v])));
    }
#else
    for (std::size_t c = 0; c < octet; ++c) {
        const double square = squares[c / lanes<double>][c % lanes<double>];
        out[c] = __builtin_sqrtf(static_cast<float>(square));
    }
#endif
}
// Roots in float64, then rounded: right for any square.
inline void exact_roots(const Vector<double>* squares, double* out) {
    quick_roots(squares, out);
}
// The conversion rounds to nearest: the float32 number that is nearest to the float64 root.
inline void exact_roots(const Vector<double>* squares, float* out) {
    for (int v = 0; v < octet_vectors; ++v) {
        const HalfVector half = __builtin_convertvector(square_root(squares[v]), HalfVector);
        __builtin_memcpy(out + v * lanes<double>, &half, sizeof half);
    }
}

// The first `count` of an octet of roots: the last octet of a row may be cut short, and what
// follows in memory is the next row.
template <class T>
inline void write_roots(const T* roots, std::size_t count, T* out) {
    if (count >= octet) {
        __builtin_memcpy(out, roots, octet * sizeof(T));
    } else {
        for (std::size_t c = 0; c < count; ++c) out[c] = roots[c];
    }
}

// One row in float64, padded with zeros, less `offset` where that is not null; returns the square
// of its norm, added up as canonical distances are.
template <class T>
inline double load_exact_row(const T* from, std::size_t d, const double* offset, double* out) {
    constexpr std::size_t n_vectors = lane_count / lanes<double>;
    Vector<double> sum[n_vectors] = {};
    const auto keep = [&](const T* values, std::size_t i) {
        Vector<double> value[n_vectors];
        // The shift is not the view's: it has none here, or has been taken off before.
        load_lanes<T>(values, nullptr, value);
        for (std::size_t v = 0; v < n_vectors; ++v) {
            if (offset != nullptr) value[v] -= load(offset + i + v * lanes<double>);
            store(out + i + v * lanes<double>, value[v]);
            sum[v] += value[v] * value[v];
        }
    };
    std::size_t i = 0;
    // 1 KB ahead, within the row or in the next one; hardware follows too few streams.
    for (; i + lane_count <= d; i += lane_count) {
        __builtin_prefetch(from + i + 1024 / sizeof(T));
        keep(from + i, i);
    }
    if (i < d) {
        T rest[lane_count] = {};
        for (std::size_t l = 0; i + l < d; ++l) rest[l] = from[i + l];
        keep(rest, i);
    }
    return fold_lanes(sum);
}

// See PackKernels::exact_rows. The plain layout is read once; others go through read_row, since the
// shift must be taken in T.
template <class T>
void load_exact_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
                     std::size_t padded, const double* offset, double* out, double* squares) {
    const std::size_t d = rows.n_features;
    for (std::size_t r = 0; r < count; ++r, out += padded) {
        if (rows.column_stride == 1 && rows.shift == nullptr) {
            const T* from = rows.data + static_cast<std::ptrdiff_t>(first + r) * rows.row_stride;
            squares[r] = load_exact_row(from, d, offset, out);
        } else {
            // In place: `out` is input and output, and each block is read before it is written.
            read_row(rows, first + r, out);
            squares[r] = load_exact_row<double>(out, padded, offset, out);
        }
    }
}

// sum + x * c, rounded once: fused where that is the same because products are exact.
template <bool exact_products>
inline Vector<double> add_product(Vector<double> x, Vector<double> c, Vector<double> sum) {
    if constexpr (exact_products) {
        return multiply_add(x, c, sum);
    } else {
        return sum + x * c;
    }
}

// Half a vector, for a last octet that is half empty: where a vector is an octet.
#if defined(__AVX512F__)
typedef double HalfDoubles __attribute__((vector_size(KWISE_VECTOR_BYTES / 2)));
template <bool exact_products>
inline HalfDoubles add_product(double x, HalfDoubles c, HalfDoubles sum) {
    const HalfDoubles all = x - HalfDoubles{};
    if constexpr (exact_products) {
        return (HalfDoubles)_mm256_fmadd_pd((__m256d)all, (__m256d)c, (__m256d)sum);
    } else {
        return sum + all * c;
    }
}
#endif

// Adds to the dot products of R rows and V vectors of centers those of some features; the second
// half of the last octet is left out where it is empty. Fetches other rows meanwhile, `next_step`
// bytes a feature.
template <bool exact_products, bool half_empty, int R, int V>
inline void add_dots(const double* rows, std::size_t padded, std::size_t begin, std::size_t end,
                     const double* batch, const char* next, std::size_t next_step,
                     Vector<double> (&dots)[R][V]) {
    // Whole vectors, and whether half of one more is wanted.
    constexpr int W = half_empty ? V - (octet_vectors + 1) / 2 : V;
    [[maybe_unused]] constexpr bool has_half = half_empty && octet_vectors == 1;
    Vector<double> sum[R][V] = {};
#if defined(__AVX512F__)
    HalfDoubles rest[R] = {};
#endif
    const double* centers = batch + begin * V * lanes<double>;
    for (std::size_t i = begin; i < end; ++i, centers += V * lanes<double>) {
        // Each feature fetches its share of the rows to come, into the second-level cache.
        __builtin_prefetch(next + i * next_step, 0, 2);
        Vector<double> c[V];
#pragma GCC unroll 4
        for (int v = 0; v < W; ++v) c[v] = load(centers + v * lanes<double>);
        // One value of a row meets all centers of the tile: products of R x V vectors for R
        // broadcasts and V loads.
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
            const double value = rows[static_cast<std::size_t>(r) * padded + i];
            const Vector<double> x = broadcast(value);
#pragma GCC unroll 4
            for (int v = 0; v < W; ++v) sum[r][v] = add_product<exact_products>(x, c[v], sum[r][v]);
#if defined(__AVX512F__)
            if constexpr (has_half) {
                HalfDoubles half;
                __builtin_memcpy(&half, centers + W * lanes<double>, sizeof half);
                rest[r] = add_product<exact_products>(value, half, rest[r]);
            }
#endif
        }
    }
#if defined(__AVX512F__)
    for (int r = 0; has_half && r < R; ++r) {
        sum[r][V - 1] = (Vector<double>)_mm512_zextpd256_pd512((__m256d)rest[r]);
    }
#endif
    // Exact products have one chain over all features; others add a block's sum to what is there.
    for (int r = 0; r < R; ++r) {
        for (int v = 0; v < V; ++v)
            dots[r][v] = exact_products ? sum[r][v] : dots[r][v] + sum[r][v];
    }
}

// The rows and centers of one tile, and where its answers go. Pointers are to the tile's first row
// and first center; tile_rows rows may be read, n_rows of them count.
template <class T>
struct Tile {
    const double *rows, *squares;
    std::size_t n_rows, padded;
    const double *batch, *center_squares;
    std::size_t n_centers;  // of the batch
    T* out;
    std::size_t stride;
    std::uint8_t* doubtful;
    std::size_t n_octets;  // of all centers
    const char* next;      // rows to fetch meanwhile
    std::size_t next_step;
};

// From the dot products of one row and one octet to distances |x|^2 + |c|^2 - 2 x.c, and to the
// bits of those that cancellation may have spoiled, or that are no numbers. Padding centers are
// neither written nor doubtful.
template <class T>
inline void finish_octet(const Tile<T>& tile, std::size_t r, std::size_t o,
                         const Vector<double>* dots, const ExpansionLimits& limits) {
    // Added in this order on every instruction set: the bits of a distance are part of the answer.
    const Vector<double> square = broadcast(tile.squares[r]);
    Vector<double> distances[octet_vectors];
    std::uint32_t sure = 0;
#pragma GCC unroll 4
    for (int v = 0; v < octet_vectors; ++v) {
        const Vector<double> sum =
            square + load(tile.center_squares + o * octet + v * lanes<double>);
        distances[v] = sum - (dots[v] + dots[v]);
        // What cancels is judged by the size of what was added: share * (|x|^2 + |c|^2) bounds the
        // error over the tolerance. `larger` gives limits.least where the sum is no number, and the
        // comparison then fails by the distance.
        const Vector<double> least = larger(broadcast(limits.share) * sum, broadcast(limits.least));
        sure |= below_bits(least, distances[v]) << (v * lanes<double>);
    }
    // Roots of doubtful squares, negative ones among them, mean nothing: repair() overwrites them.
    const std::size_t left = tile.n_centers - o * octet;
    T* const out = tile.out + r * tile.stride + o * octet;
    std::uint32_t all = 0xffu;
    if (left >= octet) {
        quick_roots(distances, out);
    } else {
        T roots[octet];
        quick_roots(distances, roots);
        for (std::size_t c = 0; c < left; ++c) out[c] = roots[c];
        all = (1u << left) - 1u;
    }
    tile.doubtful[r * tile.n_octets + o] = static_cast<std::uint8_t>(all & ~sure);
}

// One tile: as many sums as registers hold. Inexact products are added in blocks of dot_block,
// whose sums are added then: fewer roundings in a chain.
template <bool exact_products, bool half_empty, int octets, class T>
inline void expand_tile(Tile<T> tile, std::size_t n_features, const ExpansionLimits& limits) {
    constexpr int R = tile_rows, V = octets * octet_vectors;
    Vector<double> dots[R][V] = {};
    // Exact products are not added in blocks: one rounding a product, in one chain (g of
    // predict/center_distances.hpp counts either way).
    const std::size_t step = exact_products ? n_features : dot_block;
    for (std::size_t i = 0; i < n_features; i += step) {
        const std::size_t end = i + step < n_features ? i + step : n_features;
        add_dots<exact_products, half_empty, R, V>(tile.rows, tile.padded, i, end, tile.batch,
                                                   tile.next, tile.next_step, dots);
    }
    // Rows past n_rows were multiplied as well: there is memory for whole tiles, and no branch in
    // the loop above.
    for (std::size_t r = 0; r < static_cast<std::size_t>(R) && r < tile.n_rows; ++r) {
#pragma GCC unroll 4
        for (std::size_t o = 0; o < static_cast<std::size_t>(octets); ++o) {
            finish_octet(tile, r, o, dots[r] + o * octet_vectors, limits);
        }
    }
}

// Calls function(begin, end) for every batch of octets, in the order in which they are packed; they
// differ by one octet at most.
template <class Function>
inline void for_batches(std::size_t n_centers, const Function& function) {
    const std::size_t n_octets = (n_centers + octet - 1) / octet;
    const std::size_t n_batches = (n_octets + tile_octets - 1) / tile_octets;
    for (std::size_t g = 0; g < n_batches; ++g) {
        function(g * n_octets / n_batches, (g + 1) * n_octets / n_batches);
    }
}

// Batch by batch, so that its centers stay in the near cache while all rows pass. The next rows are
// fetched in the first of these passes only.
template <bool exact_products, class T>
inline void expand_all(const RowBlockView& rows, const CenterOctets& centers,
                       const ExpansionLimits& limits, T* out, std::uint8_t* doubtful) {
    const std::size_t d = centers.n_features, k = centers.n_centers;
    const std::size_t n_octets = (k + octet - 1) / octet;
    for_batches(k, [&](std::size_t begin, std::size_t end) {
        // Octets of a batch lie feature by feature, so that its centers begin at c * d, whatever
        // the batch's size.
        const std::size_t c = begin * octet;
        for (std::size_t r = 0; r < rows.n_rows; r += static_cast<std::size_t>(tile_rows)) {
            const Tile<T> tile{rows.values + r * rows.padded,
                               rows.squares + r,
                               rows.n_rows - r,
                               rows.padded,
                               centers.values + c * d,
                               centers.squares + c,
                               k - c,
                               out + r * k + c,
                               k,
                               doubtful + r * n_octets + begin,
                               n_octets,
                               rows.next + r * rows.row_bytes,
                               begin == 0 ? rows.row_bytes * tile_rows / d : 0};
            // As many octets as the batch has, as a constant.
            const auto expand = [&]<bool half_empty>() {
                if constexpr (tile_octets > 1) {
                    if (end - begin == 3) {
                        return expand_tile<exact_products, half_empty, 3>(tile, d, limits);
                    }
                    if (end - begin == 2) {
                        return expand_tile<exact_products, half_empty, 2>(tile, d, limits);
                    }
                }
                expand_tile<exact_products, half_empty, 1>(tile, d, limits);
            };
            if (k + octet / 2 <= end * octet) {
                expand.template operator()<true>();
            } else {
                expand.template operator()<false>();
            }
        }
    });
}

// See DistanceKernels::expanded.
template <class T>
void expanded_distances(const RowBlockView& rows, const CenterOctets& centers,
                        const ExpansionLimits& limits, T* out, std::uint8_t* doubtful) {
    if constexpr (sizeof(T) == 4) {
        if (limits.exact_products) {
            return expand_all<true>(rows, centers, limits, out, doubtful);
        }
    }
    expand_all<false>(rows, centers, limits, out, doubtful);
}
