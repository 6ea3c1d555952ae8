// Simd: one vector of the widest registers that this translation unit may use, as a thin layer over
// the vector extension that g++ and clang share. Included only by the kernels of one instruction
// set. Where both compilers make good code of plain operators, operators are used; intrinsics stand
// where they do not, or where the machine has an instruction of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
// The baseline of 64-bit Arm is plain vectors; its level "neon" uses the instructions by name.
#if defined(KWISE_NEON)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
// The widest registers of the target that this translation unit is compiled for.
#define KWISE_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define KWISE_VECTOR_BYTES 32
#else
#define KWISE_VECTOR_BYTES 16
#endif
// 32 registers hold the sums of 8 centers beside the rows, 16 those of 4.
#if defined(__AVX512F__) || defined(KWISE_NEON)
#define KWISE_MANY_REGISTERS 1
#endif

namespace kwise::KWISE_ISA {

// Index<T> has a lane for each lane of Vector<T>, as wide: results of comparisons (-1 or 0),
// labels, words of two int16.
template <class T>
struct VectorOf;
template <>
struct VectorOf<float> {
    typedef float type __attribute__((vector_size(KWISE_VECTOR_BYTES)));
    typedef std::int32_t index __attribute__((vector_size(KWISE_VECTOR_BYTES)));
    typedef std::int32_t index_element;
};
template <>
struct VectorOf<double> {
    typedef double type __attribute__((vector_size(KWISE_VECTOR_BYTES)));
    typedef std::int64_t index __attribute__((vector_size(KWISE_VECTOR_BYTES)));
    typedef std::int64_t index_element;
};
template <class T>
using Vector = typename VectorOf<T>::type;
template <class T>
using Index = typename VectorOf<T>::index;
// As many float32 values as a vector has float64 ones.
typedef float HalfVector __attribute__((vector_size(KWISE_VECTOR_BYTES / 2)));
// As many int16 as a vector has float32 values.
typedef std::int16_t Shorts __attribute__((vector_size(KWISE_VECTOR_BYTES / 2)));
template <class T>
constexpr int lanes = KWISE_VECTOR_BYTES / static_cast<int>(sizeof(T));

// Loads and stores want no alignment: copying is what compilers make an unaligned move of.
template <class T>
inline Vector<T> load(const T* from) {
    Vector<T> v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}
template <class T>
inline void store(T* to, Vector<T> v) {
    __builtin_memcpy(to, &v, sizeof v);
}
// x - 0 is x for every x, -0 included; a sum would not keep that.
template <class T>
inline Vector<T> broadcast(T value) {
    return value - Vector<T>{};
}
template <class T>
inline Index<T> broadcast_index(std::int32_t value) {
    return static_cast<typename VectorOf<T>::index_element>(value) - Index<T>{};
}
// Lane i of the result is lane Pattern::at(i) of a and b, one after the other. The pattern is a
// type, since clang takes constant lanes alone.
template <class Pattern, class V, std::size_t... lane>
inline V shuffle_lanes(V a, V b, std::index_sequence<lane...>) {
    return __builtin_shufflevector(a, b, Pattern::at(static_cast<int>(lane))...);
}
template <class Pattern, class V>
inline V shuffle(V a, V b) {
    return shuffle_lanes<Pattern>(a, b, std::make_index_sequence<sizeof a / sizeof a[0]>{});
}
// In float64: g++ 12 converts halves and joins them. Exact: every float32 number is one of float64.
inline Vector<double> widen(HalfVector v) {
#if defined(__AVX512F__)
    return (Vector<double>)_mm512_cvtps_pd((__m256)v);
#elif defined(__AVX2__)
    return (Vector<double>)_mm256_cvtps_pd((__m128)v);
#else
    return __builtin_convertvector(v, Vector<double>);
#endif
}
inline Vector<double> widen(Vector<double> v) {
    return v;
}

// Labels and words of int16 pairs; as load(), without alignment.
inline Index<float> load_index(const std::int32_t* from) {
    Index<float> v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}
// table[index] of every lane. All lanes are looked up: indices must be valid in each.
inline Vector<float> gather(const float* table, Index<float> index) {
#if defined(__AVX512F__)
    return (Vector<float>)_mm512_i32gather_ps((__m512i)index, table, 4);
#elif defined(__AVX2__)
    return (Vector<float>)_mm256_i32gather_ps(table, (__m256i)index, 4);
#else
    Vector<float> v;
    for (int lane = 0; lane < lanes<float>; ++lane) v[lane] = table[index[lane]];
    return v;
#endif
}

// A table that registers hold: looked up without memory. `most` entries at the most; with 0 of them
// callers gather from memory instead. Entries past `count` are never read, and are 0.
#if defined(__AVX512F__)
class ShortTable {
  public:
    static constexpr std::size_t most = 32;
    // Masks keep the loads from touching what is past the table.
    ShortTable(const float* from, std::size_t count) {
        const std::uint32_t mask = count < most ? (1u << count) - 1u : ~0u;
        low_ = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), from);
        high_ = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask >> 16), from + 16);
    }
    Vector<float> operator[](Index<float> index) const {
        return (Vector<float>)_mm512_permutex2var_ps(low_, (__m512i)index, high_);
    }

  private:
    __m512 low_, high_;
};
#else
class ShortTable {
  public:
    static constexpr std::size_t most = 0;
    ShortTable(const float* from, std::size_t) : from_(from) {}
    Vector<float> operator[](Index<float> index) const { return gather(from_, index); }

