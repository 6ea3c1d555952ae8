// Kernels of seeding: scores of trials over rows in int16; seeding/trial_filter_int16.cpp has the
// proof that they bound reductions. Included by kernels.inl.

// One bit a lane: a > 0.
inline std::uint32_t positive_bits(Index<float> a) {
#if defined(__AVX512F__)
    return bits_of(_mm512_cmpgt_epi32_mask((__m512i)a, _mm512_setzero_si512()));
#elif defined(__AVX2__)
    return static_cast<std::uint32_t>(
        _mm256_movemask_ps((__m256)_mm256_cmpgt_epi32((__m256i)a, _mm256_setzero_si256())));
#else
    std::uint32_t bits = 0;
    for (int lane = 0; lane < lanes<float>; ++lane) {
        bits |= static_cast<std::uint32_t>(a[lane] > 0) << lane;
    }
    return bits;
#endif
}

// Adds the products of a strip of rows and N trials, whose words begin at `words`, pair by pair: in
// several sums a vector, since each addition would wait for the one before.
template <int N>
inline void add_products(const std::int32_t* strip, const std::int32_t* const (&words)[N],
                         std::size_t first, std::size_t end, Index<float>* const (&scores)[N]) {
    constexpr std::size_t ways = 4 / N;
    Index<float> sums[ways][N][strip_vectors] = {};
    const auto add = [&](std::size_t pair, std::size_t way) {
        Index<float> x[strip_vectors];
        for (int v = 0; v < strip_vectors; ++v) {
            x[v] =
                load_index(strip + pair * panel_rows + static_cast<std::size_t>(v * lanes<float>));
        }
        for (int n = 0; n < N; ++n) {
            const Index<float> word = broadcast_index<float>(words[n][pair * trial_batch]);
            for (int v = 0; v < strip_vectors; ++v) {
                sums[way][n][v] = add_pair_products(sums[way][n][v], x[v], word);
            }
        }
    };
    std::size_t pair = first;
    for (; pair + ways <= end; pair += ways) {
#pragma GCC unroll 4
        for (std::size_t way = 0; way < ways; ++way) add(pair + way, way);
    }
    for (; pair < end; ++pair) add(pair, 0);
    for (int n = 0; n < N; ++n) {
        for (int v = 0; v < strip_vectors; ++v) {
            for (std::size_t way = 0; way < ways; ++way) scores[n][v] += sums[way][n][v];
        }
    }
}

// Whether half of R - |w - v|^2 of the first pairs alone is at most 0 in all rows of a strip:
// products of the rest are at most half of both squares there. If so, that is what scores become.
inline bool rule_out(const std::int32_t* limits, const std::int32_t* row_rest,
                     std::int32_t trial_rest, Index<float>* scores) {
    Index<float> most[strip_vectors];
    std::uint32_t bits = 0;
    for (int v = 0; v < strip_vectors; ++v) {
        const auto at = static_cast<std::size_t>(v * lanes<float>);
        most[v] = scores[v] + load_index(row_rest + at) + broadcast_index<float>(trial_rest);
        bits |= positive_bits(most[v] + load_index(limits + at));
    }
    if (bits != 0) return false;
    for (int v = 0; v < strip_vectors; ++v) scores[v] = most[v];
    return true;
}

// Fetches a pair of the same strip of the next panel: the rest is often passed over, which hardware
// does not foresee.
inline void fetch_pair(const std::int32_t* strip, std::size_t pair, std::size_t n_pairs) {
    for (int v = 0; v < strip_vectors; ++v) {
        __builtin_prefetch(strip + (n_pairs + pair) * panel_rows +
                               static_cast<std::size_t>(v * lanes<float>),
                           0, 2);
    }
}

