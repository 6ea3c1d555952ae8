// Rows in scaled int16 and their filter; see data/scaled_int16_rows.hpp. Included by kernels.inl.
//
// Two int16 values share a 32-bit lane, so that one instruction multiplies both and adds them up.
// Sums are exact, hence the same on every instruction set.

// a + b in every lane, modulo 2^32: rows that hold no number are any words, and are looked at
// again.
inline Index<float> add_words(Index<float> a, Index<float> b) {
    using Words = std::uint32_t __attribute__((vector_size(sizeof(Index<float>))));
    return (Index<float>)((Words)a + (Words)b);
}

// sum + x.low * c.low + x.high * c.high in every lane, modulo 2^32; exact where the true sum fits.
// x.low * c.low + x.high * c.high itself must fit: -2^15 squared twice would not, which no
// quantizer makes.
inline Index<float> add_pair_products(Index<float> sum, Index<float> x, Index<float> c) {
    // VNNI fuses the addition; on machines without these instructions plain integers do the same,
    // sign extended by shifts.
#if defined(__AVX512VNNI__)
    return (Index<float>)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)x, (__m512i)c);
#elif defined(__AVX512BW__)
    return add_words(sum, (Index<float>)_mm512_madd_epi16((__m512i)x, (__m512i)c));
#elif defined(__AVX2__)
    return add_words(sum, (Index<float>)_mm256_madd_epi16((__m256i)x, (__m256i)c));
#elif defined(__SSE2__)
    return add_words(sum, (Index<float>)_mm_madd_epi16((__m128i)x, (__m128i)c));
#elif defined(KWISE_NEON)
    const int16x8_t a = (int16x8_t)x, b = (int16x8_t)c;
    const int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
    return add_words(sum, (Index<float>)vpaddq_s32(low, vmull_high_s16(a, b)));
#else
    const Index<float> low = ((x << 16) >> 16) * ((c << 16) >> 16), high = (x >> 16) * (c >> 16);
    return add_words(sum, add_words(low, high));
#endif
}

// Certain lower bounds of the scores of G centers for one strip, ranked: factor * (row's factor *
// sum) + slope * norm + constant, where slope * norm takes off the error band. `pairs` are the
// words of the block, one center's beside another's; `first` is the number of its first center.
template <int G>
inline void top2_scaled_int16_block(const std::int32_t* strip, const float* factors,
                                    const float* norms, const ScaledInt16Centers& centers,
                                    const std::int32_t* pairs, std::int32_t first,
                                    Top2<float>& top) {
    // From zero: the constant joins in float32.
    Index<float> sums[G][strip_vectors] = {};
    for (std::size_t p = 0; p < centers.n_words; ++p, strip += panel_rows, pairs += G) {
        Index<float> x[strip_vectors];
        for (int v = 0; v < strip_vectors; ++v) x[v] = load_index(strip + v * lanes<float>);
#pragma GCC unroll 8
        for (int g = 0; g < G; ++g) {
            const Index<float> pair = broadcast_index<float>(pairs[g]);
#pragma GCC unroll 2
            for (int v = 0; v < strip_vectors; ++v) {
                sums[g][v] = add_pair_products(sums[g][v], x[v], pair);
            }
        }
    }
    // Products are exact integers until here. From here on float32, with each operation's rounding
    // in the filter's bands.
#pragma GCC unroll 8
    for (int g = 0; g < G; ++g) {
        const float factor = centers.scores.factor[first + g];
        const float slope = centers.scores.slope[first + g];
        const float constant = centers.scores.constant[first + g];
        const Index<float> center = broadcast_index<float>(first + g);
#pragma GCC unroll 2
        for (int v = 0; v < strip_vectors; ++v) {
            // Converting rounds sums beyond 2^24; score_error of the filter counts that with the
            // other float32 roundings.
            const Vector<float> product = __builtin_convertvector(sums[g][v], Vector<float>) *
                                          load(factors + v * lanes<float>);
            const Vector<float> others =
                multiply_add(load(norms + v * lanes<float>), broadcast(slope), broadcast(constant));
            const Vector<float> lower = multiply_add(product, broadcast(factor), others);
            top.second[v] = smaller(top.second[v], larger(top.best[v], lower));
            keep_smaller(lower, center, top.best[v], top.index[v]);
        }
    }
}

