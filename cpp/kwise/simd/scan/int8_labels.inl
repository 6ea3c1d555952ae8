// Rows and centers in int8, for labels of rows that are seen once; see filters/int8_filter.hpp.
// Included by kernels.inl.
//
// Four values share a 32-bit lane. Rows have a sign; centers are stored plus 128, which adds the
// same to all sums of a row, and so changes no rank.

// sum + the four products of a lane: unsigned bytes of c, signed ones of x.
inline Index<float> add_byte_products(Index<float> sum, Index<float> x, Index<float> c) {
#if defined(__AVX512VNNI__)
    return (Index<float>)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)c, (__m512i)x);
#else
    // Bytes are sign extended by shifts, or cut off by masks.
    const Index<float> byte = broadcast_index<float>(255);
    sum += ((x << 24) >> 24) * (c & byte) + ((x << 16) >> 24) * ((c >> 8) & byte);
    return sum + ((x << 8) >> 24) * ((c >> 16) & byte) + (x >> 24) * ((c >> 24) & byte);
#endif
}

// The last byte of every lane. g++ 12 takes a vector apart to convert it so.
inline void store_bytes(Index<float> v, std::int8_t* to) {
#if defined(__AVX512F__)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8((__m512i)v));
#else
    for (int lane = 0; lane < lanes<float>; ++lane) to[lane] = static_cast<std::int8_t>(v[lane]);
#endif
}

// See PackKernels::int8_panel. Rows are read twice, the second time from the first-level cache.
template <class T>
bool quantize_int8_panel(const RowView<T>& rows, std::size_t first, std::size_t count,
                         const Int8Centers& centers, const Int8Store& to) {
    // Added to a number below 2^22 it rounds to integers, whose last byte is the last of the sum.
    const Vector<float> magic = broadcast(0x1.8p23f);
    const std::size_t d = rows.n_features;
    bool finite = true;
    for (std::size_t r = 0; r < count; ++r) {
        const T* const from = row_of(rows, first + r);
        Vector<float> peaks{}, squares{};
        for_blocks(d, [&](std::size_t i, std::size_t end) {
            __builtin_prefetch(from + i + 8192 / sizeof(T));
            const Vector<float> values = read_block(from, rows.shift, i, end);
            peaks = larger(peaks, absolute(values));
            squares = multiply_add(values, values, squares);
        });
        const float norm = norm_bound(squares, d);
        finite = finite && norm < __builtin_inff();
        float factor = largest_of(peaks) * ((1.0f + 0x1p-20f) / 127.0f);
        factor = factor > centers.least_factor ? factor : centers.least_factor;
        // Of other rows nothing is certain.
        const bool fits = factor <= 0x1p50f && norm <= 0x1p56f;
        const float inverse = fits ? 1.0f / factor : 0.0f;
        to.inverse[r] = inverse;
        to.norms[r] = norm;
        const float by_norm = centers.gap_of_norm + norm * centers.gap_of_square;
        to.gaps[r] = fits ? centers.gap + inverse * (norm * by_norm + centers.gap_of_unit)
                          : __builtin_inff();
        std::int8_t* const values = to.values + r * to.stride;
        for_blocks(d, [&](std::size_t i, std::size_t end) {
            const Vector<float> sum =
                multiply_add(read_block(from, rows.shift, i, end), broadcast(inverse), magic);
            store_bytes((Index<float>)sum, values + i);
        });
    }
    return finite;
}

// Scores of G centers for one strip, ranked and kept: sums of products less the centers' constants,
// in units of the rows' factors.
template <int G>
inline void rank_int8_block(const std::int32_t* strip, const float* inverse,
                            const Int8Centers& centers, const std::int32_t* words,
                            std::int32_t first, std::int32_t* scores, Int8Top2& top) {
    Index<float> sums[G][strip_vectors];
#pragma GCC unroll 8
    for (int g = 0; g < G; ++g) {
        for (int v = 0; v < strip_vectors; ++v) {
            sums[g][v] = start_int8(centers.constants[first + g], inverse + v * lanes<float>);
        }
    }
    for (std::size_t w = 0; w < centers.n_words; ++w, strip += panel_rows, words += G) {
        Index<float> x[strip_vectors];
        for (int v = 0; v < strip_vectors; ++v) x[v] = load_index(strip + v * lanes<float>);
#pragma GCC unroll 8
        for (int g = 0; g < G; ++g) {
            const Index<float> word = broadcast_index<float>(words[g]);
#pragma GCC unroll 2
            for (int v = 0; v < strip_vectors; ++v) {
                sums[g][v] = add_byte_products(sums[g][v], x[v], word);
            }
        }
    }
#pragma GCC unroll 8
    for (int g = 0; g < G; ++g, scores += panel_rows) {
#pragma GCC unroll 2
        for (int v = 0; v < strip_vectors; ++v) {
            rank_int8(sums[g][v], first + g, centers.number_bits, v, scores, top);
        }
    }
}