// Reductions by G trials for panel p; words, constants, reductions and bits are those of the
// first. A score plus the row's limit is half of R - |w - v|^2, exactly: above 0 the trial may be
// nearer, by twice that at most. Reductions are added to in float32, a lane for each of the
// trial's; weights may be null. Where rows have a rest, trials that the first pairs rule out for a
// strip are not multiplied with it: they reduce nothing there.
template <int G>
inline void panel_reductions(const Int16PanelsView& panels, std::size_t p,
                             const Int16Trials& trials, float* reductions, std::uint32_t* bits) {
    const Index<float> zero{};
    const std::int32_t* const panel = panels.words + p * panels.n_pairs * panel_rows;
    const std::int32_t* const limits = panels.limits + p * panel_rows;
    const float* const weights =
        panels.weights == nullptr ? nullptr : panels.weights + p * panel_rows;
    const std::size_t n_first = panels.rest == nullptr ? panels.n_pairs : panels.n_first;
    for (int g = 0; g < G; ++g) bits[g] = 0;
    for (std::size_t row = 0; row < panel_rows; row += strip_vectors * lanes<float>) {
        // As score_block, in integers: constants first, then products pair by pair, all in
        // registers.
        Index<float> scores[G][strip_vectors];
        for (int g = 0; g < G; ++g) {
            for (int v = 0; v < strip_vectors; ++v) {
                scores[g][v] = broadcast_index<float>(trials.constants[g]);
            }
        }
        for (std::size_t pair = 0; pair < n_first; ++pair) {
            if (panels.rest != nullptr) fetch_pair(panel + row, pair, panels.n_pairs);
            Index<float> x[strip_vectors];
            for (int v = 0; v < strip_vectors; ++v) {
                x[v] = load_index(panel + pair * panel_rows + row +
                                  static_cast<std::size_t>(v * lanes<float>));
            }
            // Words of a batch lie side by side, whatever their number: the stride is constant.
            const std::int32_t* const words = trials.words + pair * trial_batch;
#pragma GCC unroll 8
            for (int g = 0; g < G; ++g) {
                const Index<float> word = broadcast_index<float>(words[g]);
#pragma GCC unroll 2
                for (int v = 0; v < strip_vectors; ++v) {
                    scores[g][v] = add_pair_products(scores[g][v], x[v], word);
                }
            }
        }
        if (panels.rest != nullptr) {
            const std::int32_t* const rest = panels.rest + p * panel_rows + row;
            int left[G], n_left = 0;
            for (int g = 0; g < G; ++g) {
                left[n_left] = g;
                n_left += rule_out(limits + row, rest, trials.rest[g], scores[g]) ? 0 : 1;
            }
            const auto add = [&]<class... Trial>(Trial... g) {
                add_products<sizeof...(g)>(panel + row, {trials.words + g...}, n_first,
                                           panels.n_pairs, {scores[g]...});
            };
            // Two at a time, which read the rows once.
            for (; n_left >= 2; n_left -= 2) add(left[n_left - 1], left[n_left - 2]);
            if (n_left > 0) add(left[0]);
        }
        // Without branches: which rows a trial brings nearer cannot be foreseen.
        for (int g = 0; g < G; ++g) {
            Vector<float> sum{};
            for (int v = 0; v < strip_vectors; ++v) {
                const std::size_t at = row + static_cast<std::size_t>(v * lanes<float>);
                // The result fits 32 bits: halves of squares of at most 60,000, or `never` beside
                // the zeros of a place without a row. Sums before it may wrap.
                const Index<float> rounded = scores[g][v] + load_index(limits + at);
                bits[g] |= positive_bits(rounded) << at;
                // Halves of quantizer units, as everything here. Converting rounds, which the
                // caller's error counts.
                Vector<float> amount =
                    larger((Vector<float>)zero, __builtin_convertvector(rounded, Vector<float>));
                if (weights != nullptr) amount *= load(weights + at);
                sum += amount;
            }
            // Both vectors of a strip share a lane of the totals: fewer loads and stores, and lanes
            // are added up anyway.
            float* const total = reductions + static_cast<std::size_t>(g) * panel_rows + row;
            store(total, load(total) + sum);
        }
    }
}

// Hardware fetches ahead up to the end of a page: from memory, panels of few features come late.
// Fetched past the end of the rows it does no harm.
constexpr std::size_t prefetched_pairs = 32;
inline void prefetch_later(const std::int32_t* panel, std::size_t n_pairs) {
    constexpr std::size_t ahead = 2048, line = 16;  // words
    for (std::size_t i = 0; i < n_pairs * panel_rows; i += line) {
        __builtin_prefetch(panel + ahead + i);
    }
}

// Panels in `which` of one chunk, for G trials. Bits are written for these panels only: others are
// told by candidates.panels. Slack grows by the panel's for every row that counts, since each may
// be too large by that.
template <int G>
void chunk_reductions(const Int16PanelsView& panels, std::uint64_t which, const Int16Trials& trials,
                      float* reductions, float* slacks, const CandidateMasks& candidates) {
    // Panels with candidates, trial by trial, kept in registers until the end.
    std::uint64_t any[G] = {};
    std::uint32_t bits[G];
    for (; which != 0; which &= which - 1) {
        const auto p = static_cast<std::size_t>(__builtin_ctzll(which));
        const std::int32_t* const panel = panels.words + p * panels.n_pairs * panel_rows;
        if (panels.n_pairs <= prefetched_pairs) prefetch_later(panel, panels.n_pairs);
        panel_reductions<G>(panels, p, trials, reductions, bits);
        for (int g = 0; g < G; ++g) {
            candidates.bits[p * candidates.stride + static_cast<std::size_t>(g)] = bits[g];
            any[g] |= static_cast<std::uint64_t>(bits[g] != 0) << p;
            slacks[g] += panels.slack[p] * static_cast<float>(__builtin_popcount(bits[g]));
        }
    }
    for (int g = 0; g < G; ++g) candidates.panels[g] |= any[g];
}

