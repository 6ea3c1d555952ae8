#define KWISE_NEON 1
#define KWISE_ISA isa_neon
#define KWISE_ISA_NAME "neon"
#include "kwise/simd/kernels.inl"

namespace kwise {
const Kernels& neon_kernels = isa_neon::table;
}