  private:
    const float* from_;
};
#endif

#if defined(__AVX512F__)
// A mask as bits that may be counted. g++ 12 takes the upper half of the 32 for known zeros, and
// yet writes 16 where it has to spill and reads 32 back (seen under -fsanitize=thread); so the
// bits pass where it knows nothing of them, and only then are cut off.
template <class Mask>
inline std::uint32_t bits_of(Mask mask) {
    std::uint32_t bits = mask;
    asm("" : "+r"(bits));
    return bits & static_cast<Mask>(-1);
}
#endif

// One bit a lane, from the lowest on: a != b. Bits past the vector's lanes are 0, here as in all
// functions that give bits.
inline std::uint32_t unequal_bits(Index<float> a, Index<float> b) {
#if defined(__AVX512F__)
    return bits_of(_mm512_cmpneq_epi32_mask((__m512i)a, (__m512i)b));
#elif defined(__AVX2__)
    return ~static_cast<std::uint32_t>(
               _mm256_movemask_ps((__m256)_mm256_cmpeq_epi32((__m256i)a, (__m256i)b))) &
           0xffu;
#elif defined(KWISE_NEON)
    const uint32x4_t bit_of_lane = {1, 2, 4, 8};
    return vaddvq_u32(vbicq_u32(bit_of_lane, vceqq_s32((int32x4_t)a, (int32x4_t)b)));
#else
    std::uint32_t bits = 0;
    for (int lane = 0; lane < lanes<float>; ++lane) {
        bits |= static_cast<std::uint32_t>(a[lane] != b[lane]) << lane;
    }
    return bits;
#endif
}

// a * b + c: fused where the machine has it. Only filters with an error band may use it, since the
// last bit depends on the instruction set; or where products are exact, so that both round alike.
//
// smaller and larger give their second argument where either is no number: callers put there what
// may be one, or test for it elsewhere. less_bits and keep_smaller are ordered comparisons, false
// for what is no number.
#if defined(__AVX512F__)
inline Vector<float> multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
    return (Vector<float>)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
