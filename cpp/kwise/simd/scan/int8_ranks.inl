// Sums of products in int8, ranked: what kernels share however they multiply. Included by
// kernels.inl and simd/targets/amx.cpp.

// A strip is two vectors of rows: two independent chains of additions a center hide latency, and a
// coefficient that was broadcast once serves both.
constexpr int strip_vectors = 2;
constexpr std::size_t strip_rows = strip_vectors * lanes<float>;

// Of the rows of a strip: the largest and the second largest score, each with its number.
struct Int8Top2 {
    Index<float> best[strip_vectors], second[strip_vectors];
};
inline Int8Top2 no_int8_top2() {
    Int8Top2 top;
    for (int v = 0; v < strip_vectors; ++v) {
        top.best[v] = top.second[v] = broadcast_index<float>(-0x7fffffff);
    }
    return top;
}

// What products are added to: the center's constant, in units of the rows' factors. Rounded, or
// cut: the gap allows for either.
inline Index<float> start_int8(float constant, const float* inverse) {
    return __builtin_convertvector(broadcast(constant) * load(inverse), Index<float>);
}

// Center c's score for vector v of a strip, ranked and kept; its last bits give way to the number.
inline void rank_int8(Index<float> sum, std::int32_t c, std::int32_t number_bits, int v,
                      std::int32_t* scores, Int8Top2& top) {
    const Index<float> score =
        (sum & broadcast_index<float>(~number_bits)) | broadcast_index<float>(c);
    __builtin_memcpy(scores + v * lanes<float>, &score, sizeof score);
    top.second[v] = larger(top.second[v], smaller(top.best[v], score));
    top.best[v] = larger(top.best[v], score);
}

// Labels of a strip, the best scores, and one bit a row whose label is not certain.
inline std::uint32_t label_strip(const Int8Top2& top, const float* gaps, std::int32_t number_bits,
                                 std::int32_t* labels, std::int32_t* best) {
    constexpr std::size_t width = lanes<float>;
    constexpr std::uint32_t all = width == 32 ? ~0u : (1u << width) - 1u;
    std::uint32_t uncertain = 0;
    for (int v = 0; v < strip_vectors; ++v) {
        const std::size_t at = static_cast<std::size_t>(v) * width;
        const Index<float> label = top.best[v] & broadcast_index<float>(number_bits);
        __builtin_memcpy(labels + at, &label, sizeof label);
        // As floats, which also hold what is no gap; rounding them is in the gap.
        const Vector<float> apart =
            __builtin_convertvector(top.best[v] - top.second[v], Vector<float>);
        uncertain |= (all & ~less_bits(load(gaps + at), apart)) << at;
        __builtin_memcpy(best + at, &top.best[v], sizeof top.best[v]);
    }
    return uncertain;
}

// Floors from the best scores, and the bits of the first `count` rows.
inline std::uint32_t set_floors(std::uint32_t uncertain, std::size_t count, const float* gaps,
                                std::int32_t* floors) {
    if (count < panel_rows) uncertain &= (1u << count) - 1u;
    for (std::size_t r = 0; r < panel_rows; ++r) {
        // What rows that are certain have left are no candidates.
        const bool open = (uncertain >> r & 1u) != 0;
        const std::int32_t low = -0x7fffffff;
        floors[r] = !open               ? 0x7fffffff
                    : gaps[r] < 0x1p29f ? floors[r] - static_cast<std::int32_t>(gaps[r]) - 1
                                        : low;
    }
    return uncertain;
}
