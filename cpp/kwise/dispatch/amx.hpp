// Dispatch: tiles of bytes, where the compiler has them (simd/targets/amx.cpp); a process must ask
// for them. Called by dispatch/kernels.
#pragma once

#include "kwise/dispatch/kernels.hpp"

namespace kwise {

// Those of kernels() that multiply tiles.
struct TileKernels {
    decltype(Kernels::label_int8_by_tiles) label_int8_by_tiles;
    decltype(Kernels::release_tiles) release_tiles;
};

#if defined(KWISE_AMX)

// Whether the processor has tiles, the system lets this process use them, and a small product is
// right. Asks the system the first time.
bool have_tiles();

// Tiles where they serve, else the kernels of AVX-512 with VNNI.
const Kernels& amx_kernels();

extern const TileKernels& tile_kernels;
// Whether a product by these is that of plain integers.
bool tiles_multiply();

#endif

}  // namespace kwise