// All centers for one strip; `scores` and `inverse` begin at its first row.
inline void top2_int8(const std::int32_t* strip, const float* inverse, const Int8Centers& centers,
                      std::int32_t* scores, Int8Top2& top) {
    const std::int32_t* words = centers.words;
    std::int32_t first = 0;
    for (std::size_t b = 0; b < centers.n_blocks; ++b) {
        const std::size_t size = centers.block_sizes[b];
        const auto run = [&]<int G>() {
            rank_int8_block<G>(strip, inverse, centers, words, first,
                               scores + static_cast<std::size_t>(first) * panel_rows, top);
        };
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
        words += size * centers.n_words;
        first += static_cast<std::int32_t>(size);
    }
}

// One bit a lane: a >= b.
inline std::uint32_t at_least_bits(Index<float> a, Index<float> b) {
#if defined(__AVX512F__)
    return bits_of(_mm512_cmpge_epi32_mask((__m512i)a, (__m512i)b));
#else
    return unequal_bits(a >= b, Index<float>{});
#endif
}

// See Kernels::label_int8.
std::uint32_t label_int8(const std::int32_t* panel, std::size_t count, const float* inverse,
                         const float* gaps, const Int8Centers& centers, std::int32_t* scores,
                         std::int32_t* labels, std::int32_t* floors) {
    std::uint32_t uncertain = 0;
    for (std::size_t row = 0; row < panel_rows; row += strip_rows) {
        Int8Top2 top = no_int8_top2();
        top2_int8(panel + row, inverse + row, centers, scores + row, top);
        uncertain |= label_strip(top, gaps + row, centers.number_bits, labels + row, floors + row)
                     << row;
    }
    return set_floors(uncertain, count, gaps, floors);
}

// See Kernels::list_pairs.
std::size_t list_pairs(const std::int32_t* scores, std::size_t n_centers,
                       const std::int32_t* floors, std::size_t most, std::uint32_t* pairs) {
    constexpr std::size_t width = lanes<float>;
    std::size_t n = 0;
    for (std::size_t c = 0; c < n_centers && n <= most; ++c, scores += panel_rows) {
        std::uint32_t bits = 0;
        for (std::size_t r = 0; r < panel_rows; r += width) {
            bits |= at_least_bits(load_index(scores + r), load_index(floors + r)) << r;
        }
        for (; bits != 0; bits &= bits - 1) {
            pairs[n++] = static_cast<std::uint32_t>(c) << 5 |
                         static_cast<std::uint32_t>(__builtin_ctz(bits));
        }
    }
    return n;
}

// See ScanKernels::top2_pairs. Two sums a lane, each of every second block of features, so that
// fewer roundings meet in one than pack_row_major counts.
template <class T>
void top2_pairs(const RowView<T>& rows, std::size_t first, const std::uint32_t* pairs,
                std::size_t n, const RowMajorCenters& centers, const float* norms,
                const Top2Target& to) {
    for (std::size_t r = 0; r < panel_rows; ++r) {
        to.best[r] = to.second[r] = __builtin_inff();
        to.index[r] = 0;
    }
    const std::size_t d = rows.n_features;
    for (std::size_t p = 0; p < n; ++p) {
        const std::size_t r = pairs[p] & 31u, c = pairs[p] >> 5;
        const T* const from = row_of(rows, first + r);
        const float* const coefficients = centers.coefficients + c * centers.stride;
        Vector<float> even{}, odd{};
        const auto add = [&](Vector<float>& sum, std::size_t i, std::size_t end) {
            const Vector<float> x = read_block(from, rows.shift, i, end);
            sum = multiply_add(x, load(coefficients + i), sum);
        };
        std::size_t i = 0;
        for (; i + 2 * block <= d; i += 2 * block) {
            add(even, i, i + block);
            add(odd, i + block, i + 2 * block);
        }
        for (; i < d; i += block) add(even, i, i + block < d ? i + block : d);
        const float score = coefficients[-1] + sum_of(even + odd) + norms[r] * coefficients[d];
        // Rows with values that are not finite have no score that is less, and stay uncertain.
        if (score < to.best[r]) {
            to.second[r] = to.best[r];
            to.best[r] = score;
            to.index[r] = static_cast<std::int32_t>(c);
        } else if (score < to.second[r]) {
            to.second[r] = score;
        }
    }
}
