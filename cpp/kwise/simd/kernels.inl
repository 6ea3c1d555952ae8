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
            case 1:
                top2_group<T, 1>(strip, n_features, group, first, top);
                break;
            case 2:
                top2_group<T, 2>(strip, n_features, group, first, top);
                break;
            case 3:
                top2_group<T, 3>(strip, n_features, group, first, top);
                break;
            case 4:
                top2_group<T, 4>(strip, n_features, group, first, top);
                break;
#if defined(__AVX512F__)
            case 5:
                top2_group<T, 5>(strip, n_features, group, first, top);
                break;
            case 6:
                top2_group<T, 6>(strip, n_features, group, first, top);
                break;
            case 7:
                top2_group<T, 7>(strip, n_features, group, first, top);
                break;
            case 8:
                top2_group<T, 8>(strip, n_features, group, first, top);
                break;
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
inline void gains_group(const float* panel, std::size_t n_features, const float* group,
                        const float* threshold, const float* weights, float* gains,
                        std::uint32_t* bits) {
    constexpr std::size_t strip_rows = strip_vectors * lanes<float>;
    const Vector<float> zero{};
    for (int g = 0; g < G; ++g) bits[g] = 0;
    for (std::size_t row = 0; row < panel_rows; row += strip_rows) {
        Vector<float> scores[G][strip_vectors];
        score_group<float, G>(panel + row, n_features, group, scores);
        for (int v = 0; v < strip_vectors; ++v) {
            const std::size_t at = row + static_cast<std::size_t>(v * lanes<float>);
            const Vector<float> limit = load(threshold + at);
            for (int g = 0; g < G; ++g) {
                const std::uint32_t nearer = less_bits(scores[g][v], limit);
                if (nearer == 0) continue;
                bits[g] |= nearer << at;
                Vector<float> gain = larger(zero, limit - scores[g][v]);
                if (weights != nullptr) gain *= load(weights + at);
                float* const total = gains + static_cast<std::size_t>(g) * panel_rows + at;
                store(total, load(total) + gain);
            }
        }
    }
}

void gains_f32(const float* panel, std::size_t n_features, const float* group,
               std::size_t group_size, const float* threshold, const float* weights, float* gains,
               std::uint32_t* bits) {
    const auto run = [&]<int G>() {
        gains_group<G>(panel, n_features, group, threshold, weights, gains, bits);
    };
    switch (group_size) {
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
#if defined(__AVX512F__)
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

inline Vector<double> load_doubles(const double* from) {
    return load(from);
}
inline Vector<double> load_doubles(const float* from) {
    typedef float Half __attribute__((vector_size(KWISE_VECTOR_BYTES / 2)));
    Half half;
    __builtin_memcpy(&half, from, sizeof half);
    return __builtin_convertvector(half, Vector<double>);
}

template <class T>
void canonical_panel(const T* panel, std::size_t n_features, const double* center,
                     double* distances) {
    constexpr int width = lanes<double>;
    for (std::size_t row = 0; row < panel_rows; row += width) {
        Vector<double> lane[lane_count] = {};
        std::size_t i = 0;
        for (; i + lane_count <= n_features; i += lane_count) {
#pragma GCC unroll 8
            for (std::size_t l = 0; l < lane_count; ++l) {
                const Vector<double> difference =
                    load_doubles(panel + (i + l) * panel_rows + row) - broadcast(center[i + l]);
                lane[l] += difference * difference;
            }
        }
        for (std::size_t l = 0; i < n_features; ++i, ++l) {
            const Vector<double> difference =
                load_doubles(panel + i * panel_rows + row) - broadcast(center[i]);
            lane[l] += difference * difference;
        }
        store(distances + row, ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
                                   ((lane[1] + lane[5]) + (lane[3] + lane[7])));
    }
}

// Relative error of a float32 norm's square, and of the square roots taken of bounds.
constexpr float norm_error = 0x1p-20f;
// Canonical distances have a relative error far below this.
constexpr float canonical_error = 0x1p-44f;

inline Vector<float> square_root(Vector<float> v) {
    Vector<float> root;
    for (int lane = 0; lane < lanes<float>; ++lane) root[lane] = __builtin_sqrtf(v[lane]);
    return root;
}

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
            const Vector<float> norm = load(norms + r), square = norm * norm;
            const Vector<float> low = load(second + at), high = load(best + at);
            const Vector<float> least = broadcast(canonical_error) * square;
            constexpr std::uint32_t all = width == 32 ? ~0u : (1u << width) - 1u;
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
            const Vector<float> others =
                square_root(larger(zero, low + square * broadcast(1.0f - norm_error)));
            const Vector<float> own =
                square_root(larger(zero, upper + square * broadcast(1.0f + norm_error)));
            const Vector<float> moved = gather(drift, center);
            store(margins + at, others * (one - broadcast(0x1p-19f)) -
                                    own * (one + broadcast(0x1p-19f)) +
                                    moved * (one - broadcast(0x1p-21f)));
        }
    }
}

