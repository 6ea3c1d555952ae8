#include "kwise/kernels.hpp"

#include <cstdlib>
#include <cstring>

namespace kwise {
namespace {

const Kernels* const levels[] = {
    &baseline_kernels,
#if defined(KWISE_X86)
    &avx2_kernels,
    &avx512_kernels,
    &avx512vnni_kernels,
#endif
};

int machine_level() {
#if defined(KWISE_X86)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                      __builtin_cpu_supports("bmi2");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512vl");
    if (avx512 && __builtin_cpu_supports("avx512vnni")) return 3;
    if (avx512) return 2;
    if (avx2) return 1;
#endif
    return 0;
}

int allowed_level() {
    const char* wish = std::getenv("KWISE_MAX_ISA");
    const int machine = machine_level();
    if (wish == nullptr) return machine;
    for (int level = 0; level <= machine; ++level) {
        if (std::strcmp(wish, levels[level]->name) == 0) return level;
    }
    return machine;
}

}  // namespace

const Kernels& kernels() {
    static const Kernels& chosen = *levels[allowed_level()];
    return chosen;
}

const char* machine_isa() {
    return levels[machine_level()]->name;
}

}  // namespace kwise
