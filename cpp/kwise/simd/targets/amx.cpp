// The kernel that multiplies tiles of bytes; all others are those of AVX-512 with VNNI.
#define KWISE_ISA isa_amx
#include "kwise/dispatch/amx.hpp"
#include "kwise/dispatch/kernels.hpp"
#include "kwise/simd/vector.hpp"

namespace kwise::KWISE_ISA {
namespace {

// What the instruction that sets up tiles reads: eight of 16 x 64 bytes.
struct alignas(64) TileShapes {
    std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
    std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileShapes) == 64);
constexpr TileShapes shapes;

// Whether this thread's tiles are set up.
thread_local bool ready = false;

// Instructions by the numbers of tiles. As text, since the compilers' own names take no constant of
// a template, and those of g++ do not say what memory they touch.
struct Tiles {
    // Setting them up takes as long as a short product: once a chunk.
    static void begin() {
        if (!ready) __asm__ volatile("ldtilecfg %0" ::"m"(shapes));
        ready = true;
    }
    static void end() {
        if (ready) __asm__ volatile("tilerelease");
        ready = false;
    }
    template <int... tile>
    static void clear() {
        (clear_one<tile>(), ...);
    }
    // Rows of a tile are `stride` words apart.
    template <int tile>
    static void load(const std::int32_t* from, std::size_t stride) {
        __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride * 4), "i"(tile)
                         : "memory");
    }
    template <int tile>
    static void store(std::int32_t* to, std::size_t stride) {
        __asm__ volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride * 4), "i"(tile)
                         : "memory");
    }
    // sum += a * b: unsigned bytes of a, signed ones of b.
    template <int sum, int a, int b>
    static void multiply() {
        __asm__ volatile("tdpbusd %%tmm%c0, %%tmm%c1, %%tmm%c2" ::"i"(b), "i"(a), "i"(sum));
    }

  private:
    template <int tile>
    static void clear_one() {
        __asm__ volatile("tilezero %%tmm%c0" ::"i"(tile));
    }
};

#include "kwise/simd/scan/int8_ranks.inl"
#include "kwise/simd/scan/int8_tiles.inl"

}  // namespace

extern const TileKernels tile_table = {label_int8_by_tiles, Tiles::end};

}  // namespace kwise::KWISE_ISA

namespace kwise {

const TileKernels& tile_kernels = isa_amx::tile_table;

bool tiles_multiply() {
    using namespace isa_amx;
    constexpr std::size_t n_words = 2 * tile_width;
    std::int32_t panel[panel_rows * n_words], words[int8_tile_centers * n_words];
    std::int32_t sums[int8_tile_centers * panel_rows];
    // Bytes of every size and sign, from nothing but a count.
    std::uint32_t count = 0;
    for (std::int32_t& word : panel) word = static_cast<std::int32_t>(++count * 2654435761u);
    for (std::int32_t& word : words) word = static_cast<std::int32_t>(++count * 2654435761u);
    const auto nothing = [] {};
    Tiles::begin();
    multiply_int8(panel, words, n_words, sums, nothing);
    Tiles::end();
    for (std::size_t c = 0; c < int8_tile_centers; ++c) {
        for (std::size_t r = 0; r < panel_rows; ++r) {
            std::int32_t sum = 0;
            for (std::size_t w = 0; w < n_words; ++w) {
                const auto center = static_cast<std::uint32_t>(words[c * n_words + w]);
                const auto row = static_cast<std::uint32_t>(panel[w * panel_rows + r]);
                for (int byte = 0; byte < 32; byte += 8) {
                    sum += static_cast<std::int32_t>(center >> byte & 255) *
                           static_cast<std::int8_t>(row >> byte & 255);
                }
            }
            if (sum != sums[c * panel_rows + r]) return false;
        }
    }
    return true;
}

}  // namespace kwise
