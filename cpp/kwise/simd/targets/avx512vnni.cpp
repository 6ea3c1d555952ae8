#define KWISE_ISA isa_avx512vnni
#define KWISE_ISA_NAME "avx512vnni"
#include "kwise/simd/kernels.inl"

namespace kwise {
const Kernels& avx512vnni_kernels = isa_avx512vnni::table;
}