// See Kernels::trial_reductions_int16. Trials go in blocks as many as registers hold; words of a
// pair lie trial_batch apart whatever their count.
void trial_reductions_int16(const Int16PanelsView& panels, std::uint64_t which,
                            const Int16Trials& trials, float* reductions, float* slacks,
                            const CandidateMasks& candidates) {
    // The part of every array that begins with trial t.
    const auto run = [&]<int G>(std::size_t t) {
        const std::int32_t* const rest = trials.rest == nullptr ? nullptr : trials.rest + t;
        chunk_reductions<G>(panels, which, {trials.words + t, trials.constants + t, G, rest},
                            reductions + t * panel_rows, slacks + t,
                            {candidates.bits + t, candidates.stride, candidates.panels + t});
    };
    for (std::size_t t = 0, size = 1; t < trials.count; t += size) {
        size = trials.count - t < block_limit ? trials.count - t : block_limit;
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
#if defined(KWISE_MANY_REGISTERS)
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
    }
}

// -1 in the lanes of the first `count` of the rows from `row` on, else 0.
inline Index<float> lanes_before(std::size_t count, std::size_t row) {
    Index<float> there;
    for (int lane = 0; lane < lanes<float>; ++lane) {
        there[lane] = row + static_cast<std::size_t>(lane) < count ? -1 : 0;
    }
    return there;
}

