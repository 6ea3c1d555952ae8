#define KWISE_ISA isa_baseline
#define KWISE_ISA_NAME "baseline"
#include "kwise/simd/kernels.inl"

namespace kwise {
const Kernels& baseline_kernels = isa_baseline::table;
}
