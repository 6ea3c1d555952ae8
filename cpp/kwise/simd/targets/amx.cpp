#define KWISE_ISA isa_amx
#include "kwise/dispatch/amx_tiles.hpp"
#include "kwise/dispatch/kernels.hpp"
#include "kwise/simd/vector.hpp"

namespace kwise::KWISE_ISA {
namespace {

// Eight full tiles. A constant in memory: of a local variable the compiler would keep only the
// first bytes, because it does not know how many the instruction reads.
struct alignas(64) TileShapes {
    std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
    std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileShapes) == 64);
constexpr TileShapes full_tiles;

// Six tiles of sums (high, middle and low for the rows' two tiles each), one of rows, one of
// centers.
struct Tiles {
    static void begin() { _tile_loadconfig(&full_tiles); }
    static void end() { _tile_release(); }
    static void clear() {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        _tile_zero(4);
        _tile_zero(5);
    }
    // Adds one block's products; no sum is added to twice within four instructions.
    static void multiply(const std::int32_t* panel, const std::int32_t* group) {
        settle();
        _tile_loadd(7, group, 64);
        _tile_loadd(6, panel, 64);
        _tile_dpbssd(0, 6, 7);
        _tile_loadd(6, panel + 256, 64);
        _tile_dpbusd(2, 6, 7);
        _tile_loadd(6, panel + 512, 64);
        _tile_dpbssd(1, 6, 7);
        _tile_loadd(6, panel + 768, 64);
        _tile_dpbusd(3, 6, 7);
        _tile_loadd(7, group + 256, 64);
        _tile_dpbuud(5, 6, 7);
        _tile_loadd(6, panel, 64);
        _tile_dpbsud(2, 6, 7);
        _tile_loadd(6, panel + 256, 64);
        _tile_dpbuud(4, 6, 7);
        _tile_loadd(6, panel + 512, 64);
        _tile_dpbsud(3, 6, 7);
    }
    // The sums, row by row: high ones, middle ones, low ones.
    static void read(std::int32_t* sums) {
        _tile_stored(0, sums, 64);
        _tile_stored(1, sums + 256, 64);
        _tile_stored(2, sums + 512, 64);
        _tile_stored(3, sums + 768, 64);
        _tile_stored(4, sums + 1024, 64);
        _tile_stored(5, sums + 1280, 64);
        settle();
    }

  private:
    // The compiler does not know which memory the instructions read and write.
    static void settle() { __asm__ volatile("" ::: "memory"); }
};

#include "kwise/simd/scan/amx_tiles.inl"

// Numbers of every size and sign, from nothing but a count.
std::int16_t some_number(std::uint32_t count) {
    const std::uint32_t mixed = count * 2654435761u;
    return static_cast<std::int16_t>(mixed >> 16);
}

}  // namespace
}  // namespace kwise::KWISE_ISA

namespace kwise {

const FixedKernels& amx_fixed = isa_amx::fixed_tiles;

bool amx_multiplies() {
    using namespace isa_amx;
    constexpr std::size_t n_blocks = 2, width = n_blocks * block_features;
    constexpr std::size_t n_words = n_blocks * block_words;
    std::int16_t rows[panel_rows * width], centers[tile_width * width];
    std::uint32_t listed[panel_rows], count = 0;
    for (std::int16_t& value : rows) value = some_number(++count);
    for (std::int16_t& value : centers) value = some_number(++count);
    for (std::uint32_t r = 0; r < panel_rows; ++r) listed[r] = r;
    std::int32_t panel[n_blocks * panel_block], words[n_words], group[n_blocks * group_block];
    gather_bytes(rows, width, n_words, listed, panel);
    for (std::size_t c = 0; c < tile_width; ++c) {
        arrange_bytes(centers + c * width, n_words, words);
        for (std::size_t w = 0; w < n_words; ++w) group[w * tile_width + c] = words[w];
    }
    std::int32_t sums[panel_rows * rank_width];
    Tiles::begin();
    multiply_group(panel, group, n_blocks, false, sums);
    Tiles::end();
    for (std::size_t r = 0; r < panel_rows; ++r) {
        for (std::size_t c = 0; c < tile_width; ++c) {
            std::uint32_t sum = 0;
            for (std::size_t i = 0; i < width; ++i) {
                sum += static_cast<std::uint32_t>(rows[r * width + i] * centers[c * width + i]);
            }
            if (sum != static_cast<std::uint32_t>(sums[r * rank_width + c])) return false;
        }
    }
    return true;
}

}  // namespace kwise
