#include "kwise/dispatch/kernels.hpp"

#include <cstdlib>
#include <cstring>

#include "kwise/dispatch/amx.hpp"
#include "kwise/dispatch/cpu_features.hpp"

namespace kwise {
namespace {

// From the least to the best; a machine has all of them up to one.
struct Level {
    const Kernels& kernels;
    bool (*present)();  // where the machine has the level before
};

// The best level of this machine, or the one of that name where the machine has it: later ones
// are not even looked for.
const Kernels& best_level(const char* wish) {
    static const Level levels[] = {
        {baseline_kernels, [] { return true; }},
#if defined(KWISE_X86)
        {avx2_kernels, [] { return cpu_features().avx2; }},
        {avx512_kernels, [] { return cpu_features().avx512; }},
        {avx512vnni_kernels, [] { return cpu_features().avx512vnni; }},
#if defined(KWISE_AMX)
        {amx_kernels(), have_tiles},
#endif
#elif defined(KWISE_ARM64)
        {neon_kernels, [] { return true; }},  // part of every 64-bit Arm
#endif
    };
    const Kernels* best = nullptr;
    for (const Level& level : levels) {
        // A level that is missing hides those after it: each is compiled for all before it, too.
        if (!level.present()) break;
        best = &level.kernels;
        if (wish != nullptr && std::strcmp(wish, best->name) == 0) break;
    }
    return *best;
}

}  // namespace

const Kernels& kernels() {
    // The environment is read once a process, so that no run mixes two sets.
    static const Kernels& chosen = best_level(std::getenv("KWISE_MAX_ISA"));
    return chosen;
}

const char* machine_isa() {
    return best_level(nullptr).name;
}

}  // namespace kwise
