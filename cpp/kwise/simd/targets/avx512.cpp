#define KWISE_ISA isa_avx512
#define KWISE_ISA_NAME "avx512"
#include "kwise/simd/kernels.inl"

namespace kwise {
const Kernels& avx512_kernels = isa_avx512::table;
}