void open_rows(std::size_t n_panels, const float* margins, const std::int32_t* labels,
               const float* drift, std::uint32_t* open) {
    constexpr std::size_t width = lanes<float>;
    for (std::size_t p = 0; p < n_panels; ++p) {
        std::uint32_t settled = 0;
        for (std::size_t r = 0; r < panel_rows; r += width) {
            const std::size_t at = p * panel_rows + r;
            const Vector<float> moved = gather(drift, load_index(labels + at));
            settled |= less_bits(moved, load(margins + at)) << r;
        }
        open[p] = ~settled;
    }
}

template <class T>
inline void read_row(const RowView<T>& rows, std::size_t row, double* out) {
    const T* from = rows.data + static_cast<std::ptrdiff_t>(row) * rows.row_stride;
    const std::size_t d = rows.n_features;
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
    for (std::size_t i = d; i % lane_count != 0; ++i) out[i] = 0.0;
}

template <class T>
void exact_row(const RowView<T>& rows, std::size_t row, double* out) {
    read_row(rows, row, out);
}

// Adds one value, split at the units of magic, to one center's sums, and takes it from another's
// where there is one; every operation is exact.
template <int parts, bool removes>
inline void add_value(double rest, const double* magic, double* to, double* from,
                      std::size_t stride) {
#pragma GCC unroll 3
    for (std::size_t part = 0; part < parts; ++part) {
        const double unit = magic[part * stride];
        const double rounded = (rest + unit) - unit;
        to[part * stride] += rounded;
        if (removes) from[part * stride] -= rounded;
        rest -= rounded;
    }
}

// The same for a padded row.
template <int parts, bool removes>
inline void add_row(const double* row, double weight, const SumsView& sums, double* to,
                    double* from) {
    const std::size_t width = sums.padded;
    const Vector<double> weights = broadcast(weight);
    for (std::size_t i = 0; i < width; i += lanes<double>) {
        Vector<double> rest = load(row + i) * weights;
#pragma GCC unroll 3
        for (std::size_t at = i; at < parts * width; at += width) {
            const Vector<double> unit = load(sums.magic + at);
            const Vector<double> rounded = (rest + unit) - unit;
            store(to + at, load(to + at) + rounded);
            if (removes) store(from + at, load(from + at) - rounded);
            rest -= rounded;
        }
    }
}

// Adds one row to the sums of `to` and, unless it is -1, takes it from those of `from`. Rows of
// few features (D of them) go value by value: a vector made of single stores would wait for them.
template <class T, int parts, int D>
inline void move_row(const RowView<T>& rows, std::size_t r, double weight, std::int32_t to,
                     std::int32_t from, const SumsView& sums, double* row) {
    const std::size_t block = sums.padded * parts;
    double* const gains = sums.sums + static_cast<std::size_t>(to) * block;
    double* const loses = from < 0 ? nullptr : sums.sums + static_cast<std::size_t>(from) * block;
    if constexpr (D > 0) {
        const T* value = rows.data + static_cast<std::ptrdiff_t>(r) * rows.row_stride;
#pragma GCC unroll 4
        for (int i = 0; i < D; ++i, value += rows.column_stride) {
            const T shifted = rows.shift == nullptr ? *value : *value - rows.shift[i];
            const double rest = static_cast<double>(shifted) * weight;
            if (loses == nullptr) {
                add_value<parts, false>(rest, sums.magic + i, gains + i, nullptr, lane_count);
            } else {
                add_value<parts, true>(rest, sums.magic + i, gains + i, loses + i, lane_count);
            }
        }
    } else {
        read_row(rows, r, row);
        if (loses == nullptr) {
            add_row<parts, false>(row, weight, sums, gains, nullptr);
        } else {
            add_row<parts, true>(row, weight, sums, gains, loses);
        }
    }
}