// See Kernels::top2_scaled_int16.
void top2_scaled_int16(const std::int32_t* panel, const float* factors, const float* norms,
                       const ScaledInt16Centers& centers, float* best, float* second,
                       std::int32_t* index) {
    // A strip at a time, all blocks of centers past it, so that its words stay in the first-level
    // cache.
    for (std::size_t row = 0; row < panel_rows; row += strip_rows) {
        // As top2_strip; rows whose norm is infinite get scores of -infinity for all, so that
        // nothing is certain of them.
        Top2<float> top;
        for (int v = 0; v < strip_vectors; ++v) {
            top.best[v] = top.second[v] = broadcast(__builtin_inff());
            top.index[v] = Index<float>{};
        }
        const std::int32_t* pairs = centers.words;
        std::int32_t first = 0;
        const auto run = [&]<int G>() {
            top2_scaled_int16_block<G>(panel + row, factors + row, norms + row, centers, pairs,
                                       first, top);
        };
        for (std::size_t b = 0; b < centers.n_blocks; ++b) {
            const std::size_t size = centers.block_sizes[b];
            switch (size) {
                case 1:
                    run.template operator()<1>();
                    break;
                case 2:
                    run.template operator()<2>();
                    break;
                case 3:
                    run.template operator()<3>();
                    break;
                case 4:
                    run.template operator()<4>();
                    break;
#if defined(KWISE_MANY_REGISTERS)
                case 5:
                    run.template operator()<5>();
                    break;
                case 6:
                    run.template operator()<6>();
                    break;
                case 7:
                    run.template operator()<7>();
                    break;
                case 8:
                    run.template operator()<8>();
                    break;
#endif
            }
            pairs += size * centers.n_words;
            first += static_cast<std::int32_t>(size);
        }
        for (int v = 0; v < strip_vectors; ++v) {
            const std::size_t at = row + static_cast<std::size_t>(v * lanes<float>);
            store(best + at, top.best[v]);
            store(second + at, top.second[v]);
            __builtin_memcpy(index + at, &top.index[v], sizeof top.index[v]);
        }
    }
}

// Turns the rows' words: panel[word * 32 + row]. Reads and writes n_words made a multiple of a
// vector's lanes, 16 at most: stores and panels have that room. All 32 of `listed` are read. Words
// travel as float32 lanes, which shuffles move bit by bit.
void gather_scaled_int16(const std::int16_t* values, std::size_t stride, std::size_t n_words,
                         const std::uint32_t* listed, std::int32_t* panel) {
    constexpr std::size_t width = lanes<float>;
    // A square of rows and words: read row by row, where they are stored, written word by word.
    for (std::size_t strip = 0; strip < panel_rows; strip += width) {
        for (std::size_t word = 0; word < n_words; word += width) {
            Vector<float> square[width];
#pragma GCC unroll 16
            for (std::size_t r = 0; r < width; ++r) {
                __builtin_memcpy(&square[r], values + listed[strip + r] * stride + 2 * word,
                                 sizeof square[r]);
            }
            transpose(square);
#pragma GCC unroll 16
            for (std::size_t i = 0; i < width; ++i) {
                __builtin_memcpy(panel + (word + i) * panel_rows + strip, &square[i],
                                 sizeof square[i]);
            }
        }
    }
}

// Up to quantized_rows rows as float32, padded with zeros to `stride`, a multiple of `block`; adds
// to the statistics. So few rows stay in the first-level cache until they are rounded.
constexpr std::size_t quantized_rows = 8;

template <class T>
inline void load_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
                      std::size_t stride, float* out, const PackStatistics<T>& statistics) {
    const std::size_t d = rows.n_features;
    // Feature blocks outside, rows inside: statistics of a block stay in registers.
    for (std::size_t i0 = 0; i0 < d; i0 += block) {
        const std::size_t width = d - i0 < block ? d - i0 : block;
        BlockStatistics<T> kept(&statistics, i0, width, rows.shift);
        for (std::size_t r = 0; r < count; ++r) {
            const T* const from =
                rows.data + static_cast<std::ptrdiff_t>(first + r) * rows.row_stride + i0;
            __builtin_prefetch(from + 8 * block);  // more streams than hardware follows
            const RowBlock<T> shifted = kept.take(load_block(from, width), rows.shift);
            store(out + r * stride + i0, to_floats(shifted));
        }
        kept.keep();
    }
}

// Sums and the largest of lanes, in any order: for bounds only, since the last bit depends on the
// instruction set.
#if defined(__AVX512F__)
inline float sum_of(Vector<float> v) {
    return _mm512_reduce_add_ps((__m512)v);
}
inline double sum_of(Vector<double> v) {
    return _mm512_reduce_add_pd((__m512d)v);
}
inline float largest_of(Vector<float> v) {
    return _mm512_reduce_max_ps((__m512)v);
}
#else
template <class V>
inline auto sum_of(V v) {
    auto sum = v[0];
    for (std::size_t lane = 1; lane < sizeof v / sizeof v[0]; ++lane) sum += v[lane];
    return sum;
}
inline float largest_of(Vector<float> v) {
    float largest = v[0];
    for (int lane = 1; lane < lanes<float>; ++lane) largest = v[lane] > largest ? v[lane] : largest;
    return largest;
}
#endif

