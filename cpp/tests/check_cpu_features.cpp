// Check of what the processor is said to have, beside what the compiler's runtime says of it; the
// runtime that the package ziglang brings says nothing, not even that x86-64 has SSE2.
#include <cstdio>

#include "expect.hpp"
#include "kwise/dispatch/cpu_features.hpp"
#include "kwise/dispatch/kernels.hpp"

int main() {
#if defined(KWISE_X86)
    __builtin_cpu_init();
    const kwise::CpuFeatures found = kwise::cpu_features();
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
                      __builtin_cpu_supports("bmi2") != 0;
    const bool avx512 =
        __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
        __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0;
    const bool avx512vnni = __builtin_cpu_supports("avx512vnni") != 0;
    expect(found.avx512vnni || !found.amx, "tiles come after VNNI", "cpu_features");
    if (__builtin_cpu_supports("sse2") == 0) {
        std::puts("the compiler's runtime knows no processor: nothing to compare");
    } else {
        expect(found.avx2 == avx2, "AVX2 as the compiler's runtime says", "cpu_features");
        expect(found.avx512 == (avx2 && avx512), "AVX-512 as the compiler's runtime says",
               "cpu_features");
        expect(found.avx512vnni == (avx2 && avx512 && avx512vnni), "VNNI as the runtime says",
               "cpu_features");
    }
#endif
    std::printf("%s: %d failures\n", kwise::machine_isa(), n_failures);
    return n_failures == 0 ? 0 : 1;
}
