// The fixed-point filter by tiles of bytes. Included where Tiles is defined: the instructions
// (simd/targets/amx.cpp), or a plain imitation that runs everywhere (tests).
//
// A whole number of 16 bits is 256 high + low, with a signed and an unsigned byte. So
//     x.c = 65536 xh.ch + 256 (xh.cl + xl.ch) + xl.cl,
// four sums of products of bytes, each of them modulo 2^32. As the whole sum fits 32 bits, it is
// exact, hence the same as that of the other kernels, and so are scores and ranks.
//
// A tile of rows is 16 rows times 64 bytes, as they are stored; a tile of centers is 16 words of
// four bytes times 16 centers; the products are those of 16 rows with 16 centers, so that lanes
// are centers and a row's scores lie side by side.

// Words of a tile, and of one block of 64 features for a row or a center: its high bytes, then its
// low bytes.
constexpr std::size_t tile_width = 16, tile_words = tile_width * tile_width;
constexpr std::size_t block_features = 64, block_words = 2 * tile_width;
// A panel's block is two tiles high and low for its first 16 rows, and two for the others; a
// group's block is one tile each.
constexpr std::size_t panel_block = 4 * tile_words, group_block = 2 * tile_words;
static_assert(panel_rows == 2 * tile_width);
// Up to so many blocks are multiplied before the sums leave the tiles: with them a panel's rows
// and a group stay in the first-level cache.
constexpr std::size_t most_blocks = 6;
// Up to so many centers are ranked at a time.
constexpr std::size_t rank_width = 128;

typedef std::uint32_t Words __attribute__((vector_size(KWISE_VECTOR_BYTES)));

inline Words load_words(const std::int32_t* from) {
    Words words;
    __builtin_memcpy(&words, from, sizeof words);
    return words;
}

// 64 numbers to their high and low bytes, in an order that is the same for all.
inline void split_block(const std::int16_t* values, std::int32_t* high, std::int32_t* low) {
#if defined(__AVX512BW__)
    const __m512i a = _mm512_loadu_si512(values), b = _mm512_loadu_si512(values + 32);
    const __m512i byte = _mm512_set1_epi16(255);
    _mm512_storeu_si512(high, _mm512_packs_epi16(_mm512_srai_epi16(a, 8), _mm512_srai_epi16(b, 8)));
    _mm512_storeu_si512(low,
                        _mm512_packus_epi16(_mm512_and_si512(a, byte), _mm512_and_si512(b, byte)));
#else
    unsigned char highs[block_features], lows[block_features];
    for (std::size_t i = 0; i < block_features; ++i) {
        highs[i] = static_cast<unsigned char>(static_cast<std::uint16_t>(values[i]) >> 8);
        lows[i] = static_cast<unsigned char>(values[i]);
    }
    __builtin_memcpy(high, highs, sizeof highs);
    __builtin_memcpy(low, lows, sizeof lows);
#endif
}

void arrange_bytes(const std::int16_t* values, std::size_t n_words, std::int32_t* words) {
    for (; n_words > 0; n_words -= block_words, values += block_features, words += block_words) {
        split_block(values, words, words + tile_width);
    }
}

// What follows a row in its last block meets the centers' zeros.
void gather_bytes(const std::int16_t* values, std::size_t stride, std::size_t n_words,
                  const std::uint32_t* listed, std::int32_t* panel) {
    for (; n_words > 0; n_words -= block_words, values += block_features) {
        for (std::size_t half = 0; half < 2; ++half, listed += tile_width) {
            for (std::size_t r = 0; r < tile_width; ++r, panel += tile_width) {
                split_block(values + listed[r] * stride, panel, panel + tile_words);
            }
            panel += tile_words;
        }
        listed -= panel_rows;
    }
}

// The sums of one panel with one group over some blocks; `more` adds to what is there.
inline void multiply_group(const std::int32_t* panel, const std::int32_t* group,
                           std::size_t n_blocks, bool more, std::int32_t* sums) {
    alignas(64) std::int32_t parts[3 * panel_rows * tile_width];
    Tiles::clear();
    for (std::size_t b = 0; b < n_blocks; ++b, panel += panel_block, group += group_block) {
        Tiles::multiply(panel, group);
    }
    Tiles::read(parts);
    for (std::size_t r = 0; r < panel_rows; ++r, sums += rank_width) {
        for (std::size_t i = 0; i < tile_width; i += lanes<float>) {
            const std::int32_t* const part = parts + r * tile_width + i;
            const Words high = load_words(part);
            const Words middle = load_words(part + panel_rows * tile_width);
            Words sum = load_words(part + 2 * panel_rows * tile_width);
            sum += (high << 16) + (middle << 8);
            if (more) sum += load_words(sums + i);
            __builtin_memcpy(sums + i, &sum, sizeof sum);
        }
    }
}