inline Vector<double> multiply_add(Vector<double> a, Vector<double> b, Vector<double> c) {
    return (Vector<double>)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
inline Vector<float> smaller(Vector<float> a, Vector<float> b) {
    return (Vector<float>)_mm512_min_ps((__m512)a, (__m512)b);
}
inline Vector<float> larger(Vector<float> a, Vector<float> b) {
    return (Vector<float>)_mm512_max_ps((__m512)a, (__m512)b);
}
inline Index<float> smaller(Index<float> a, Index<float> b) {
    return (Index<float>)_mm512_min_epi32((__m512i)a, (__m512i)b);
}
inline Index<float> larger(Index<float> a, Index<float> b) {
    return (Index<float>)_mm512_max_epi32((__m512i)a, (__m512i)b);
}
inline Vector<double> smaller(Vector<double> a, Vector<double> b) {
    return (Vector<double>)_mm512_min_pd((__m512d)a, (__m512d)b);
}
inline Vector<double> larger(Vector<double> a, Vector<double> b) {
    return (Vector<double>)_mm512_max_pd((__m512d)a, (__m512d)b);
}
// Where a < b takes the value and the index, elsewhere keeps them.
inline void keep_smaller(Vector<float> a, Index<float> ia, Vector<float>& b, Index<float>& ib) {
    const __mmask16 less = _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ);
    b = (Vector<float>)_mm512_mask_mov_ps((__m512)b, less, (__m512)a);
    ib = (Index<float>)_mm512_mask_mov_epi32((__m512i)ib, less, (__m512i)ia);
}
inline void keep_smaller(Vector<double> a, Index<double> ia, Vector<double>& b, Index<double>& ib) {
    const __mmask8 less = _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_LT_OQ);
    b = (Vector<double>)_mm512_mask_mov_pd((__m512d)b, less, (__m512d)a);
    ib = (Index<double>)_mm512_mask_mov_epi64((__m512i)ib, less, (__m512i)ia);
}
// One bit a lane: a < b.
inline std::uint32_t less_bits(Vector<float> a, Vector<float> b) {
    return bits_of(_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ));
}
inline std::uint32_t less_bits(Vector<double> a, Vector<double> b) {
    return bits_of(_mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_LT_OQ));
}
#else
#if defined(__AVX2__)
inline Vector<float> multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
    return (Vector<float>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
inline Vector<double> multiply_add(Vector<double> a, Vector<double> b, Vector<double> c) {
    return (Vector<double>)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
// As above: masks of all bits a lane, gathered to one bit a lane.
inline std::uint32_t less_bits(Vector<float> a, Vector<float> b) {
    return static_cast<std::uint32_t>(
        _mm256_movemask_ps(_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_LT_OQ)));
}
inline std::uint32_t less_bits(Vector<double> a, Vector<double> b) {
    return static_cast<std::uint32_t>(
        _mm256_movemask_pd(_mm256_cmp_pd((__m256d)a, (__m256d)b, _CMP_LT_OQ)));
}
#elif defined(KWISE_NEON)
inline Vector<float> multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
    return (Vector<float>)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
inline Vector<double> multiply_add(Vector<double> a, Vector<double> b, Vector<double> c) {
    return (Vector<double>)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
// Lane by bit: masks keep one bit each, which are added up.
inline std::uint32_t less_bits(Vector<float> a, Vector<float> b) {
    const uint32x4_t bit_of_lane = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(vcltq_f32((float32x4_t)a, (float32x4_t)b), bit_of_lane));
}
inline std::uint32_t less_bits(Vector<double> a, Vector<double> b) {
    const uint64x2_t bit_of_lane = {1, 2};
    return static_cast<std::uint32_t>(
        vaddvq_u64(vandq_u64(vcltq_f64((float64x2_t)a, (float64x2_t)b), bit_of_lane)));
}
#else
// The baseline has no fused operations: two roundings, as bands allow.
template <class V>
inline V multiply_add(V a, V b, V c) {
    return a * b + c;
}
inline std::uint32_t less_bits(Vector<float> a, Vector<float> b) {
    const Index<float> less = a < b;
    std::uint32_t bits = 0;
    for (int lane = 0; lane < lanes<float>; ++lane) bits |= (less[lane] & 1u) << lane;
    return bits;
}
inline std::uint32_t less_bits(Vector<double> a, Vector<double> b) {
    const Index<double> less = a < b;
    std::uint32_t bits = 0;
    for (int lane = 0; lane < lanes<double>; ++lane) {
        bits |= static_cast<std::uint32_t>(less[lane] & 1) << lane;
    }
    return bits;
}
#endif
#if defined(KWISE_NEON)
inline Index<float> smaller(Index<float> a, Index<float> b) {
    return (Index<float>)vminq_s32((int32x4_t)a, (int32x4_t)b);
}
inline Index<float> larger(Index<float> a, Index<float> b) {
    return (Index<float>)vmaxq_s32((int32x4_t)a, (int32x4_t)b);
}
#endif
// Compilers make single instructions of these.
template <class V>
inline V smaller(V a, V b) {
    return a < b ? a : b;
}
template <class V>
inline V larger(V a, V b) {
    return a > b ? a : b;
}
template <class V, class I>
inline void keep_smaller(V a, I ia, V& b, I& ib) {
    const I less = a < b;
    b = less ? a : b;
    ib = less ? ia : ib;
}
#endif

}  // namespace kwise::KWISE_ISA
