// The kernels themselves, compiled once for each instruction set: KWISE_ISA names the namespace,
// so that the linker can never mix the copies. No templates of the standard library here, for the
// same reason. Only top2 and below may differ in the last bit between instruction sets; the
// canonical and exact kernels are the same everywhere (no fused operations, fixed order).

#include "kwise/kernels.hpp"
#include "kwise/simd/vector.hpp"

namespace kwise::KWISE_ISA {
namespace {

constexpr int strip_vectors = 2;
#if defined(__AVX512F__)
constexpr std::size_t group_limit = 8;
#else
constexpr std::size_t group_limit = 4;
#endif
constexpr std::size_t lane_count = 8;  // of the canonical sum

template <class T>
struct Top2 {
    Vector<T> best[strip_vectors], second[strip_vectors];
    Index<T> index[strip_vectors];
};

// Scores of G centers for one strip (2 vectors of rows), kept in registers.
template <class T, int G>
inline void score_group(const T* strip, std::size_t n_features, const T* group,
                        Vector<T> (&scores)[G][strip_vectors]) {
    for (int g = 0; g < G; ++g) {
        const Vector<T> constant = broadcast(group[g]);
        for (int v = 0; v < strip_vectors; ++v) scores[g][v] = constant;
    }
    for (std::size_t i = 0; i < n_features; ++i) {
        group += G;
        Vector<T> x[strip_vectors];
        for (int v = 0; v < strip_vectors; ++v) x[v] = load(strip + v * lanes<T>);
        strip += panel_rows;
#pragma GCC unroll 8
        for (int g = 0; g < G; ++g) {
            const Vector<T> coefficient = broadcast(group[g]);
#pragma GCC unroll 2
            for (int v = 0; v < strip_vectors; ++v) {
                scores[g][v] = multiply_add(x[v], coefficient, scores[g][v]);
            }
        }
    }
}

template <class T, int G>
inline void top2_group(const T* strip, std::size_t n_features, const T* group, std::int32_t first,
                       Top2<T>& top) {
    Vector<T> scores[G][strip_vectors];
    score_group<T, G>(strip, n_features, group, scores);
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

template <class T>
void top2_strip(const T* strip, std::size_t n_features, const PackedCenters<T>& centers, T* best,
                T* second, std::int32_t* index) {
    Top2<T> top;
    for (int v = 0; v < strip_vectors; ++v) {
        top.best[v] = top.second[v] = broadcast(static_cast<T>(__builtin_inf()));
        top.index[v] = Index<T>{};
    }
    const T* group = centers.values;
    std::int32_t first = 0;
    for (std::size_t b = 0; b < centers.n_groups; ++b) {
        const std::size_t size = centers.group_sizes[b];
        switch (size) {
            case 1: top2_group<T, 1>(strip, n_features, group, first, top); break;
            case 2: top2_group<T, 2>(strip, n_features, group, first, top); break;
            case 3: top2_group<T, 3>(strip, n_features, group, first, top); break;
            case 4: top2_group<T, 4>(strip, n_features, group, first, top); break;
#if defined(__AVX512F__)
            case 5: top2_group<T, 5>(strip, n_features, group, first, top); break;
            case 6: top2_group<T, 6>(strip, n_features, group, first, top); break;
            case 7: top2_group<T, 7>(strip, n_features, group, first, top); break;
            case 8: top2_group<T, 8>(strip, n_features, group, first, top); break;
#endif
        }
        group += size * (n_features + 1);
        first += static_cast<std::int32_t>(size);
    }
    for (int v = 0; v < strip_vectors; ++v) {
        store(best + v * lanes<T>, top.best[v]);
        store(second + v * lanes<T>, top.second[v]);
        for (int lane = 0; lane < lanes<T>; ++lane) {
            index[v * lanes<T> + lane] = static_cast<std::int32_t>(top.index[v][lane]);
        }
    }
}

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

template <int G>
inline void below_group(const float* panel, std::size_t n_features, const float* group,
                        const float* threshold, std::uint32_t* bits) {
    constexpr std::size_t strip_rows = strip_vectors * lanes<float>;
    for (int g = 0; g < G; ++g) bits[g] = 0;
    for (std::size_t row = 0; row < panel_rows; row += strip_rows) {
        Vector<float> scores[G][strip_vectors];
        score_group<float, G>(panel + row, n_features, group, scores);
        for (int v = 0; v < strip_vectors; ++v) {
            const std::size_t at = row + static_cast<std::size_t>(v * lanes<float>);
            const Vector<float> limit = load(threshold + at);
            for (int g = 0; g < G; ++g) bits[g] |= less_bits(scores[g][v], limit) << at;
        }
    }
}

void below_f32(const float* panel, std::size_t n_features, const float* group,
               std::size_t group_size, const float* threshold, std::uint32_t* bits) {
    switch (group_size) {
        case 1: below_group<1>(panel, n_features, group, threshold, bits); break;
        case 2: below_group<2>(panel, n_features, group, threshold, bits); break;
        case 3: below_group<3>(panel, n_features, group, threshold, bits); break;
        case 4: below_group<4>(panel, n_features, group, threshold, bits); break;
#if defined(__AVX512F__)
        case 5: below_group<5>(panel, n_features, group, threshold, bits); break;
        case 6: below_group<6>(panel, n_features, group, threshold, bits); break;
        case 7: below_group<7>(panel, n_features, group, threshold, bits); break;
        case 8: below_group<8>(panel, n_features, group, threshold, bits); break;
#endif
    }
}

// The canonical distance: features i with the same i mod 8 are added in order in one lane, the
// lanes are folded in halves. Padding with zeros does not change it.
inline double fold(const double* a) {
    return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

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

std::int32_t canonical_nearest(const double* row, const double* centers, std::size_t n_centers,
                               std::size_t padded, double* distance) {
    std::int32_t nearest = 0;
    double smallest = __builtin_inf();
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

void canonical_panel(const double* panel, std::size_t n_features, const double* center,
                     double* distances) {
    constexpr int width = lanes<double>;
    for (std::size_t row = 0; row < panel_rows; row += width) {
        Vector<double> lane[lane_count] = {};
        std::size_t i = 0;
        for (; i + lane_count <= n_features; i += lane_count) {
#pragma GCC unroll 8
            for (std::size_t l = 0; l < lane_count; ++l) {
                const Vector<double> difference =
                    load(panel + (i + l) * panel_rows + row) - broadcast(center[i + l]);
                lane[l] += difference * difference;
            }
        }
        for (std::size_t l = 0; i < n_features; ++i, ++l) {
            const Vector<double> difference =
                load(panel + i * panel_rows + row) - broadcast(center[i]);
            lane[l] += difference * difference;
        }
        store(distances + row, ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
                                   ((lane[1] + lane[5]) + (lane[3] + lane[7])));
    }
}

std::uint32_t certify_f32(const float* best, const float* second, const std::int32_t* index,
                          const float* norms, const float* band_constant, const float* band_slope,
                          float norm_error, float* margin) {
    std::uint32_t uncertain = 0;
    for (std::size_t row = 0; row < panel_rows; ++row) {
        const float norm = norms[row], square = norm * norm;
        const std::int32_t c = index[row];
        const float upper = best[row] + (band_constant[c] + band_slope[c] * norm);
        const float gap = second[row] - upper;
        uncertain |= static_cast<std::uint32_t>(!(gap > norm_error * square)) << row;
        const float low = second[row] + square * (1.0f - norm_error);
        const float high = upper + square * (1.0f + norm_error);
        margin[row] = __builtin_sqrtf(low > 0.0f ? low : 0.0f) * (1.0f - 1e-6f) -
                      __builtin_sqrtf(high > 0.0f ? high : 0.0f) * (1.0f + 1e-6f);
    }
    return uncertain;
}

std::uint32_t margin_bits(const float* margin, const std::int32_t* labels,
                          const float* threshold) {
    std::uint32_t bits = 0;
    for (std::size_t row = 0; row < panel_rows; ++row) {
        bits |= static_cast<std::uint32_t>(!(margin[row] > threshold[labels[row]])) << row;
    }
    return bits;
}

void add_exact(double* sums, const double* row, const double* magic, std::size_t padded,
               double weight, double sign) {
    for (std::size_t i = 0; i < padded; ++i) {
        double rest = row[i] * weight;
        for (std::size_t part = 0; part < 3; ++part) {
            const double unit = magic[part * padded + i];
            const double rounded = (rest + unit) - unit;
            sums[part * padded + i] += sign * rounded;
            rest -= rounded;
        }
    }
}

#include "kwise/simd/silhouette.inl"

}  // namespace

extern const Kernels table = {
    KWISE_ISA_NAME,    group_limit,     top2<float>,       top2<double>, below_f32,
    canonical_panel,   canonical_row,   canonical_nearest, certify_f32,  margin_bits,
    add_exact,         distance_sums,
};

}  // namespace kwise::KWISE_ISA
