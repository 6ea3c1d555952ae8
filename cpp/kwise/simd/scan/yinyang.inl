// Yinyang bounds; see bounds/yinyang.hpp. Included by kernels.inl.

// Distances that lower bounds of scores stand for, in units, rounded down: sqrt(score + |x|^2),
// with the norm's square taken at its least. per_unit is the inverse of the unit.
inline Index<float> distance_units(Vector<float> scores, Vector<float> norms, float per_unit) {
    const Vector<float> square = norms * norms * broadcast(1.0f - norm_error);
    // Below 0 only by the band: then nothing is known, and the distance's bound is 0.
    const Vector<float> distance = square_root(larger(Vector<float>{}, scores + square));
    // What is no number, or too large for one, is no bound: it becomes 0.
    // Rounded down by more than the roots and products before it took up.
    const Vector<float> units = distance * broadcast(per_unit * (1.0f - 0x1p-19f));
    const Index<float> fits = units < broadcast(1e6f);
    return __builtin_convertvector((Vector<float>)((Index<float>)units & fits), Index<float>);
}

// See Kernels::bound_units, of one panel.
void bound_units(const float* scores, const float* norms, float per_unit, std::int32_t* units) {
    for (std::size_t row = 0; row < panel_rows; row += lanes<float>) {
        const Index<float> rounded =
            distance_units(load(scores + row), load(norms + row), per_unit);
        __builtin_memcpy(units + row, &rounded, sizeof rounded);
    }
}

// See Kernels::merge_group. best, second and index are what a kernel found among one group's
// centers; index counts from the group's first place, `first`. Groups may come in any order, but on
// ties the one that came first keeps the smallest. second_in_group follows the group that holds the
// smallest, for the bound of the row's own group without its center.
void merge_group(const float* best, const float* second, const std::int32_t* index,
                 std::int32_t first, const float* norms, float per_unit, std::int32_t drift,
                 const Top2State& state, std::uint16_t* bounds) {
    typedef std::uint16_t Words __attribute__((vector_size(KWISE_VECTOR_BYTES / 2)));
    for (std::size_t row = 0; row < panel_rows; row += lanes<float>) {
        // The state of the rows so far, and what this group adds to it.
        const Vector<float> low = load(best + row), next = load(second + row);
        const Vector<float> was = load(state.best + row), after = load(state.second + row);
        const Index<float> nearer = low < was;
        store(state.second + row, nearer ? smaller(was, next) : smaller(after, low));
        store(state.best + row, nearer ? low : was);
        store(state.second_in_group + row, nearer ? next : load(state.second_in_group + row));
        const Index<float> place =
            nearer ? load_index(index + row) + first : load_index(state.index + row);
        __builtin_memcpy(state.index + row, &place, sizeof place);
        // Plus drift, so that the bound is comparable later: what is kept less the drift of then.
        const Index<float> units = distance_units(low, load(norms + row), per_unit) + drift;
        // Bounds and drift are counted to 16 bits; more is cut off, which only weakens a bound.
        const Words kept =
            __builtin_convertvector(smaller(units, broadcast_index<float>(65535)), Words);
        __builtin_memcpy(bounds + row, &kept, sizeof kept);
    }
}

// The groups from g on, up to 32, as bits.
inline std::uint32_t there_from(std::size_t g, std::size_t n_groups) {
    return n_groups - g < 32 ? (1u << (n_groups - g)) - 1u : ~0u;
}

// See Kernels::active_groups. Drift plus `above` stay below 2^16 (YinyangBounds::largest_drift and
// active_limit), so that 16-bit sums do not wrap; then 32 groups are two instructions. active has a
// word for every 32 groups, bits past the last are 0.
std::size_t active_groups(const std::uint16_t* bounds, const std::uint16_t* drift,
                          std::size_t n_groups, std::int32_t above, std::uint32_t* active) {
    std::size_t n_active = 0;
    for (std::size_t g = 0; g < n_groups; g += 32) {
        std::uint32_t bits = 0;
#if defined(__AVX512BW__)
        const __mmask32 there = there_from(g, n_groups);
        // Lanes past the last group load zeros and are masked out of the comparison.
        const __m512i limit = _mm512_add_epi16(_mm512_maskz_loadu_epi16(there, drift + g),
                                               _mm512_set1_epi16(static_cast<short>(above)));
        const __m512i kept = _mm512_maskz_loadu_epi16(there, bounds + g);
        bits = _mm512_mask_cmple_epu16_mask(there, kept, limit);
#else
        for (std::size_t i = 0; i < 32 && g + i < n_groups; ++i) {
            bits |= static_cast<std::uint32_t>(bounds[g + i] <= drift[g + i] + above) << i;
        }
#endif
        active[g / 32] = bits;
        n_active += static_cast<std::size_t>(__builtin_popcount(bits));
    }
    return n_active;
}

// See Kernels::least_bound. Saturating, so that what drift has eaten up is 0. There is a group at
// least.
std::int32_t least_bound(const std::uint16_t* bounds, const std::uint16_t* drift,
                         std::size_t n_groups) {
#if defined(__AVX512BW__)
    const __m512i most = _mm512_set1_epi16(-1);
    __m512i least = most;
    for (std::size_t g = 0; g < n_groups; g += 32) {
        const __mmask32 there = there_from(g, n_groups);
        const __m512i kept = _mm512_mask_loadu_epi16(most, there, bounds + g);
        const __m512i moved = _mm512_maskz_loadu_epi16(there, drift + g);
        least = _mm512_min_epu16(least, _mm512_subs_epu16(kept, moved));
    }
    // The least of 32 lanes: halves, quarters, then an instruction for eight.
    const __m256i half =
        _mm256_min_epu16(_mm512_castsi512_si256(least), _mm512_extracti64x4_epi64(least, 1));
    const __m128i quarter =
        _mm_min_epu16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    return _mm_extract_epi16(_mm_minpos_epu16(quarter), 0);
#else
    std::int32_t least = 65535;
    for (std::size_t g = 0; g < n_groups; ++g) {
        const std::int32_t bound = bounds[g] - drift[g];
        least = bound < least ? bound : least;
    }
    return least < 0 ? 0 : least;
#endif
}
