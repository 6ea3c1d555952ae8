#include "kwise/dispatch/amx.hpp"

#if defined(KWISE_AMX)

#include <sys/syscall.h>
#include <unistd.h>

#include "kwise/dispatch/cpu_features.hpp"

namespace kwise {
namespace {

// Threads get room for the tiles' 8 KiB only in a process that asked. Linux refuses where a
// thread's stack for signals is too small for them.
bool system_permits_tiles() {
    constexpr long request_permission = 0x1023, tile_data = 18;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

}  // namespace

bool have_tiles() {
    static const bool found = cpu_features().amx && system_permits_tiles() && tiles_multiply();
    return found;
}

const Kernels& amx_kernels() {
    static const Kernels table = [] {
        Kernels amx = avx512vnni_kernels;
        amx.name = "amx";
        amx.label_int8_by_tiles = tile_kernels.label_int8_by_tiles;
        amx.release_tiles = tile_kernels.release_tiles;
        return amx;
    }();
    return table;
}

}  // namespace kwise

#endif
