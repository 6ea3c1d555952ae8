// Kernels of what a taken seed costs: exact distances of listed rows, and sums of what is left.
// Included by kernels.inl.

// Vectors that the eight lanes of a canonical sum take.
constexpr std::size_t lane_vectors = lane_count / lanes<double>;

// One block of 8 values of the view's type as float64, less the shift (null: none) in that type.
// All 8 must be there.
template <class T>
inline void load_lanes(const T* from, const T* shift, Vector<double>* lane) {
    // As many T as a vector has float64 lanes, so that converting gives one vector.
    typedef T Part __attribute__((vector_size(sizeof(T) * lanes<double>)));
    for (std::size_t v = 0; v < lane_vectors; ++v) {
        Part part, less{};
        __builtin_memcpy(&part, from + v * lanes<double>, sizeof part);
        if (shift != nullptr) {
            __builtin_memcpy(&less, shift + v * lanes<double>, sizeof less);
            part -= less;
        }
        lane[v] = widen(part);
    }
}

// The first `count` of 8 values, zeros after them; reads nothing past `count`, where memory may
// end.
template <class T>
inline void load_first(const T* from, std::size_t count, T* to) {
#if defined(__AVX512F__)
    const auto mask = static_cast<__mmask8>((1u << count) - 1u);
    if constexpr (sizeof(T) == 4) {
        _mm256_storeu_ps(to, _mm256_maskz_loadu_ps(mask, from));
    } else {
        _mm512_storeu_pd(to, _mm512_maskz_loadu_pd(mask, from));
    }
    // The masks of float64 are those of float32, widened.
#elif defined(__AVX2__)
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lane);
    if constexpr (sizeof(T) == 4) {
        _mm256_storeu_ps(to, _mm256_maskload_ps(from, mask));
    } else {
        const __m256i low = _mm256_cvtepi32_epi64(_mm256_castsi256_si128(mask));
        const __m256i high = _mm256_cvtepi32_epi64(_mm256_extracti128_si256(mask, 1));
        _mm256_storeu_pd(to, _mm256_maskload_pd(from, low));
        _mm256_storeu_pd(to + 4, _mm256_maskload_pd(from + 4, high));
    }
#else
    for (std::size_t l = 0; l < lane_count; ++l) to[l] = l < count ? from[l] : T(0);
#endif
}

// As load_lanes, of the first `count` values; zeros after them. As canonical sums want them: zero
// less zero adds nothing.
template <class T>
inline void load_some_lanes(const T* from, const T* shift, std::size_t count,
                            Vector<double>* lane) {
    if (count >= lane_count) return load_lanes(from, shift, lane);
    T some[lane_count], less[lane_count];
    load_first(from, count, some);
    if (shift != nullptr) load_first(shift, count, less);
    load_lanes<T>(some, shift == nullptr ? nullptr : less, lane);
}

// Fetches a row's values into the second-level cache: the first has no room for long rows.
template <class T>
inline void fetch_row(const T* from, std::size_t count) {
    for (std::size_t i = 0; i < count; i += 64 / sizeof(T)) __builtin_prefetch(from + i, 0, 2);
}

// How many rows before its turn, of n rows in all, a row should be fetched, some 32 KB ahead:
// hardware alone falls behind where centers or sums are read meanwhile. No more than an eighth of
// the rows, or few would be fetched in time.
template <class T>
inline std::size_t rows_ahead(const RowView<T>& rows, std::size_t n) {
    const std::size_t wanted = 32768 / (rows.n_features * sizeof(T)) + 1;
    return wanted < n / 8 ? wanted : n / 8;
}

// As fold(), of 8 lanes in vectors: the same additions in the same order, lane by lane.
inline double fold_lanes(const Vector<double>* sum) {
    // Halves, quarters, eighths: (a0 + a4) + (a2 + a6) and (a1 + a5) + (a3 + a7), then their sum.
#if defined(__AVX512F__)
    const __m256d quarter = _mm256_add_pd(_mm512_castpd512_pd256((__m512d)sum[0]),
                                          _mm512_extractf64x4_pd((__m512d)sum[0], 1));
#elif defined(__AVX2__)
    const __m256d quarter = (__m256d)(sum[0] + sum[1]);
#endif
#if defined(__AVX2__)
    const __m128d pair =
        _mm_add_pd(_mm256_castpd256_pd128(quarter), _mm256_extractf128_pd(quarter, 1));
    return _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));
