// Dispatch: what the x86 processor has and the system saves at a switch of threads, asked by the
// instruction CPUID itself: not every compiler's runtime answers __builtin_cpu_supports. Called by
// dispatch/kernels.
#pragma once

#if defined(KWISE_X86)

namespace kwise {

// Each names all that the compiler may use for the level of that name, beyond the level before.
struct CpuFeatures {
    bool avx2 = false;        // AVX2, FMA and BMI2
    bool avx512 = false;      // AVX-512 F, DQ, BW and VL: the first processors with AVX-512
    bool avx512vnni = false;  // products of 16-bit and of 8-bit pairs
    bool amx = false;         // tiles of bytes; Linux has to be asked as well (dispatch/amx.hpp)
};

CpuFeatures cpu_features();

}  // namespace kwise

#endif
