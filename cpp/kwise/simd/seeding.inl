// Kernels of seeding: scores of trials over rows in whole numbers, and exact distances of listed
// rows. Included by kernels.inl.

// Sums of products of the pairs of 16-bit numbers in each word, added to `sum`.
inline Index<float> add_products(Index<float> sum, Index<float> a, Index<float> b) {
#if defined(__AVX512VNNI__)
    return (Index<float>)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#elif defined(__AVX512F__)
    return sum + (Index<float>)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    return sum + (Index<float>)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__x86_64__)
    return sum + (Index<float>)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
    const Index<float> half = broadcast_index<float>(16);
    return sum + ((a << half) >> half) * ((b << half) >> half) + (a >> half) * (b >> half);
#endif
}

// One bit a lane: a > 0.
inline std::uint32_t positive_bits(Index<float> a) {
#if defined(__AVX512F__)
    return _mm512_cmpgt_epi32_mask((__m512i)a, _mm512_setzero_si512());
#elif defined(__AVX2__)
    return static_cast<std::uint32_t>(_mm256_movemask_ps(
        (__m256)_mm256_cmpgt_epi32((__m256i)a, _mm256_setzero_si256())));
#else
    std::uint32_t bits = 0;
    for (int lane = 0; lane < lanes<float>; ++lane) {
        bits |= static_cast<std::uint32_t>(a[lane] > 0) << lane;
    }
    return bits;
#endif
}

// Gains of G trials for one panel; words, constants, gains and bits are those of the first.
template <int G>
inline void trial_gains_group(const std::int32_t* panel, std::size_t n_pairs,
                              const std::int32_t* words, const std::int32_t* constants,
                              const std::int32_t* limits, const float* weights, float* gains,
                              std::uint32_t* bits) {
    const Index<float> zero{};
    for (int g = 0; g < G; ++g) bits[g] = 0;
    for (std::size_t row = 0; row < panel_rows; row += strip_vectors * lanes<float>) {
        Index<float> scores[G][strip_vectors];
        for (int g = 0; g < G; ++g) {
            for (int v = 0; v < strip_vectors; ++v) {
                scores[g][v] = broadcast_index<float>(constants[g]);
            }
        }
        for (std::size_t pair = 0; pair < n_pairs; ++pair) {
            Index<float> x[strip_vectors];
            for (int v = 0; v < strip_vectors; ++v) {
                x[v] = load_index(panel + pair * panel_rows + row +
                                  static_cast<std::size_t>(v * lanes<float>));
            }
#pragma GCC unroll 8
            for (int g = 0; g < G; ++g) {
                const Index<float> word =
                    broadcast_index<float>(words[pair * trial_group + static_cast<std::size_t>(g)]);
#pragma GCC unroll 2
                for (int v = 0; v < strip_vectors; ++v) {
                    scores[g][v] = add_products(scores[g][v], x[v], word);
                }
            }
        }
        for (int v = 0; v < strip_vectors; ++v) {
            const std::size_t at = row + static_cast<std::size_t>(v * lanes<float>);
            const Index<float> limit = load_index(limits + at);
            for (int g = 0; g < G; ++g) {
                const Index<float> whole = scores[g][v] + limit;
                const std::uint32_t nearer = positive_bits(whole);
                if (nearer == 0) continue;
                bits[g] |= nearer << at;
                Vector<float> gain =
                    larger((Vector<float>)zero, __builtin_convertvector(whole, Vector<float>));
                if (weights != nullptr) gain *= load(weights + at);
                float* const total = gains + static_cast<std::size_t>(g) * panel_rows + at;
                store(total, load(total) + gain);
            }
        }
    }
}

void trial_gains(const std::int32_t* panel, std::size_t n_pairs, const WholeTrials& trials,
                 std::uint32_t wanted, const std::int32_t* limits, const float* weights,
                 float excess, float* gains, float* excesses, std::uint32_t* bits) {
    const auto run = [&]<int G>(std::size_t t) {
        trial_gains_group<G>(panel, n_pairs, trials.words + t, trials.constants + t, limits,
                             weights, gains + t * panel_rows, bits + t);
    };
    const bool most =
        2 * static_cast<std::size_t>(__builtin_popcount(wanted)) >= trials.count;
    for (std::size_t t = 0, size = 1; t < trials.count; t += size) {
        const std::size_t left = trials.count - t;
        size = most ? (left < group_limit ? left : group_limit) : 1;
        if ((wanted >> t & ((1u << size) - 1u)) == 0) continue;
        switch (size) {
            case 1:
                run.template operator()<1>(t);
                break;
            case 2:
                run.template operator()<2>(t);
                break;
            case 3:
                run.template operator()<3>(t);
                break;
            case 4:
                run.template operator()<4>(t);
                break;
#if defined(__AVX512F__)
            case 5:
                run.template operator()<5>(t);
                break;
            case 6:
                run.template operator()<6>(t);
                break;
            case 7:
                run.template operator()<7>(t);
                break;
            case 8:
                run.template operator()<8>(t);
                break;
#endif
        }
        for (std::size_t g = t; g < t + size; ++g) {
            excesses[g] += excess * static_cast<float>(__builtin_popcount(bits[g]));
        }
    }
}

