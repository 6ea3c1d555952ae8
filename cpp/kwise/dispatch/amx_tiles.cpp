#include "kwise/dispatch/amx_tiles.hpp"

#if defined(KWISE_X86)
#include <cpuid.h>

#include <cstdint>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace kwise {
namespace {

// The processor multiplies tiles of bytes, and the system saves them when threads take turns.
bool processor_has_tiles() {
    constexpr unsigned osxsave = 1u << 27, tile_and_int8 = 3u << 24;
    constexpr std::uint32_t tile_state = 3u << 17;
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & osxsave) == 0) return false;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
    if ((d & tile_and_int8) != tile_and_int8) return false;
    std::uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & tile_state) == tile_state;
}

// Threads get room for the tiles' 8 KiB only in a process that asked.
bool system_permits_tiles() {
#if defined(__linux__) && defined(SYS_arch_prctl)
    constexpr long request_permission = 0x1023, tile_data = 18;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return false;
#endif
}

}  // namespace

bool have_tiles() {
    static const bool found = processor_has_tiles() && system_permits_tiles() && amx_multiplies();
    return found;
}

}  // namespace kwise
#endif
