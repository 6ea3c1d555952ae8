// Bits as in the manual of Intel's instruction set, volume 2, CPUID, and volume 1, 13.3 (XCR0).
#include "kwise/dispatch/cpu_features.hpp"

#if defined(KWISE_X86)

#include <cpuid.h>

#include <cstdint>

namespace kwise {
namespace {

struct Registers {
    std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

// Zeros where the processor does not know the leaf.
Registers cpuid(std::uint32_t leaf) {
    Registers r;
    if (__get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx) == 0) return {};
    return r;
}

bool has(std::uint32_t bits, std::uint32_t bit) {
    return (bits >> bit & 1u) != 0;
}

// What the system saves: bits 1 and 2 are XMM and YMM, 5 to 7 what AVX-512 adds, 17 and 18 tiles.
// By its bytes, since the instruction has no name below -mxsave.
std::uint32_t saved_state() {
    std::uint32_t low, high;
    __asm__ volatile(".byte 0x0f, 0x01, 0xd0" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

}  // namespace

CpuFeatures cpu_features() {
    constexpr std::uint32_t ymm_state = 0x6, zmm_state = 0xe6, tile_state = 0x60000;
    constexpr std::uint32_t osxsave = 27, fma = 12;                                 // leaf 1, ecx
    constexpr std::uint32_t avx2 = 5, bmi2 = 8, f = 16, dq = 17, bw = 30, vl = 31;  // leaf 7, ebx
    constexpr std::uint32_t vnni = 11;                                              // leaf 7, ecx
    constexpr std::uint32_t amx_tile = 24, amx_int8 = 25;                           // leaf 7, edx
    const Registers one = cpuid(1), seven = cpuid(7);
    CpuFeatures found;
    if (!has(one.ecx, osxsave)) return found;
    const std::uint32_t saved = saved_state();
    found.avx2 = (saved & ymm_state) == ymm_state && has(one.ecx, fma) && has(seven.ebx, avx2) &&
                 has(seven.ebx, bmi2);
    found.avx512 = found.avx2 && (saved & zmm_state) == zmm_state && has(seven.ebx, f) &&
                   has(seven.ebx, dq) && has(seven.ebx, bw) && has(seven.ebx, vl);
    found.avx512vnni = found.avx512 && has(seven.ecx, vnni);
    found.amx = found.avx512vnni && (saved & tile_state) == tile_state &&
                has(seven.edx, amx_tile) && has(seven.edx, amx_int8);
    return found;
}

}  // namespace kwise

#endif