#else
    const Vector<double> pair = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    return pair[0] + pair[1];
#endif
}

// The canonical squared distance of one row of the view, read in place (column_stride 1), and a
// center padded with zeros: what canonical_row gives for the row's exact values.
template <class T>
inline double listed_distance(const T* row, const T* shift, std::size_t d, const double* center) {
    Vector<double> sum[lane_vectors] = {};
    // A block of 8 features: subtract, square and add, separately rounded.
    const auto add = [&](std::size_t i, std::size_t count) {
        Vector<double> value[lane_vectors];
        load_some_lanes(row + i, shift == nullptr ? nullptr : shift + i, count, value);
        for (std::size_t v = 0; v < lane_vectors; ++v) {
            const Vector<double> difference = value[v] - load(center + i + v * lanes<double>);
            sum[v] += difference * difference;
        }
    };
    std::size_t i = 0;
    for (; i + lane_count <= d; i += lane_count) add(i, lane_count);
    // The rest of a row that is no multiple of 8: zeros less the center's padding, which is zero.
    if (i < d) add(i, d - i);
    return fold_lanes(sum);
}

// Rows of few features (D of them) go value by value; lanes that stay zero change no sum, so that
// four are enough.
template <class T, int D>
void short_distances(const RowView<T>& rows, const std::uint32_t* list, std::size_t n,
                     const double* center, double* distances) {
    // Value by value: rows of a list lie anywhere, and vectors of single values would cost more.
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
        // fold() with zeros in lanes 3 to 7.
        if constexpr (D == 3) distances[j] = (lane[0] + lane[2]) + lane[1];
        if constexpr (D == 4) distances[j] = (lane[0] + lane[2]) + (lane[1] + lane[3]);
    }
}