// Whole numbers up to 2^22, to the nearest.
inline Vector<float> round_whole(Vector<float> v) {
    const Vector<float> unit = broadcast(0x1.8p23f);
    return (v + unit) - unit;
}

float whole_panel(const float* panel, std::size_t n_features, const float* offset, float scale,
                  std::int32_t* words, std::int32_t* half_squares) {
    Vector<float> largest{};
    for (std::size_t row = 0; row < panel_rows; row += lanes<float>) {
        Index<float> square{};
        Vector<float> error{};
        for (std::size_t i = 0; i < n_features; i += 2) {
            Index<float> parts[2] = {};
            for (std::size_t j = 0; j < 2 && i + j < n_features; ++j) {
                const Vector<float> scaled =
                    (load(panel + (i + j) * panel_rows + row) - broadcast(offset[i + j])) *
                    broadcast(scale);
                const Vector<float> whole = round_whole(scaled);
                error += (scaled - whole) * (scaled - whole);
                parts[j] = __builtin_convertvector(whole, Index<float>);
            }
            const Index<float> word = (parts[0] & 0xffff) | (parts[1] << 16);
            square = add_products(square, word, word);
            __builtin_memcpy(words + i / 2 * panel_rows + row, &word, sizeof word);
        }
        square = square >> 1;
        __builtin_memcpy(half_squares + row, &square, sizeof square);
        largest = larger(largest, error);
    }
    float worst = 0.0f;
    for (int lane = 0; lane < lanes<float>; ++lane) {
        worst = largest[lane] > worst ? largest[lane] : worst;
    }
    return worst;
}

std::uint64_t near_boxes(const BoxesView& boxes, const float* trial) {
    constexpr std::size_t n_boxes = 64;
    const Vector<float> zero{};
    std::uint64_t near = 0;
    for (std::size_t b = 0; b < n_boxes; b += lanes<float>) {
        Vector<float> square{};
        for (std::size_t i = 0; i < boxes.n_features; ++i) {
            const Vector<float> at = broadcast(trial[i]);
            const Vector<float> outside =
                larger(zero, larger(load(boxes.lowest + i * boxes.stride + b) - at,
                                    at - load(boxes.highest + i * boxes.stride + b)));
            square += outside * outside;
        }
        near |= static_cast<std::uint64_t>(less_bits(square, load(boxes.reach + b))) << b;
    }
    return near;
}

// One block of 8 values of the view's type as float64, less the shift in that type.
template <class T>
inline void load_lanes(const T* from, const T* shift, Vector<double>* lane) {
    typedef T Part __attribute__((vector_size(sizeof(T) * lanes<double>)));
    for (std::size_t v = 0; v < lane_count / lanes<double>; ++v) {
        Part part, less{};
        __builtin_memcpy(&part, from + v * lanes<double>, sizeof part);
        if (shift != nullptr) {
            __builtin_memcpy(&less, shift + v * lanes<double>, sizeof less);
            part -= less;
        }
        lane[v] = __builtin_convertvector(part, Vector<double>);
    }
}

template <class T>
inline double listed_distance(const T* row, const T* shift, std::size_t d, const double* center) {
    constexpr std::size_t n_vectors = lane_count / lanes<double>;
    Vector<double> sum[n_vectors] = {};
    const auto add = [&](const T* from, const T* less, const double* to) {
        Vector<double> value[n_vectors];
        load_lanes(from, less, value);
        for (std::size_t v = 0; v < n_vectors; ++v) {
            const Vector<double> difference = value[v] - load(to + v * lanes<double>);
            sum[v] += difference * difference;
        }
    };
    std::size_t i = 0;
    for (; i + lane_count <= d; i += lane_count) {
        add(row + i, shift == nullptr ? nullptr : shift + i, center + i);
    }
    if (i < d) {
        T rest[lane_count] = {};
        for (std::size_t l = 0; i + l < d; ++l) {
            rest[l] = shift == nullptr ? row[i + l] : row[i + l] - shift[i + l];
        }
        add(rest, nullptr, center + i);
    }
    double lane[lane_count];
    for (std::size_t v = 0; v < n_vectors; ++v) store(lane + v * lanes<double>, sum[v]);
    return fold(lane);
}