// See Kernels::quantize_int16_panel. Values must be within 16 bits once scaled, which the
// quantizer's scale sees to for the rows that it was made of.
float quantize_int16_panel(const float* panel, std::size_t count, std::size_t n_features,
                           const float* offset, float scale, std::int32_t* words,
                           std::int32_t* half_squares, std::size_t n_first, std::int32_t* rest) {
    Vector<float> largest{};
    for (std::size_t row = 0; row < panel_rows; row += lanes<float>) {
        // What no row is in may be far from the offset, and its square beyond 32 bits.
        const Index<float> there = lanes_before(count, row);
        Index<float> square{}, square_first{};
        Vector<float> error{};
        // Two features at a time, a word; the second of an odd number is 0.
        for (std::size_t i = 0; i < n_features; i += 2) {
            Index<float> parts[2] = {};
            for (std::size_t j = 0; j < 2 && i + j < n_features; ++j) {
                const Vector<float> value =
                    (load(panel + (i + j) * panel_rows + row) - broadcast(offset[i + j])) *
                    broadcast(scale);
                // Masked before rounding, so that lanes without a row have no error either.
                const Vector<float> scaled = (Vector<float>)((Index<float>)value & there);
                const Vector<float> rounded = round_to_integer(scaled);
                error += (scaled - rounded) * (scaled - rounded);
                parts[j] = __builtin_convertvector(rounded, Index<float>);
            }
            // The first of two features takes the lower half, as add_pair_products reads them.
            const Index<float> word = (parts[0] & 0xffff) | (parts[1] << 16);
            square = add_pair_products(square, word, word);
            __builtin_memcpy(words + i / 2 * panel_rows + row, &word, sizeof word);
            if (i / 2 + 1 == n_first) square_first = square;
        }
        if (rest != nullptr) {
            // Rounded up: what is ruled out by it is ruled out.
            const Index<float> half = (square - square_first + 1) >> 1;
            __builtin_memcpy(rest + row, &half, sizeof half);
        }
        // Rounded down: the other half is in the error of whoever compares squares.
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

// See Kernels::near_boxes, of 64 boxes. The squared distance from the box (0 inside) is compared
// with the box's radius; float32 roundings are in the radius (lower_limits).
std::uint64_t near_boxes(const BoxesView& boxes, const float* trial) {
    constexpr std::size_t n_boxes = 64;
    const Vector<float> zero{};
    std::uint64_t near = 0;
    for (std::size_t b = 0; b < n_boxes; b += lanes<float>) {
        Vector<float> square{};
        for (std::size_t i = 0; i < boxes.n_features; ++i) {
            const Vector<float> at = broadcast(trial[i]);
            // The distance from an interval: negative on neither side means inside.
            const Vector<float> outside =
                larger(zero, larger(load(boxes.lowest + i * boxes.stride + b) - at,
                                    at - load(boxes.highest + i * boxes.stride + b)));
            // Sums of up to four squares of differences below 2^16.
            square += outside * outside;
        }
        near |= static_cast<std::uint64_t>(less_bits(square, load(boxes.radius + b))) << b;
    }
    return near;
}

// Squared distances as float32, a vector of them; what is past the end becomes zero.
inline Vector<float> load_floats(const double* from, std::size_t n) {
    typedef float Half __attribute__((vector_size(KWISE_VECTOR_BYTES / 2)));
    double left[lanes<float>] = {};
    if (n < lanes<float>) {
        for (std::size_t i = 0; i < n; ++i) left[i] = from[i];
        from = left;
    }
    // Rounded to nearest: half_radius rounds up by more.
    const Half halves[2] = {__builtin_convertvector(load(from), Half),
                            __builtin_convertvector(load(from + lanes<double>), Half)};
    Vector<float> v;
    __builtin_memcpy(&v, halves, sizeof v);
    return v;
}

// Half of R = (sqrt(D) + rho)^2, rounded up, as an integer; too large ones are cut to what 32 bits
// hold, beyond any score.
inline Index<float> half_radius(Vector<float> near, float rho) {
    // (sqrt(D) + rho)^2 = D + 2 rho sqrt(D) + rho^2, of positive terms: the factor covers their
    // roundings.
    const Vector<float> radius =
        (near + broadcast(2.0f * rho) * square_root(near) + broadcast(rho * rho)) *
        (1.0f + 0x1p-20f);
    // Two more for the conversion, which cuts off, and for halves that were rounded down.
    return __builtin_convertvector(smaller(0.5f * radius, broadcast(2.0e9f)) + 2.0f, Index<float>);
}

// The largest R / 2 of a panel's places: limits are R / 2 - |w|^2 / 2.
inline float largest_half(const std::int32_t* limits, const std::int32_t* half_squares) {
    // Whole panels, places without a row included: `never` is below every limit.
    Index<float> largest = load_index(limits) + load_index(half_squares);
    for (std::size_t r = lanes<float>; r < panel_rows; r += lanes<float>) {
        const Index<float> half = load_index(limits + r) + load_index(half_squares + r);
        largest = half > largest ? half : largest;
    }
    std::int32_t most = largest[0];
    for (int lane = 1; lane < lanes<float>; ++lane) {
        most = largest[lane] > most ? largest[lane] : most;
    }
    return static_cast<float>(most);
}

// See Kernels::lower_limits. Limits first, row by row; then what is kept of each panel. Both lists
// are of one thread's chunk, so that no panel has two writers.
void lower_limits(const std::uint32_t* places, const double* distances, std::size_t n,
                  const Int16Limits& to) {
    constexpr std::size_t width = lanes<float>;
    // All lines at once: rows touched by one seed lie far apart.
    for (std::size_t j = 0; j < n; ++j) {
        __builtin_prefetch(to.limits + places[j], 1);
        __builtin_prefetch(to.half_squares + places[j]);
    }
    for (std::size_t j = 0; j < n; j += width) {
        // From the data's unit to the quantizer's.
        const Vector<float> near = load_floats(distances + j, n - j) * to.scale;
        const Index<float> halves = half_radius(near, to.rho);
        std::int32_t half[width];
        __builtin_memcpy(half, &halves, sizeof half);
        for (std::size_t i = 0; i < width && j + i < n; ++i) {
            const std::uint32_t place = places[j + i];
            to.limits[place] = half[i] - to.half_squares[place];
        }
    }
    for (std::size_t j = 0; j < n;) {
        const std::size_t p = places[j] / panel_rows, first = p * panel_rows;
        // Places ascend, so that 32 of one panel are all of it; fewer are counted one by one.
        std::size_t end = j + panel_rows;
        if (end > n || places[end - 1] / panel_rows != p) end = j + 1;
        while (end < n && places[end] / panel_rows == p) ++end;
        // Where few rows change, the old radius and slack stay: distances only fall, so they are
        // still upper bounds. A slack of 0 means that there are none yet.
        const bool few = end - j < to.few;
        j = end;
        if (few && to.slack[p] > 0.0f) continue;
        // Twice the half, rounded up: R of the row that is farthest from its seed.
        const float radius =
            2.0f * (1.0f + 0x1p-18f) * largest_half(to.limits + first, to.half_squares + first);
        to.radius[p] = radius;
        // Halves rounded up and down may raise a score by 4.
        to.slack[p] = to.rho * (__builtin_sqrtf(radius) + to.rho) + 4.0f + 0x1p-20f * radius;
    }
}
