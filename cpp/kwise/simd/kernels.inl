// The kernels themselves, compiled once for each instruction set: KWISE_ISA names the namespace, so
// that the linker can never mix the copies. No templates of the standard library here, for the same
// reason. Only what filters rank by (top2 and its like, norms, packing) may differ in the last bit
// between instruction sets, which an error band covers; canonical distances and exact sums are the
// same everywhere (no fused operations, fixed order). Loads and stores need no alignment.

#include "kwise/dispatch/kernels.hpp"
#include "kwise/simd/vector.hpp"

namespace kwise::KWISE_ISA {
namespace {

#include "kwise/simd/scan/int8_ranks.inl"

// Scores held at once are block_limit times strip_vectors registers; the rest hold rows and
// coefficients.
#if defined(KWISE_MANY_REGISTERS)
constexpr std::size_t block_limit = 8;
#else
constexpr std::size_t block_limit = 4;
#endif
// Part of the definition of the canonical distance: never change it for a wider machine.
constexpr std::size_t lane_count = 8;  // of the canonical sum

// The two smallest scores so far of the rows of a strip, and whose the smallest is.
template <class T>
struct Top2 {
    Vector<T> best[strip_vectors], second[strip_vectors];
    Index<T> index[strip_vectors];
};

// Scores of G centers for one strip, kept in registers: constant + sum of products, feature by
// feature. `strip` points at the strip's first row in a panel; n_features counts the norm as one
// more feature where the caller's coefficients have one. The block is G constants, then G
// coefficients a feature (FilterCenters::pack). G is a constant, so that no loop over it is left
// and no sum is spilled.
template <class T, int G>
inline void score_block(const T* strip, std::size_t n_features, const T* center_block,
                        Vector<T> (&scores)[G][strip_vectors]) {
    for (int g = 0; g < G; ++g) {
        const Vector<T> constant = broadcast(center_block[g]);
        for (int v = 0; v < strip_vectors; ++v) scores[g][v] = constant;
    }
    for (std::size_t i = 0; i < n_features; ++i) {
        center_block += G;
        Vector<T> x[strip_vectors];
        for (int v = 0; v < strip_vectors; ++v) x[v] = load(strip + v * lanes<T>);
        strip += panel_rows;
#pragma GCC unroll 8
        for (int g = 0; g < G; ++g) {
            const Vector<T> coefficient = broadcast(center_block[g]);
#pragma GCC unroll 2
            for (int v = 0; v < strip_vectors; ++v) {
                scores[g][v] = multiply_add(x[v], coefficient, scores[g][v]);
            }
        }
    }
}

// Ranks the scores of one block; `first` is the number of its first center. The second is taken
// before the best changes: it is the smaller of the old second and of whichever of best and score
// loses. Equal scores keep the center that came first, the lowest.
template <class T, int G>
inline void top2_block(const T* strip, std::size_t n_features, const T* center_block,
                       std::int32_t first, Top2<T>& top) {
    Vector<T> scores[G][strip_vectors];
    score_block<T, G>(strip, n_features, center_block, scores);
#pragma GCC unroll 8
    for (int g = 0; g < G; ++g) {
        const Index<T> center = broadcast_index<T>(first + g);
#pragma GCC unroll 2
        for (int v = 0; v < strip_vectors; ++v) {
            top.second[v] = smaller(top.second[v], larger(top.best[v], scores[g][v]));
            keep_smaller(scores[g][v], center, top.best[v], top.index[v]);
        }
    }
}

// The top 2 of all centers for one strip. Without any center best stays infinite with index 0. A
// score that is no number never becomes the best, but makes second forget what it was: no center
// may have such scores.
template <class T>
void top2_strip(const T* strip, std::size_t n_features, const PackedCenters<T>& centers, T* best,
                T* second, std::int32_t* index) {
    Top2<T> top;
    for (int v = 0; v < strip_vectors; ++v) {
        top.best[v] = top.second[v] = broadcast(static_cast<T>(__builtin_inf()));
        top.index[v] = Index<T>{};
    }
    // Blocks lie one after the other, each its constants and coefficients.
    const T* center_block = centers.values;
    std::int32_t first = 0;
    for (std::size_t b = 0; b < centers.n_blocks; ++b) {
        const std::size_t size = centers.block_sizes[b];
        // One compiled block a size: the sizes that FilterCenters packs are 1 to block_limit.
        switch (size) {
            case 1:
                top2_block<T, 1>(strip, n_features, center_block, first, top);
                break;
            case 2:
                top2_block<T, 2>(strip, n_features, center_block, first, top);
                break;
            case 3:
                top2_block<T, 3>(strip, n_features, center_block, first, top);
                break;
            case 4:
                top2_block<T, 4>(strip, n_features, center_block, first, top);
                break;
#if defined(KWISE_MANY_REGISTERS)
            case 5:
                top2_block<T, 5>(strip, n_features, center_block, first, top);
                break;
            case 6:
                top2_block<T, 6>(strip, n_features, center_block, first, top);
                break;
            case 7:
                top2_block<T, 7>(strip, n_features, center_block, first, top);
                break;
            case 8:
                top2_block<T, 8>(strip, n_features, center_block, first, top);
                break;
#endif
        }
        center_block += size * (n_features + 1);
        first += static_cast<std::int32_t>(size);
    }
    for (int v = 0; v < strip_vectors; ++v) {
        store(best + v * lanes<T>, top.best[v]);
        // Indices are as wide as scores while they are ranked; answers are int32 for either type.
        store(second + v * lanes<T>, top.second[v]);
        for (int lane = 0; lane < lanes<T>; ++lane) {
            index[v * lanes<T> + lane] = static_cast<std::int32_t>(top.index[v][lane]);
        }
    }
}

// See ScanKernels::top2. Panels lie panel_stride values apart. A strip has 4 to 32 rows,
// a power of 2, so that no panel leaves a rest.
template <class T>
void top2(const T* panels, std::size_t n_panels, std::size_t panel_stride, std::size_t n_features,
          const PackedCenters<T>& centers, T* best, T* second, std::int32_t* index) {
    constexpr std::size_t strip_rows = strip_vectors * lanes<T>;
    for (std::size_t p = 0; p < n_panels; ++p) {
        for (std::size_t row = 0; row < panel_rows; row += strip_rows) {
            const std::size_t at = p * panel_rows + row;
            top2_strip(panels + p * panel_stride + row, n_features, centers, best + at, second + at,
                       index + at);
        }
    }
}

// As trial_reductions_float32, for a block of G trials. Scores are lower bounds: a row below its
// threshold *may* come nearer, a row above certainly does not. Reductions are kept for each lane of
// the panel and added up by the caller, in float32: its error is counted there.
template <int G>
inline void trial_reductions_block(const float* panel, std::size_t n_features,
                                   const float* center_block, const float* threshold,
                                   const float* weights, float* reductions, std::uint32_t* bits) {
    constexpr std::size_t strip_rows = strip_vectors * lanes<float>;
    const Vector<float> zero{};
    for (int g = 0; g < G; ++g) bits[g] = 0;
    for (std::size_t row = 0; row < panel_rows; row += strip_rows) {
        Vector<float> scores[G][strip_vectors];
        score_block<float, G>(panel + row, n_features, center_block, scores);
        for (int v = 0; v < strip_vectors; ++v) {
            const std::size_t at = row + static_cast<std::size_t>(v * lanes<float>);
            // Thresholds are rounded up (trial_filter_float32.cpp), so that no row is missed.
            const Vector<float> limit = load(threshold + at);
            for (int g = 0; g < G; ++g) {
                const std::uint32_t nearer = less_bits(scores[g][v], limit);
                if (nearer == 0) continue;
                bits[g] |= nearer << at;
                Vector<float> amount = larger(zero, limit - scores[g][v]);
                if (weights != nullptr) amount *= load(weights + at);
                float* const total = reductions + static_cast<std::size_t>(g) * panel_rows + at;
                store(total, load(total) + amount);
            }
        }
    }
}

void trial_reductions_float32(const float* panel, std::size_t n_features, const float* center_block,
                              std::size_t block_size, const float* threshold, const float* weights,
                              float* reductions, std::uint32_t* bits) {
    const auto run = [&]<int G>() {
        trial_reductions_block<G>(panel, n_features, center_block, threshold, weights, reductions,
                                  bits);
    };
    switch (block_size) {
        case 1:
            run.template operator()<1>();
            break;
        case 2:
            run.template operator()<2>();
            break;
        case 3:
            run.template operator()<3>();
            break;
        case 4:
            run.template operator()<4>();
            break;
#if defined(KWISE_MANY_REGISTERS)
        case 5:
            run.template operator()<5>();
            break;
        case 6:
            run.template operator()<6>();
            break;
        case 7:
            run.template operator()<7>();
            break;
        case 8:
            run.template operator()<8>();
            break;
#endif
    }
}

// The canonical distance: features i with the same i mod 8 are added in order in one lane, the
// lanes are folded in halves. Padding with zeros does not change it. Every kernel that yields a
// canonical distance must add in this order and never fuse (docs/decisions/canonical-labels.md);
// base/lanes.hpp has the same fold for sums outside kernels.
inline double fold(const double* a) {
    return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

// See Kernels::canonical_row. Compiled without contraction, like everything here, so that a product
// and its addition round separately.
// Rows and centers may be at any address; padded is a multiple of 8.
double canonical_row(const double* row, const double* center, std::size_t padded) {
    double lane[lane_count] = {};
    for (std::size_t i = 0; i < padded; i += lane_count) {
        for (std::size_t l = 0; l < lane_count; ++l) {
            const double difference = row[i + l] - center[i + l];
            lane[l] += difference * difference;
        }
    }
    return fold(lane);
}

// See Kernels::canonical_nearest. The definition of a label: a strict < keeps the lowest index on
// ties. A distance that is not finite never wins; if none does, the answer is center 0.
std::int32_t canonical_nearest(const double* row, const double* centers, std::size_t n_centers,
                               std::size_t padded, double* distance) {
    std::int32_t nearest = 0;
    double smallest = __builtin_inf();
    // In order of the centers: all of them, since this is the definition and not a filter.
    for (std::size_t c = 0; c < n_centers; ++c) {
        const double d = canonical_row(row, centers + c * padded, padded);
        if (d < smallest) {
            smallest = d;
            nearest = static_cast<std::int32_t>(c);
        }
    }
    *distance = smallest;
    return nearest;
}

// A vector of values of either type as float64, which holds both exactly.
inline Vector<double> load_doubles(const double* from) {
    return load(from);
}
inline Vector<double> load_doubles(const float* from) {
    HalfVector half;
    __builtin_memcpy(&half, from, sizeof half);
    return widen(half);
}

// Relative error of a float32 norm's square, and of the square roots taken of bounds. Norms are
// upper bounds (see store_norms), so |x|^2 lies within this of norm * norm.
constexpr float norm_error = 0x1p-20f;
// Canonical distances have a relative error below this, (n_features / 8 + 6) 2^-52, for up to 2^18
// features.
constexpr float canonical_error = 0x1p-36f;

// Lane by lane; compilers make one instruction of it.
inline Vector<float> square_root(Vector<float> v) {
    Vector<float> root;
    for (int lane = 0; lane < lanes<float>; ++lane) root[lane] = __builtin_sqrtf(v[lane]);
    return root;
}

// See Kernels::certify. Arguments are arrays of whole panels; norms of panel p begin at norms + p *
// norm_stride. A label is certain where (second's lower bound) - (best's upper bound) exceeds what
// canonical distances may round by. Comparisons are the negation of "certainly less": what is no
// number counts as uncertain.
void certify(std::size_t n_panels, const float* best, const float* second,
             const std::int32_t* index, const float* norms, std::size_t norm_stride,
             const Bands& bands, const float* drift, float* margins, std::uint32_t* uncertain) {
    constexpr int width = lanes<float>;
    const Vector<float> zero{}, one = broadcast(1.0f);
    const Vector<float> largest_constant = broadcast(bands.largest_constant);
    const Vector<float> largest_slope = broadcast(bands.largest_slope);
    for (std::size_t p = 0; p < n_panels; ++p, norms += norm_stride) {
        uncertain[p] = 0;
        for (std::size_t r = 0; r < panel_rows; r += width) {
            const std::size_t at = p * panel_rows + r;
            // Norms are upper bounds, and bands grow with them: too large a norm only makes a label
            // less certain.
            const Vector<float> norm = load(norms + r), square = norm * norm;
            const Vector<float> low = load(second + at), high = load(best + at);
            const Vector<float> least = broadcast(canonical_error) * square;
            constexpr std::uint32_t all = width == 32 ? ~0u : (1u << width) - 1u;
            // First with the largest band of any center, which needs no lookup and decides most
            // rows; where that fails for any lane, all lanes look up the band of their own center.
            // Both are upper bounds, so margins may be made of either.
            Vector<float> upper = high + (largest_constant + largest_slope * norm);
            std::uint32_t bits = all & ~less_bits(least, low - upper);
            const Index<float> center = load_index(index + at);
            if (bits != 0) {
                upper =
                    high + (gather(bands.constant, center) + gather(bands.slope, center) * norm);
                bits = all & ~less_bits(least, low - upper);
            }
            uncertain[p] |= bits << r;
            if (margins == nullptr) continue;
            // Distances from scores: |x - c|^2 = score + |x|^2. Others are rounded down, the own
            // one up; the drift at this time is added, so that the row need not be written again as
            // centers move (bounds/hamerly.hpp).
            const Vector<float> others =
                square_root(larger(zero, low + square * broadcast(1.0f - norm_error)));
            const Vector<float> own =
                square_root(larger(zero, upper + square * broadcast(1.0f + norm_error)));
            const Vector<float> moved = gather(drift, center);
            // Factors a little above or below 1 cover float32's roundings of squares, roots and
            // products.
            store(margins + at, others * (one - broadcast(0x1p-19f)) -
                                    own * (one + broadcast(0x1p-19f)) +
                                    moved * (one - broadcast(0x1p-21f)));
        }
    }
}

// Adds the lanes whose bits are set to a list of rows, ascending, which has room for a vector more:
// with AVX-512 a whole vector is stored, of which the first `count` places are meant.
inline std::size_t list_rows(std::uint32_t bits, std::size_t first, std::uint32_t* list) {
    // Bits to lanes without a branch or a loop: the time does not depend on how many are set.
#if defined(__AVX512F__)
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i row = _mm512_add_epi32(lane, _mm512_set1_epi32(static_cast<int>(first)));
    const __m512i listed = _mm512_maskz_compress_epi32(static_cast<__mmask16>(bits), row);
    _mm512_storeu_si512(list, listed);
    return static_cast<std::size_t>(__builtin_popcount(bits));
#else
    std::size_t count = 0;
    for (; bits != 0; bits &= bits - 1) {
        list[count++] =
            static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(__builtin_ctz(bits));
    }
    return count;
#endif
}

// The rows whose margin, with the drift as it was, does not exceed the drift of their center now. A
// margin of -infinity (no_margin) or NaN is always active. `lookup` gives the drift of each label
// of a vector.
template <class Lookup>
inline std::size_t list_active(std::size_t n_rows, const float* margins, const std::int32_t* labels,
                               std::uint32_t* active, const Lookup& lookup) {
    constexpr std::size_t width = lanes<float>;
    constexpr std::uint32_t all = width == 32 ? ~0u : (1u << width) - 1u;
    std::size_t count = 0;
    // Arrays are padded to panels; labels past the end can be looked up.
    // Calls come chunk by chunk: the next one finds its beginning fetched.
    constexpr std::size_t ahead = 512;
    for (std::size_t r = 0; r < n_rows; r += width) {
        __builtin_prefetch(margins + r + ahead);
        __builtin_prefetch(labels + r + ahead);
        // Active unless drift < margin: comparing the other way would drop what is no number.
        std::uint32_t bits = all & ~less_bits(lookup(load_index(labels + r)), load(margins + r));
        // The last vector of a chunk whose rows do not fill it.
        if (r + width > n_rows) bits &= (1u << (n_rows - r)) - 1u;
        count += list_rows(bits, r, active + count);
    }
    return count;
}

// See Kernels::active_rows. Few centers are looked up in registers: a gather from memory is as dear
// as the rest of the pass.
std::size_t active_rows(std::size_t n_rows, const float* margins, const std::int32_t* labels,
                        const float* drift, std::size_t n_centers, std::uint32_t* active) {
    if (n_centers <= ShortTable::most) {
        const ShortTable table(drift, n_centers);
        return list_active(n_rows, margins, labels, active,
                           [table](Index<float> label) { return table[label]; });
    }
    return list_active(n_rows, margins, labels, active,
                       [drift](Index<float> label) { return gather(drift, label); });
}

// Where a row begins; strides may be negative.
template <class T>
inline const T* row_of(const RowView<T>& rows, std::size_t r) {
    return rows.data + static_cast<std::ptrdiff_t>(r) * rows.row_stride;
}

// One row as float64, padded with zeros to a multiple of 8. The shift is subtracted in T, with T's
// rounding: so scikit-learn centers rows, and the canonical distance is defined on these values.
template <class T>
inline void read_row(const RowView<T>& rows, std::size_t row, double* out) {
    const T* from = rows.data + static_cast<std::ptrdiff_t>(row) * rows.row_stride;
    const std::size_t d = rows.n_features;
    // The plain layouts first, whose loops compilers make vectors of.
    if (rows.column_stride == 1) {
        if (rows.shift == nullptr) {
            for (std::size_t i = 0; i < d; ++i) out[i] = static_cast<double>(from[i]);
        } else {
            for (std::size_t i = 0; i < d; ++i) {
                out[i] = static_cast<double>(static_cast<T>(from[i] - rows.shift[i]));
            }
        }
    } else {
        for (std::size_t i = 0; i < d; ++i, from += rows.column_stride) {
            const T shift = rows.shift == nullptr ? T(0) : rows.shift[i];
            out[i] = static_cast<double>(static_cast<T>(*from - shift));
        }
    }
    // Exactly to the next multiple of 8: the buffer need not be longer.
    for (std::size_t i = d; i % lane_count != 0; ++i) out[i] = 0.0;
}

// The table's entry; read_row is the inline one.
template <class T>
void exact_row(const RowView<T>& rows, std::size_t row, double* out) {
    read_row(rows, row, out);
}

// Rows up to so many (padded) features are buffered on the stack, longer ones on the heap.
constexpr std::size_t short_row = 1024;

// In this order: later ones use what earlier ones define.
// clang-format off
#include "kwise/simd/targets/filter_limits.inl"
#include "kwise/simd/seed/seed_distances.inl"
#include "kwise/simd/pack/morton_order.inl"
#include "kwise/simd/update/own_distances.inl"
#include "kwise/simd/pack/narrow_rows.inl"
#include "kwise/simd/pack/float32_panels.inl"
#include "kwise/simd/pack/column_sums.inl"
#include "kwise/simd/scan/scaled_int16.inl"
#include "kwise/simd/seed/trial_reductions.inl"
#include "kwise/simd/update/exact_moves.inl"
#include "kwise/simd/measure/silhouette.inl"
#include "kwise/simd/scan/morton_blocks.inl"
#include "kwise/simd/scan/sparse.inl"
#include "kwise/simd/scan/int16_top2.inl"
#include "kwise/simd/measure/distances.inl"
#include "kwise/simd/measure/short_distances.inl"
#include "kwise/simd/scan/yinyang.inl"
#include "kwise/simd/pack/row_blocks.inl"
#include "kwise/simd/pack/deinterleave.inl"
#include "kwise/simd/scan/row_major_top2.inl"
#include "kwise/simd/pack/int16_rows.inl"
#include "kwise/simd/scan/numbered_top2.inl"
#include "kwise/simd/scan/int8_labels.inl"
// clang-format on

// An entry for each kernel, under the name of its function; the two float types share a list.
template <class T>
constexpr TypedKernels<T> typed_kernels = {
    .pack = {.panel = pack_panel<T>,
             .listed = pack_rows<T>,
             .statistics = learn_columns<T>,
             .column_sums = add_columns<T>,
             .exact_row = exact_row<T>,
             .exact_rows = load_exact_rows<T>,
             .exact_panel = exact_panel<T>,
             .int16_rows = quantize_int16_rows<T>,
             .scaled_int16 = quantize_scaled_int16<T>,
             .scaled_int16_panel = quantize_scaled_int16_panel<T>,
             .int8_panel = quantize_int8_panel<T>},
    .scan = {.top2 = top2<T>,
             .top2_row_major = top2_row_major<T>,
             .label_rows = label_rows<T>,
             .top2_pairs = top2_pairs<T>,
             .nearest_listed = nearest_listed<T>,
             .add_entries = add_entries<T>,
             .top2_sparse = top2_sparse<T>},
    .update = {.apply_moves = apply_moves<T>,
               .apply_panel_moves = apply_panel_moves<T>,
               .own_distances = own_distances<T>},
    .seed = {.listed_distances = listed_distances<T>,
             .keep_nearer = keep_nearer<T>,
             .panel_sums = panel_sums<T>},
    .distance = {.expanded = expanded_distances<T>, .short_rows = short_row_distances<T>},
};

}  // namespace

extern const Kernels table = {
    .name = KWISE_ISA_NAME,
    .block_limit = block_limit,
    .row_major_lanes = static_cast<std::size_t>(block),
    .row_major_limit = row_major_limit,
    .tile_octets = tile_octets,
    .limits = filter_limits,
    .quantize_int16_panel = quantize_int16_panel,
    .gather_int16_rows = gather_int16_rows,
    .gather_scaled_int16 = gather_scaled_int16,
    .morton_keys = morton_keys,
    .top2_int16 = top2_int16,
    .top2_scaled_int16 = top2_scaled_int16,
    .label_int8 = label_int8,
    .label_int8_by_tiles = nullptr,
    .release_tiles = [] {},
    .list_pairs = list_pairs,
    .certify = certify,
    .active_rows = active_rows,
    .possible_centers = possible_centers,
    .merge_group = merge_group,
    .bound_units = bound_units,
    .active_groups = active_groups,
    .least_bound = least_bound,
    .find_moved = find_moved,
    .differing = differing,
    .canonical_row = canonical_row,
    .canonical_nearest = canonical_nearest,
    .trial_reductions_float32 = trial_reductions_float32,
    .trial_reductions_int16 = trial_reductions_int16,
    .near_boxes = near_boxes,
    .list_places = list_places,
    .running_sum = running_sum,
    .lower_limits = lower_limits,
    .distance_sums = distance_sums,
    .float32 = typed_kernels<float>,
    .float64 = typed_kernels<double>,
};

}  // namespace kwise::KWISE_ISA