// Rows of five and more features. Listed rows lie anywhere: each is fetched 16 before its turn, up
// to 16 lines of it.
template <class T>
void long_distances(const RowView<T>& rows, const std::uint32_t* list, std::size_t n,
                    const double* center, std::size_t padded, double* distances) {
    constexpr std::size_t ahead = 16, line = 64 / sizeof(T), most = 16 * line;
    const std::size_t d = rows.n_features;
    // For strided rows alone.
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

// See SeedKernels::listed_distances.
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

// See Kernels::list_places. Panels in `which` are taken in ascending order, and so are places.
std::size_t list_places(const std::uint32_t* bits, std::size_t stride, std::uint64_t which,
                        std::uint32_t first, std::uint32_t* list) {
    constexpr std::uint32_t width = lanes<float>;
    constexpr std::uint32_t all = width == 32 ? ~0u : (1u << width) - 1u;
    std::size_t n = 0;
    for (; which != 0; which &= which - 1) {
        const auto p = static_cast<std::size_t>(__builtin_ctzll(which));
        std::uint32_t left = bits[p * stride];
        std::size_t place = first + p * panel_rows;
        // A vector's bits at a time: list_rows writes as many places.
        for (std::uint32_t r = 0; r < panel_rows; r += width, left >>= width, place += width) {
            n += list_rows(left & all, place, list + n);
        }
    }
    return n;
}

// See SeedKernels::keep_nearer. Distances are compared as T holds them, since draws see these. A
// seed found earlier keeps rows at an equal distance: labels are the lowest index.
template <class T>
std::size_t keep_nearer(const std::uint32_t* rows, std::size_t n, const SeedDistancesView<T>& to,
                        std::uint32_t* places, double* distances) {
    std::size_t count = 0;
    for (std::size_t j = 0; j < n; ++j) {
        const std::uint32_t row = rows[j];
        const T distance = static_cast<T>(distances[j]), old = to.distances[row];
        // Distances that float32 rounds to one number may differ: such rows are left undecided.
        // In float64 distances are as they were computed, and equal ones are equal.
        if (sizeof(T) == 4 && distance == old && to.labels != nullptr) to.labels[row] = -1;
        if (!(distance < old)) continue;
        to.distances[row] = distance;
        if (to.labels != nullptr) to.labels[row] = to.seed;
        // Rows of a panel may lie in several chunks.
        __atomic_store_n(to.stale + row / panel_rows, std::uint8_t{1}, __ATOMIC_RELAXED);
        // Kept in order, over the entries that fall out: count never passes j.
        places[count] = places[j];
        distances[count++] = distances[j];
    }
    return count;
}

// The sum of a panel's distances: rows with equal r mod 8 in one lane, lanes folded in halves.
// Whole panels only; rows past the end must be zeros.
template <class T>
inline double panel_sum(const T* nearest) {
    constexpr std::size_t n_vectors = lane_count / lanes<double>;
    Vector<double> sum[n_vectors] = {};
    for (std::size_t r = 0; r < panel_rows; r += lane_count) {
        Vector<double> value[n_vectors];
        load_lanes<T>(nearest + r, nullptr, value);
        for (std::size_t v = 0; v < n_vectors; ++v) sum[v] += value[v];
    }
    return fold_lanes(sum);
}

// See SeedKernels::panel_sums.
template <class T>
void panel_sums(const T* values, const std::uint8_t* stale, std::size_t n_panels, double* sums) {
    for (std::size_t p = 0; p < n_panels; ++p) {
        if (stale[p] != 0) sums[p] = panel_sum(values + p * panel_rows);
    }
}

// To the nearest integer, below 2^22 in size: the addition leaves no bits for a fraction.
inline Vector<float> round_to_integer(Vector<float> v) {
    const Vector<float> unit = broadcast(0x1.8p23f);
    return (v + unit) - unit;
}

// See Kernels::running_sum. Between two powers of 2 float32 numbers are equally far apart: each
// addition rounds its addend to the same unit, so that the end is start + the sum of rounded
// addends, in any order (docs/decisions/seeding.md). Not so at an exact tie, which goes to even,
// that is by the sum before; nor once the sum reaches the next power of 2. Both are found, and
// false tells the caller to add in turn; *end then means nothing.
bool running_sum(const float* values, float start, float* end) {
    // Bits of a number that is not negative: sign and exponent are its upper nine bits.
    std::uint32_t start_bits;
    __builtin_memcpy(&start_bits, &start, sizeof start_bits);
    const std::uint32_t exponent = start_bits >> 23;
    // The unit in the last place of sums between start and the next power of 2, and its inverse,
    // made as bits. Exponents far from both ends, so that neither overflows nor underflows.
    if (exponent < 32 || exponent > 220) return false;
    const std::uint32_t unit_bits = (exponent - 23) << 23, inverse_bits = (277 - exponent) << 23;
    float unit, inverse;
    __builtin_memcpy(&unit, &unit_bits, sizeof unit);
    __builtin_memcpy(&inverse, &inverse_bits, sizeof inverse);
    Index<float> sum{};
    Vector<float> largest{}, tie{};
    // In units all is exact: start is an integer of 24 bits, and addends below 2^18 cannot overflow
    // a lane's sum of up to 64.
    // Exact but for values far below the unit, which round to 0 either way.
    for (std::size_t i = 0; i < running_block; i += lanes<float>) {
        const Vector<float> scaled = load(values + i) * broadcast(inverse);
        const Vector<float> rounded = round_to_integer(scaled);
        const Vector<float> left = scaled - rounded;
        largest = larger(largest, scaled);
        tie = larger(tie, larger(left, -left));
        sum += __builtin_convertvector(rounded, Index<float>);
    }
    // Exact as well: integers below 2^24.
    float total = start * inverse;
    for (int lane = 0; lane < lanes<float>; ++lane) {
        // Addends of 2^18 units or more, and exact ties, end it here; so does what is no number.
        if (!(largest[lane] < 0x1p18f) || !(tie[lane] < 0.5f)) return false;
        total += static_cast<float>(sum[lane]);
    }
    *end = total * unit;
    return total < 0x1p24f;
}
