// Tiles of bytes: AMX registers that multiply 16 x 64 bytes by 64 x 16 at a time. Their kernels
// are simd/scan/amx_tiles.inl; here is what a process has to do and to know before it may use them.
#pragma once

#include "kwise/dispatch/scaled_int16_kernels.hpp"

namespace kwise {

#if defined(KWISE_X86)
// Fixed point by tiles: simd/targets/amx.cpp.
extern const FixedKernels& amx_fixed;
// Multiplies some bytes by tiles and without; whether the products agree. Only where the processor
// and the system support tiles.
bool amx_multiplies();
// Whether this machine has tiles of bytes that work, and the system lets the process use them,
// which it is asked for once.
bool have_tiles();
#endif

}  // namespace kwise