template <class T, int parts, int D>
inline void settle_row(const RowView<T>& rows, const T* weights, std::size_t r, std::int32_t to,
                       std::int32_t from, const SumsView& sums, double* row) {
    const double weight = weights == nullptr ? 1.0 : static_cast<double>(weights[r]);
    move_row<T, parts, D>(rows, r, weight, to, from, sums, row);
    sums.touched[to] = 1;
    double* const mass = sums.mass + static_cast<std::size_t>(to) * parts;
    if (from < 0) {
        add_value<parts, false>(weight, sums.mass_magic, mass, nullptr, 1);
    } else {
        sums.touched[from] = 1;
        add_value<parts, true>(weight, sums.mass_magic, mass,
                               sums.mass + static_cast<std::size_t>(from) * parts, 1);
    }
}

template <class T, int parts, int D>
std::size_t settle_rows(const RowView<T>& rows, const T* weights, std::size_t first, std::size_t n,
                        const std::int32_t* is, std::int32_t* labels, const SumsView& sums,
                        double* row) {
    constexpr std::size_t width = lanes<float>;
    std::size_t n_moved = 0, r = 0;
    for (; r + width <= n; r += width) {
        // Most rows keep their labels: a vector of them is passed over at once.
        std::uint32_t moved = unequal_bits(load_index(is + r), load_index(labels + r));
        n_moved += static_cast<std::size_t>(__builtin_popcount(moved));
        for (; moved != 0; moved &= moved - 1) {
            const std::size_t at = r + static_cast<std::size_t>(__builtin_ctz(moved));
            settle_row<T, parts, D>(rows, weights, first + at, is[at], labels[at], sums, row);
            labels[at] = is[at];
        }
    }
    for (; r < n; ++r) {
        if (is[r] == labels[r]) continue;
        settle_row<T, parts, D>(rows, weights, first + r, is[r], labels[r], sums, row);
        labels[r] = is[r];
        ++n_moved;
    }
    return n_moved;
}

template <class T, int parts>
std::size_t settle_parts(const RowView<T>& rows, const T* weights, std::size_t first, std::size_t n,
                         const std::int32_t* is, std::int32_t* labels, const SumsView& sums,
                         double* row) {
    const auto run = [&]<int D>() {
        return settle_rows<T, parts, D>(rows, weights, first, n, is, labels, sums, row);
    };
    switch (rows.n_features) {
        case 1:
            return run.template operator()<1>();
        case 2:
            return run.template operator()<2>();
        case 3:
            return run.template operator()<3>();
        case 4:
            return run.template operator()<4>();
        default:
            return run.template operator()<0>();
    }
}

constexpr std::size_t short_row = 1024;

template <class T>
std::size_t settle(const RowView<T>& rows, const T* weights, std::size_t first, std::size_t n,
                   const std::int32_t* is, std::int32_t* labels, const SumsView& sums) {
    alignas(64) double row[short_row];
    double* const buffer = sums.padded <= short_row ? row : new double[sums.padded];
    const auto move_rows = sums.n_parts == 2 ? settle_parts<T, 2> : settle_parts<T, 3>;
    const std::size_t n_moved = move_rows(rows, weights, first, n, is, labels, sums, buffer);
    if (buffer != row) delete[] buffer;
    return n_moved;
}

