// The filter in int8 by tiles of bytes. Included where Tiles is defined: the instructions
// (simd/targets/amx.cpp), or loops that do the same anywhere (tests).
//
// The left factor is a tile of centers, 16 times 64 bytes, read where they lie one after the other;
// the right one 16 words of four bytes of a panel for 16 rows. So lanes of the products are rows, as
// everywhere, and the sums are those that other kernels add up, to the bit.

constexpr std::size_t tile_width = 16;  // words of a row of a tile, and rows
static_assert(panel_rows == 2 * tile_width && int8_tile_centers == 2 * tile_width);
// What is ranked stays in registers only where all of this becomes one function.
#define KWISE_INLINE __attribute__((always_inline)) inline

// Sums of products of 32 centers with a panel, to `sums` center by center. Calls `meanwhile` after
// each of 4 products for every 16 words.
template <class Other>
KWISE_INLINE void multiply_int8(const std::int32_t* panel, const std::int32_t* words,
                                std::size_t n_words, std::int32_t* sums, Other& meanwhile) {
    const std::int32_t* const others = words + tile_width * n_words;
    Tiles::clear<0, 1, 2, 3>();
    for (std::size_t w = 0; w < n_words; w += tile_width, panel += tile_width * panel_rows) {
        Tiles::load<4>(words + w, n_words);
        Tiles::load<6>(panel, panel_rows);
        Tiles::multiply<0, 4, 6>();
        meanwhile();
        Tiles::load<7>(panel + tile_width, panel_rows);
        Tiles::multiply<1, 4, 7>();
        meanwhile();
        Tiles::load<5>(others + w, n_words);
        Tiles::multiply<2, 5, 6>();
        meanwhile();
        Tiles::multiply<3, 5, 7>();
        meanwhile();
    }
    Tiles::store<0>(sums, panel_rows);
    Tiles::store<1>(sums + tile_width, panel_rows);
    Tiles::store<2>(sums + tile_width * panel_rows, panel_rows);
    Tiles::store<3>(sums + tile_width * panel_rows + tile_width, panel_rows);
}

// The 32 centers before, ranked some at a time between the products of the next: the processor does
// both at once if they come in turns, for it looks some 500 instructions ahead.
struct TileRanks {
    static constexpr std::size_t n_strips = panel_rows / strip_rows;

    TileRanks(const Int8Centers& centers, const float* inverses, std::int32_t* kept)
        : constants(centers.constants),
          number_bits(centers.number_bits),
          inverse(inverses),
          scores(kept),
          step((int8_tile_centers * tile_width / 4 + centers.n_words - 1) / centers.n_words) {
        for (Int8Top2& top : tops) top = no_int8_top2();
    }
    KWISE_INLINE void begin(std::size_t first, std::size_t last, const std::int32_t* from) {
        next = first;
        end = last;
        sums = from;
    }
    KWISE_INLINE void operator()() {
        for (std::size_t i = 0; i < step && next < end; ++i) rank_next();
    }
    KWISE_INLINE void finish() {
        while (next < end) rank_next();
    }
    KWISE_INLINE void rank_next() {
#pragma GCC unroll 4
        for (std::size_t s = 0; s < n_strips; ++s) {
#pragma GCC unroll 2
            for (int v = 0; v < strip_vectors; ++v) {
                const std::size_t at = s * strip_rows + static_cast<std::size_t>(v * lanes<float>);
                rank_int8(start_int8(constants[next], inverse + at) + load_index(sums + at),
                          static_cast<std::int32_t>(next), number_bits, v,
                          scores + next * panel_rows + s * strip_rows, tops[s]);
            }
        }
        ++next;
        sums += panel_rows;
    }

    const float* constants;
    std::int32_t number_bits;
    const float* inverse;
    std::int32_t* scores;
    std::size_t step, next = 0, end = 0;
    const std::int32_t* sums = nullptr;
    Int8Top2 tops[n_strips];
};

// See Kernels::label_int8_by_tiles. The last tiles repeat some of the centers before them, whose
// sums are passed over.
std::uint32_t label_int8_by_tiles(const std::int32_t* panel, std::size_t count,
                                  const float* inverse, const float* gaps,
                                  const Int8Centers& centers, std::int32_t* scores,
                                  std::int32_t* labels, std::int32_t* floors) {
    constexpr std::size_t step = int8_tile_centers;
    alignas(64) std::int32_t sums[2][step * panel_rows];
    const std::size_t k = centers.n_centers;
    TileRanks ranks(centers, inverse, scores);
    bool odd = false;
    Tiles::begin();
    for (std::size_t first = 0; first < k; first += step, odd = !odd) {
        const std::size_t start = first + step <= k ? first : k - step;
        multiply_int8(panel, centers.words + start * centers.n_words, centers.n_words, sums[odd],
                      ranks);
        ranks.finish();
        ranks.begin(first, first + step < k ? first + step : k,
                    sums[odd] + (first - start) * panel_rows);
    }
    ranks.finish();
    std::uint32_t uncertain = 0;
    for (std::size_t s = 0, row = 0; s < TileRanks::n_strips; ++s, row += strip_rows) {
        uncertain |= label_strip(ranks.tops[s], gaps + row, centers.number_bits, labels + row,
                                 floors + row)
                     << row;
    }
    return set_floors(uncertain, count, gaps, floors);
}
