// The kernels of fixed point by tiles, with the instructions replaced by plain loops: for
// processors that have no tiles.
#pragma once

#include "kwise/dispatch/scaled_int16_kernels.hpp"

namespace kwise {

extern const FixedKernels& plain_tiles;
#if defined(KWISE_X86)
// The same, all else by vectors of AVX-512.
extern const FixedKernels& plain_tiles_avx512;
#endif

}  // namespace kwise