// Rows of few features (D of them) go value by value, as in move_row.
template <class T, int D>
void own_distances_of(const RowView<T>& rows, std::size_t first, std::size_t n,
                      const std::int32_t* labels, const double* centers, double* distances) {
    for (std::size_t r = 0; r < n; ++r) {
        const T* value = rows.data + static_cast<std::ptrdiff_t>(first + r) * rows.row_stride;
        const double* center = centers + static_cast<std::size_t>(labels[r]) * lane_count;
        double lane[lane_count] = {};
#pragma GCC unroll 4
        for (int i = 0; i < D; ++i, value += rows.column_stride) {
            const T shifted = rows.shift == nullptr ? *value : *value - rows.shift[i];
            const double difference = static_cast<double>(shifted) - center[i];
            lane[i] = difference * difference;
        }
        distances[r] = fold(lane);
    }
}

template <class T>
void own_distances(const RowView<T>& rows, std::size_t first, std::size_t n,
                   const std::int32_t* labels, const double* centers, std::size_t padded,
                   double* distances) {
    switch (rows.n_features) {
        case 1:
            return own_distances_of<T, 1>(rows, first, n, labels, centers, distances);
        case 2:
            return own_distances_of<T, 2>(rows, first, n, labels, centers, distances);
        case 3:
            return own_distances_of<T, 3>(rows, first, n, labels, centers, distances);
        case 4:
            return own_distances_of<T, 4>(rows, first, n, labels, centers, distances);
        default:
            break;
    }
    alignas(64) double row[short_row];
    double* const buffer = padded <= short_row ? row : new double[padded];
    for (std::size_t r = 0; r < n; ++r) {
        read_row(rows, first + r, buffer);
        const double* center = centers + static_cast<std::size_t>(labels[r]) * padded;
        distances[r] = canonical_row(buffer, center, padded);
    }
    if (buffer != row) delete[] buffer;
}

template <class T, int n_vectors>
inline void add_entries_block(const T* values, const std::int32_t* columns, std::size_t n_entries,
                              const double* table, std::size_t width, double* sums) {
    Vector<double> sum[n_vectors];
    for (int v = 0; v < n_vectors; ++v) sum[v] = load(sums + v * lanes<double>);
    for (std::size_t e = 0; e < n_entries; ++e) {
        const Vector<double> value = broadcast(static_cast<double>(values[e]));
        const double* row = table + static_cast<std::size_t>(columns[e]) * width;
        for (int v = 0; v < n_vectors; ++v) sum[v] += value * load(row + v * lanes<double>);
    }
    for (int v = 0; v < n_vectors; ++v) store(sums + v * lanes<double>, sum[v]);
}

template <class T>
inline void add_typed_entries(const T* values, const std::int32_t* columns, std::size_t n_entries,
                              const double* table, std::size_t width, double* sums) {
    constexpr std::size_t block = 8 * lanes<double>;
    std::size_t c = 0;
    for (; c + block <= width; c += block) {
        add_entries_block<T, 8>(values, columns, n_entries, table + c, width, sums + c);
    }
    for (; c < width; c += lane_count) {
        constexpr int n_vectors = static_cast<int>(lane_count) / lanes<double>;
        add_entries_block<T, n_vectors>(values, columns, n_entries, table + c, width, sums + c);
    }
}

void add_entries(const float* values32, const double* values64, const std::int32_t* columns,
                 std::size_t n_entries, const double* table, std::size_t width, double* sums) {
    if (values32 != nullptr) {
        add_typed_entries(values32, columns, n_entries, table, width, sums);
    } else {
        add_typed_entries(values64, columns, n_entries, table, width, sums);
    }
}

#include "kwise/simd/packing.inl"
#include "kwise/simd/silhouette.inl"

}  // namespace

extern const Kernels table = {
    KWISE_ISA_NAME,
    group_limit,
    pack_panel<float>,
    pack_panel<double>,
    add_columns<float>,
    add_columns<double>,
    top2<float>,
    top2<double>,
    gains_f32,
    canonical_panel<float>,
    canonical_panel<double>,
    canonical_row,
    canonical_nearest,
    certify,
    open_rows,
    settle<float>,
    settle<double>,
    own_distances<float>,
    own_distances<double>,
    exact_row<float>,
    exact_row<double>,
    add_entries,
    distance_sums,
};

}  // namespace kwise::KWISE_ISA
