// Kernels of seeding: scores of trials over rows in whole numbers. Included by kernels.inl.

// One bit a lane: a > 0.
inline std::uint32_t positive_bits(Index<float> a) {
#if defined(__AVX512F__)
    return _mm512_cmpgt_epi32_mask((__m512i)a, _mm512_setzero_si512());
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
                    scores[g][v] = add_pair_products(scores[g][v], x[v], word);
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
    const bool most = 2 * static_cast<std::size_t>(__builtin_popcount(wanted)) >= trials.count;
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
            square = add_pair_products(square, word, word);
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

inline Vector<float> load_floats(const float* from) {
    return load(from);
}
inline Vector<float> load_floats(const double* from) {
    typedef float Half __attribute__((vector_size(KWISE_VECTOR_BYTES / 2)));
    const Half halves[2] = {__builtin_convertvector(load(from), Half),
                            __builtin_convertvector(load(from + lanes<double>), Half)};
    Vector<float> v;
    __builtin_memcpy(&v, halves, sizeof v);
    return v;
}

inline float largest_lane(Vector<float> v) {
#if defined(__AVX512F__)
    return _mm512_reduce_max_ps((__m512)v);
#else
    float most = v[0];
    for (int lane = 1; lane < lanes<float>; ++lane) most = v[lane] > most ? v[lane] : most;
    return most;
#endif
}

template <class T>
float set_limits(const T* nearest, const std::int32_t* half_squares, std::size_t n, float scale,
                 float rho, std::int32_t* limits) {
    const auto reach_of = [&](auto near, auto root, auto one) {
        return (near + one * (2.0f * rho) * root + one * (rho * rho)) * (1.0f + 0x1p-20f);
    };
    constexpr std::size_t width = lanes<float>;
    const Vector<float> ones = broadcast(1.0f);
    Vector<float> farthest{};
    float most = 0.0f;
    std::size_t r = 0;
    for (; r + width <= n; r += width) {
        const Vector<float> near = load_floats(nearest + r) * scale;
        const Vector<float> reach = reach_of(near, square_root(near), ones);
        const Vector<float> half = smaller(0.5f * reach, broadcast(2.0e9f)) + 2.0f;
        const Index<float> limit =
            __builtin_convertvector(half, Index<float>) - load_index(half_squares + r);
        __builtin_memcpy(limits + r, &limit, sizeof limit);
        farthest = larger(farthest, half);
    }
    for (; r < n; ++r) {
        const float near = static_cast<float>(nearest[r]) * scale;
        const float reach = reach_of(near, __builtin_sqrtf(near), 1.0f);
        const float half = (0.5f * reach < 2.0e9f ? 0.5f * reach : 2.0e9f) + 2.0f;
        limits[r] = static_cast<std::int32_t>(half) - half_squares[r];
        most = half > most ? half : most;
    }
    const float vectors = largest_lane(farthest);
    return 2.0f * (vectors > most ? vectors : most);
}
