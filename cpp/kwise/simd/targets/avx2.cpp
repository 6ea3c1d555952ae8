#define KWISE_ISA isa_avx2
#define KWISE_ISA_NAME "avx2"
#include "kwise/simd/kernels.inl"

namespace kwise {
const Kernels& avx2_kernels = isa_avx2::table;
}