// Of each row, lane by lane.
struct RowTop {
    Vector<float> best, second;
    Index<float> index;
};

inline Index<float> lane_numbers() {
    Index<float> numbers;
    for (int lane = 0; lane < lanes<float>; ++lane) numbers[lane] = lane;
    return numbers;
}

// Ranks `count` scores of one row, those of the centers from `first` on.
inline void rank_row(const std::int32_t* sums, std::size_t first, std::size_t count, float factor,
                     float norm, const FixedScores& scores, RowTop& top) {
    Index<float> center = lane_numbers() + broadcast_index<float>(static_cast<std::int32_t>(first));
    for (std::size_t c = 0; c < count; c += lanes<float>) {
        const Vector<float> product =
            __builtin_convertvector(load_index(sums + c), Vector<float>) * broadcast(factor);
        const Vector<float> rest = multiply_add(broadcast(norm), load(scores.slope + first + c),
                                                load(scores.constant + first + c));
        const Vector<float> lower = multiply_add(product, load(scores.factor + first + c), rest);
        top.second = smaller(top.second, larger(top.best, lower));
        keep_smaller(lower, center, top.best, top.index);
        center += broadcast_index<float>(lanes<float>);
    }
}

// The lanes of two tops whose rows have 2 H lanes each: of either the nearer, H lanes a row.
template <int H>
inline RowTop halve_lanes(const RowTop& a, const RowTop& b) {
    constexpr int n = lanes<float>;
    Index<float> low{}, high{};
    for (int lane = 0; lane < n; ++lane) {
        const int place = lane % (n / 2);
        low[lane] = lane / (n / 2) * n + place / H * 2 * H + place % H;
        high[lane] = low[lane] + H;
    }
    RowTop top{__builtin_shuffle(a.best, b.best, low), __builtin_shuffle(a.second, b.second, low),
               __builtin_shuffle(a.index, b.index, low)};
    const Vector<float> best = __builtin_shuffle(a.best, b.best, high);
    const Vector<float> second = __builtin_shuffle(a.second, b.second, high);
    Index<float> index = __builtin_shuffle(a.index, b.index, high);
    // The lowest index among equals.
    index = best == top.best && top.index < index ? top.index : index;
    top.index = best == top.best ? index : top.index;
    top.second = smaller(smaller(top.second, second), larger(top.best, best));
    keep_smaller(best, index, top.best, top.index);
    return top;
}

// One top for as many rows as it has lanes; H lanes of each row are left at last.
template <int H>
inline void join_lanes(RowTop* rows) {
    for (int i = 0; i < H; ++i) rows[i] = halve_lanes<H>(rows[2 * i], rows[2 * i + 1]);
    if constexpr (H > 1) join_lanes<H / 2>(rows);
}

void top2_tiles(const std::int32_t* panel, const float* factors, const float* norms,
                const FixedCenters& centers, float* best, float* second, std::int32_t* index) {
    constexpr std::size_t rank_groups = rank_width / tile_width;
    alignas(64) std::int32_t sums[panel_rows * rank_width];
    RowTop top[panel_rows];
    for (RowTop& row : top) {
        row.best = row.second = broadcast(__builtin_inff());
        row.index = Index<float>{};
    }
    const std::size_t n_blocks = centers.n_words / block_words;
    const std::size_t n_parts = (n_blocks + most_blocks - 1) / most_blocks;
    for (std::size_t g0 = 0; g0 < centers.n_groups; g0 += rank_groups) {
        const std::size_t left = centers.n_groups - g0;
        const std::size_t count = left < rank_groups ? left : rank_groups;
        for (std::size_t part = 0; part < n_parts; ++part) {
            const std::size_t from = part * n_blocks / n_parts;
            const std::size_t to = (part + 1) * n_blocks / n_parts;
            for (std::size_t g = 0; g < count; ++g) {
                multiply_group(panel + from * panel_block,
                               centers.words + ((g0 + g) * n_blocks + from) * group_block,
                               to - from, part > 0, sums + g * tile_width);
            }
        }
        for (std::size_t r = 0; r < panel_rows; ++r) {
            rank_row(sums + r * rank_width, g0 * tile_width, count * tile_width, factors[r],
                     norms[r], centers.scores, top[r]);
        }
    }
    for (std::size_t r = 0; r < panel_rows; r += lanes<float>) {
        join_lanes<lanes<float> / 2>(top + r);
        store(best + r, top[r].best);
        store(second + r, top[r].second);
        __builtin_memcpy(index + r, &top[r].index, sizeof top[r].index);
    }
}

constexpr FixedKernels fixed_tiles = {block_features, tile_width, true,         arrange_bytes,
                                      gather_bytes,   top2_tiles, Tiles::begin, Tiles::end};