// Rows of few features (D of them) go value by value; lanes that stay zero change no sum.
template <class T, int D>
void short_distances(const RowView<T>& rows, const std::uint32_t* list, std::size_t n,
                     const double* center, double* distances) {
    for (std::size_t j = 0; j < n; ++j) {
        const T* value = rows.data + static_cast<std::ptrdiff_t>(list[j]) * rows.row_stride;
        double lane[4] = {};
#pragma GCC unroll 4
        for (int i = 0; i < D; ++i, value += rows.column_stride) {
            const T shifted = rows.shift == nullptr ? *value : *value - rows.shift[i];
            const double difference = static_cast<double>(shifted) - center[i];
            lane[i] = difference * difference;
        }
        if constexpr (D == 1) distances[j] = lane[0];
        if constexpr (D == 2) distances[j] = lane[0] + lane[1];
        if constexpr (D == 3) distances[j] = (lane[0] + lane[2]) + lane[1];
        if constexpr (D == 4) distances[j] = (lane[0] + lane[2]) + (lane[1] + lane[3]);
    }
}

template <class T>
void long_distances(const RowView<T>& rows, const std::uint32_t* list, std::size_t n,
                    const double* center, std::size_t padded, double* distances) {
    constexpr std::size_t ahead = 16, line = 64 / sizeof(T), most = 16 * line;
    const std::size_t d = rows.n_features;
    alignas(64) double row[short_row];
    double* const buffer = padded <= short_row ? row : new double[padded];
    for (std::size_t j = 0; j < n; ++j) {
        const T* from = rows.data + static_cast<std::ptrdiff_t>(list[j]) * rows.row_stride;
        if (rows.column_stride != 1) {
            read_row(rows, list[j], buffer);
            distances[j] = canonical_row(buffer, center, padded);
            continue;
        }
        if (j + ahead < n) {
            const T* next =
                rows.data + static_cast<std::ptrdiff_t>(list[j + ahead]) * rows.row_stride;
            for (std::size_t i = 0; i < d && i < most; i += line) __builtin_prefetch(next + i);
        }
        distances[j] = listed_distance(from, rows.shift, d, center);
    }
    if (buffer != row) delete[] buffer;
}

template <class T>
void listed_distances(const RowView<T>& rows, const std::uint32_t* list, std::size_t n,
                      const double* center, std::size_t padded, double* distances) {
    switch (rows.n_features) {
        case 1:
            return short_distances<T, 1>(rows, list, n, center, distances);
        case 2:
            return short_distances<T, 2>(rows, list, n, center, distances);
        case 3:
            return short_distances<T, 3>(rows, list, n, center, distances);
        case 4:
            return short_distances<T, 4>(rows, list, n, center, distances);
        default:
            return long_distances(rows, list, n, center, padded, distances);
    }
}

// Lists of rows: the places whose bit is set, or the rows that stand there.
std::size_t list_rows(const std::uint32_t* bits, std::size_t stride, std::size_t n_panels,
                      const std::uint32_t* rows, std::uint32_t first, std::uint32_t* list) {
    std::size_t n = 0;
    for (std::size_t p = 0; p < n_panels; ++p) {
        std::uint32_t left = bits[p * stride];
        const std::uint32_t place = first + static_cast<std::uint32_t>(p * panel_rows);
#if defined(__AVX512F__)
        const __m512i steps =
            _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        for (std::uint32_t half = 0; half < panel_rows; half += 16, left >>= 16) {
            const __mmask16 mask = static_cast<__mmask16>(left);
            const __m512i here =
                rows != nullptr
                    ? _mm512_loadu_si512(rows + p * panel_rows + half)
                    : _mm512_add_epi32(steps, _mm512_set1_epi32(static_cast<int>(place + half)));
            _mm512_storeu_si512(list + n, _mm512_maskz_compress_epi32(mask, here));
            n += static_cast<std::size_t>(__builtin_popcount(mask));
        }
#else
        for (; left != 0; left &= left - 1) {
            const auto lane = static_cast<std::uint32_t>(__builtin_ctz(left));
            list[n++] = rows != nullptr ? rows[p * panel_rows + lane] : place + lane;
        }
#endif
    }
    return n;
}

