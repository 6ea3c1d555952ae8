// Compiled twice on x86-64: the vectors of simd/targets/amx.cpp can be checked where AVX-512 is all
// there is.
#if defined(__AVX512F__)
#define KWISE_ISA isa_plain_tiles_avx512
#else
#define KWISE_ISA isa_plain_tiles
#endif
#include "plain_tiles.hpp"

#include <cstdlib>

#include "kwise/dispatch/kernels.hpp"
#include "kwise/simd/vector.hpp"

namespace kwise::KWISE_ISA {
namespace {

std::int32_t byte_of(std::int32_t word, std::size_t j, bool is_signed) {
    const auto byte = static_cast<std::uint8_t>(static_cast<std::uint32_t>(word) >> (8 * j));
    return is_signed ? static_cast<std::int8_t>(byte) : byte;
}

// What the processor does, down to sums that wrap around, and nothing without begin().
struct Tiles {
    static constexpr std::size_t width = 16, words = width * width;
    static inline bool ready = false;
    static inline std::uint32_t sums[6][words];

    static void begin() { ready = true; }
    static void end() { ready = false; }
    static void clear() {
        if (!ready) std::abort();
        for (auto& tile : sums) {
            for (std::uint32_t& sum : tile) sum = 0;
        }
    }
    // TDPBSSD, TDPBSUD, TDPBUSD and TDPBUUD of full tiles: bytes of 16 rows times 16 words, and of
    // 16 words times 16 columns.
    static void dot(std::uint32_t* tile, const std::int32_t* a, bool a_signed,
                    const std::int32_t* b, bool b_signed) {
        for (std::size_t k = 0; k < width; ++k) {
            for (std::size_t j = 0; j < 4; ++j) {
                std::int32_t column[width];
                for (std::size_t n = 0; n < width; ++n) {
                    column[n] = byte_of(b[k * width + n], j, b_signed);
                }
                for (std::size_t m = 0; m < width; ++m) {
                    const std::int32_t byte = byte_of(a[m * width + k], j, a_signed);
                    for (std::size_t n = 0; n < width; ++n) {
                        tile[m * width + n] += static_cast<std::uint32_t>(byte * column[n]);
                    }
                }
            }
        }
    }
    static void multiply(const std::int32_t* panel, const std::int32_t* group) {
        for (std::size_t half = 0; half < 2; ++half) {
            const std::int32_t* const high = panel + half * 2 * words;
            const std::int32_t* const low = high + words;
            dot(sums[half], high, true, group, true);
            dot(sums[2 + half], high, true, group + words, false);
            dot(sums[2 + half], low, false, group, true);
            dot(sums[4 + half], low, false, group + words, false);
        }
    }
    static void read(std::int32_t* to) { __builtin_memcpy(to, sums, sizeof sums); }
};

#include "kwise/simd/scan/amx_tiles.inl"

}  // namespace
}  // namespace kwise::KWISE_ISA

namespace kwise {
#if defined(__AVX512F__)
const FixedKernels& plain_tiles_avx512 = KWISE_ISA::fixed_tiles;
#else
const FixedKernels& plain_tiles = KWISE_ISA::fixed_tiles;
#endif
}  // namespace kwise