// Rounds a padded row to multiples of `factor`; the sum of squared errors in those units. Writes
// n_features made even and no more: the next row may be another thread's. The factor keeps every
// value within 16 bits.
inline float round_row(const float* row, std::size_t n_features, float factor,
                       std::int16_t* values) {
    constexpr std::size_t width = lanes<float>;
    // Adding and subtracting it rounds to integers.
    const Vector<float> magic = broadcast(0x1.8p23f), inverse = broadcast(1.0f / factor);
    Vector<float> squares{};
    // An odd last feature has a zero beside it, which the padding of `row` gives.
    const std::size_t stored = (n_features + 1) / 2 * 2;
    for (std::size_t i = 0; i < stored; i += width) {
        // The product with the inverse, not the quotient: a division a value would cost more than
        // the rest.
        const Vector<float> exact = load(row + i) * inverse;
        const Vector<float> rounded = (exact + magic) - magic;
        const Vector<float> error = exact - rounded;
        squares += error * error;
        const Shorts shorts =
            __builtin_convertvector(__builtin_convertvector(rounded, Index<float>), Shorts);
        if (stored - i >= width) {
            __builtin_memcpy(values + i, &shorts, sizeof shorts);
        } else {
            __builtin_memcpy(values + i, &shorts, (stored - i) * sizeof(std::int16_t));
        }
    }
    return sum_of(squares);
}

// Squares are added in float64, for norms that are tight bounds.
inline void add_both_halves(Vector<float> values, Vector<double>& squares) {
    for (int h = 0; h < 2; ++h) {
        const Vector<double> half = half_of(RowBlock<float>{{values}}, h);
        squares += half * half;
    }
}

// One row, padded with zeros, to scaled int16; returns its |rounding error| / |row|, rounded up.
// The norm written is an upper bound.
inline float quantize_scaled_int16_row(const float* row, std::size_t n_features, std::size_t r,
                                       const ScaledInt16Store& to) {
    Vector<double> squares{};
    Vector<float> peaks{};
    for (std::size_t i = 0; i < n_features; i += lanes<float>) {
        // One pass for both, in float64 where it bounds the norm.
        const Vector<float> x = load(row + i);
        peaks = larger(peaks, absolute(x));
        add_both_halves(x, squares);
    }
    const double norm = __builtin_sqrt(sum_of(squares));
    // The larger of two factors: one keeps the norm below the limit, so that no sum of products
    // overflows (data/scaled_int16_rows.hpp), one each value within 16 bits. Rounded up.
    const double by_peak = static_cast<double>(largest_of(peaks)) / 32766.0;
    const double by_norm = norm / to.norm_limit;
    const float factor =
        static_cast<float>((by_norm > by_peak ? by_norm : by_peak) * (1.0 + 0x1p-22));
    std::int16_t* const values = to.values + r * to.stride;
    // Also where the norm is no number: comparisons fail.
    if (!(factor >= 0x1p-100f && factor <= 0x1p100f)) {
        // Zero rows are exact; what float32 cannot hold is left to finer filters.
        __builtin_memset(values, 0, to.stride * sizeof(std::int16_t));
        to.factors[r] = 0.0f;
        to.norms[r] = norm == 0.0 ? 0.0f : __builtin_inff();
        return 0.0f;
    }
    to.factors[r] = factor;
    to.norms[r] = static_cast<float>(norm * (1.0 + 0x1p-22));
    // 2^-10 covers the float32 sum of squared errors; 2^-21 of the norm covers the roundings of the
    // inverse and its products, which the measured error does not see.
    const double error =
        __builtin_sqrt(static_cast<double>(round_row(row, n_features, factor, values))) *
        static_cast<double>(factor) * (1.0 + 0x1p-10);
    return static_cast<float>((error / norm + 0x1p-21) * (1.0 + 0x1p-22));
}

// See PackKernels::scaled_int16. Places in the store are row numbers of the view.
template <class T>
float quantize_scaled_int16(const RowView<T>& rows, std::size_t first, std::size_t n,
                            float* scratch, const PackStatistics<T>& statistics,
                            const ScaledInt16Store& to) {
    const std::size_t stride = (rows.n_features + 15) / 16 * 16;
    float worst = 0.0f;
    // Rows in the caller's order: `worst` is a maximum, so that chunks may be packed in any.
    for (std::size_t start = first; start < first + n; start += quantized_rows) {
        const std::size_t left = first + n - start;
        const std::size_t count = left < quantized_rows ? left : quantized_rows;
        load_rows(rows, start, count, stride, scratch, statistics);
        for (std::size_t r = 0; r < count; ++r) {
            const float ratio =
                quantize_scaled_int16_row(scratch + r * stride, rows.n_features, start + r, to);
            worst = ratio > worst ? ratio : worst;
        }
    }
    return worst;
}