// Sets the rows of the bits to the smaller of old and new distance; returns those that fell.
template <class T>
std::uint32_t keep_nearer(std::uint32_t bits, const std::uint32_t* list, const double* distances,
                          T* nearest, std::uint8_t* stale) {
    std::uint32_t nearer = 0;
    for (std::size_t j = 0; bits != 0; bits &= bits - 1, ++j) {
        const std::uint32_t row = list[j];
        const T distance = static_cast<T>(distances[j]), old = nearest[row];
        const bool is_nearer = distance < old;
        nearest[row] = is_nearer ? distance : old;
        nearer |= is_nearer ? bits & -bits : 0u;
        __atomic_store_n(stale + row / panel_rows, std::uint8_t{1}, __ATOMIC_RELAXED);
    }
    return nearer;
}

// The sum of a panel's distances: rows with equal r mod 8 in one lane, lanes folded in halves.
template <class T>
double panel_sum(const T* nearest) {
    constexpr std::size_t n_vectors = lane_count / lanes<double>;
    Vector<double> sum[n_vectors] = {};
    for (std::size_t r = 0; r < panel_rows; r += lane_count) {
        Vector<double> value[n_vectors];
        load_lanes<T>(nearest + r, nullptr, value);
        for (std::size_t v = 0; v < n_vectors; ++v) sum[v] += value[v];
    }
    double lane[lane_count];
    for (std::size_t v = 0; v < n_vectors; ++v) store(lane + v * lanes<double>, sum[v]);
    return fold(lane);
}

float set_limits(const float* nearest, const std::int32_t* half_squares, std::size_t n,
                 float scale, float rho, std::int32_t* limits) {
    const auto reach_of = [&](auto near, auto root, auto one) {
        return (near + one * (2.0f * rho) * root + one * (rho * rho)) * (1.0f + 0x1p-20f);
    };
    constexpr std::size_t width = lanes<float>;
    const Vector<float> ones = broadcast(1.0f);
    Vector<float> farthest{};
    float most = 0.0f;
    std::size_t r = 0;
    for (; r + width <= n; r += width) {
        const Vector<float> near = load(nearest + r) * scale;
        const Vector<float> reach = reach_of(near, square_root(near), ones);
        const Vector<float> half = smaller(0.5f * reach, broadcast(2.0e9f)) + 2.0f;
        const Index<float> limit =
            __builtin_convertvector(half, Index<float>) - load_index(half_squares + r);
        __builtin_memcpy(limits + r, &limit, sizeof limit);
        farthest = larger(farthest, half);
    }
    for (; r < n; ++r) {
        const float near = nearest[r] * scale;
        const float reach = reach_of(near, __builtin_sqrtf(near), 1.0f);
        const float half = (0.5f * reach < 2.0e9f ? 0.5f * reach : 2.0e9f) + 2.0f;
        limits[r] = static_cast<std::int32_t>(half) - half_squares[r];
        most = half > most ? half : most;
    }
    for (int lane = 0; lane < lanes<float>; ++lane) {
        most = farthest[lane] > most ? farthest[lane] : most;
    }
    return 2.0f * most;
}

bool running_sum(const float* values, float start, float* end) {
    std::uint32_t start_bits;
    __builtin_memcpy(&start_bits, &start, sizeof start_bits);
    const std::uint32_t exponent = start_bits >> 23;
    // The unit in the last place of sums between start and the next power of 2, and its inverse.
    if (exponent < 32 || exponent > 220) return false;
    const std::uint32_t unit_bits = (exponent - 23) << 23, inverse_bits = (277 - exponent) << 23;
    float unit, inverse;
    __builtin_memcpy(&unit, &unit_bits, sizeof unit);
    __builtin_memcpy(&inverse, &inverse_bits, sizeof inverse);
    Index<float> sum{};
    Vector<float> largest{}, tie{};
    for (std::size_t i = 0; i < running_block; i += lanes<float>) {
        const Vector<float> scaled = load(values + i) * broadcast(inverse);
        const Vector<float> whole = round_whole(scaled);
        const Vector<float> rest = scaled - whole;
        largest = larger(largest, scaled);
        tie = larger(tie, larger(rest, -rest));
        sum += __builtin_convertvector(whole, Index<float>);
    }
    float total = start * inverse;
    for (int lane = 0; lane < lanes<float>; ++lane) {
        if (!(largest[lane] < 0x1p18f) || !(tie[lane] < 0.5f)) return false;
        total += static_cast<float>(sum[lane]);
    }
    *end = total * unit;
    return total < 0x1p24f;
}
