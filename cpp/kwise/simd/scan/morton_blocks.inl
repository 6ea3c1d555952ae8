// Rows of few features by blocks that neighbor in space; see assign/morton_assignment.hpp. Included
// by kernels.inl.

// The canonical squared distance of one vector of rows, as canonical_row adds it up: with up to 4
// features lanes 4 to 7 are zero, and x + 0 is x, so that this is the whole fold.
template <int D>
inline Vector<double> short_distance(const Vector<double>* x, const double* center) {
    // Features are in lanes of their own: squares are added as fold() adds lanes 0 to 3.
    Vector<double> square[D];
    for (int i = 0; i < D; ++i) {
        const Vector<double> difference = x[i] - broadcast(center[i]);
        square[i] = difference * difference;
    }
    if constexpr (D == 1) return square[0];
    if constexpr (D == 2) return square[0] + square[1];
    if constexpr (D == 3) return (square[0] + square[2]) + square[1];
    if constexpr (D == 4) return (square[0] + square[2]) + (square[1] + square[3]);
}

// |v| of every lane.
inline Vector<double> magnitude(Vector<double> v) {
    return (Vector<double>)((Index<double>)v & 0x7fffffffffffffff);
}

// For a box with middle m and half widths h, and c the center nearest to m, every row x of it has
//     |x - b|^2 - |x - c|^2  >=  |m - b|^2 - |m - c|^2 - 2 sum_i h_i |b_i - c_i|,
// the difference being linear in x. Where that exceeds all roundings, those of the canonical
// distances included, center b is no row's nearest. What overflows is never ruled out.
// `own` is the center nearest to the box's middle, for each lane its own. That one is always
// possible, since its difference is 0 and the slack is not. Boxes past the last are points at 0.
template <int D>
void possible_of(const Boxes& boxes, const double* centers, std::size_t padded,
                 const std::int32_t* list, std::size_t count, std::uint64_t* possible) {
    constexpr double roundings = 0x1p-46, least = 1e-290;
    // Lanes are boxes; centers pass one by one.
    constexpr std::size_t width = lanes<double>;
    for (std::size_t j = 0; j < count; ++j) possible[j] = 0;
    for (std::size_t b = 0; b < box_batch; b += width) {
        Vector<double> middle[D], half[D], own[D], half_diagonal{};
        for (std::size_t i = 0; i < D; ++i) {
            middle[i] = load(boxes.middle + i * boxes.stride + b);
            half[i] = load(boxes.half + i * boxes.stride + b);
            // First the nearest of the listed centers to each middle, with its place. Ties do not
            // matter: either is a right reference.
            own[i] = Vector<double>{};
            half_diagonal += half[i] * half[i];
        }
        Vector<double> nearest = broadcast(__builtin_inf());
        for (std::size_t j = 0; j < count; ++j) {
            const double* center = centers + static_cast<std::size_t>(list[j]) * padded;
            const Vector<double> distance = short_distance<D>(middle, center);
            // An overflown distance is never the nearest; where all are, nearest stays infinite and
            // nothing is ruled out.
            const Index<double> less = distance < nearest;
            nearest = less ? distance : nearest;
            for (int i = 0; i < D; ++i) own[i] = less ? broadcast(center[i]) : own[i];
        }
        // Then each center against that reference. Distances are computed again rather than kept:
        // there may be any number of centers.
        for (std::size_t j = 0; j < count; ++j) {
            const double* center = centers + static_cast<std::size_t>(list[j]) * padded;
            const Vector<double> distance = short_distance<D>(middle, center);
            // How much nearer to b than the middle suggests a corner of the box may lie, in halves.
            Vector<double> turn{};
            for (int i = 0; i < D; ++i) {
                turn += half[i] * magnitude(own[i] - broadcast(center[i]));
            }
            // 2^-46 is 128 roundings of all that is added here, several times what up to four
            // features take; `least` covers underflow.
            const Vector<double> slack =
                broadcast(roundings) * (distance + nearest + half_diagonal) + broadcast(least);
            // Ruled out only if certainly farther: a comparison with what is no number is false,
            // and leaves the center in.
            const std::uint64_t out = less_bits(slack, distance - nearest - (turn + turn));
            possible[j] |= (~out & ((1u << width) - 1u)) << b;
        }
    }
}

// See Kernels::possible_centers.
void possible_centers(const Boxes& boxes, const double* centers, std::size_t padded,
                      const std::int32_t* list, std::size_t count, std::uint64_t* possible) {
    switch (boxes.n_features) {
        case 1:
            return possible_of<1>(boxes, centers, padded, list, count, possible);
        case 2:
            return possible_of<2>(boxes, centers, padded, list, count, possible);
        case 3:
            return possible_of<3>(boxes, centers, padded, list, count, possible);
        default:
            return possible_of<4>(boxes, centers, padded, list, count, possible);
    }
}

// Narrows a vector of 64-bit indices.
inline void store_short_rows(std::int32_t* to, Index<double> index) {
#if defined(__AVX512F__)
    _mm256_storeu_si256((__m256i*)to, _mm512_cvtepi64_epi32((__m512i)index));
#else
    for (int lane = 0; lane < lanes<double>; ++lane) to[lane] = static_cast<int>(index[lane]);
#endif
}

// The nearest of the listed centers for rows of D features. Several vectors of rows at a time hide
// the latency of D dependent steps. The list ascends, so that a strict comparison keeps the lowest
// index.
template <class T, int D>
void top2_of(const T* panel, const double* centers, std::size_t padded, const std::int32_t* list,
             std::size_t count, std::int32_t* nearest) {
#if defined(__AVX512F__)
    constexpr int n_vectors = 4;
#else
    constexpr int n_vectors = 2;
#endif
    constexpr std::size_t width = lanes<double>;
    // Rows in lanes as float64, exactly; centers are broadcast.
    for (std::size_t row = 0; row < panel_rows; row += n_vectors * width) {
        Vector<double> x[n_vectors][D], best[n_vectors];
        Index<double> index[n_vectors];
        for (std::size_t v = 0; v < n_vectors; ++v) {
            for (std::size_t i = 0; i < D; ++i) {
                x[v][i] = load_doubles(panel + i * panel_rows + row + v * width);
            }
            best[v] = broadcast(__builtin_inf());
            index[v] = Index<double>{};
        }
        for (std::size_t j = 0; j < count; ++j) {
            const double* center = centers + static_cast<std::size_t>(list[j]) * padded;
            // Wide as the distances, so that one mask selects both.
            const Index<double> label = broadcast_index<double>(list[j]);
#pragma GCC unroll 4
            for (int v = 0; v < n_vectors; ++v) {
                keep_smaller(short_distance<D>(x[v], center), label, best[v], index[v]);
            }
        }
        for (std::size_t v = 0; v < n_vectors; ++v) {
            store_short_rows(nearest + row + v * width, index[v]);
        }
    }
}

// See ScanKernels::nearest_listed: answers for all 32 rows, those past the end repeat the last one.
template <class T>
void nearest_listed(const T* panel, std::size_t n_features, const double* centers,
                    std::size_t padded, const std::int32_t* list, std::size_t count,
                    std::int32_t* nearest) {
    switch (n_features) {
        case 1:
            return top2_of<T, 1>(panel, centers, padded, list, count, nearest);
        case 2:
            return top2_of<T, 2>(panel, centers, padded, list, count, nearest);
        case 3:
            return top2_of<T, 3>(panel, centers, padded, list, count, nearest);
        default:
            return top2_of<T, 4>(panel, centers, padded, list, count, nearest);
    }
}

// In any order: its callers add exact numbers.
inline double sum_lanes(Vector<double> v) {
#if defined(__AVX512F__)
    return _mm512_reduce_add_pd((__m512d)v);
#else
    double sum = 0.0;
    for (int lane = 0; lane < lanes<double>; ++lane) sum += v[lane];
    return sum;
#endif
}

// Some rows of a panel that move together, from one center to another: one bit a row.
template <class T>
struct Together {
    const T* panel;
    const T* weights;  // or null
    std::uint32_t rows;
};

// Adds up one feature of them (null: their weights) in parts, vector by vector: exact, since all
// parts are multiples of one unit and no sum of them needs more than 53 bits
// (exact/exact_sums.hpp). So neither the order of lanes nor what moves together changes a bit.
// magic, to and from have a part every `stride`; from may be null. Rows that stay are masked to 0,
// whatever they hold.
template <class T, int parts>
inline void add_together(const Together<T>& together, const T* feature, const double* magic,
                         std::size_t stride, double* to, double* from) {
    constexpr std::size_t width = lanes<double>;
    // Bit r of `here` becomes a mask of lane r: shifted by its number, cut to one bit, negated.
    Index<double> steps;
    for (int lane = 0; lane < lanes<double>; ++lane) steps[lane] = lane;
    Vector<double> total[parts] = {};
    for (std::size_t row = 0; row < panel_rows; row += width) {
        const std::uint32_t here = together.rows >> row & ((1u << width) - 1u);
        // Most vectors of a panel have no row that moves.
        if (here == 0) continue;
        const Index<double> on =
            -((broadcast_index<double>(static_cast<std::int32_t>(here)) >> steps) & 1);
        // Weights alone where no feature is asked for; a weight times 1 is itself.
        Vector<double> value = broadcast(1.0);
        if (feature != nullptr) value = load_doubles(feature + row);
        if (together.weights != nullptr) value *= load_doubles(together.weights + row);
        Vector<double> left = (Vector<double>)((Index<double>)value & on);
        for (std::size_t part = 0; part < parts; ++part) {
            const Vector<double> unit = broadcast(magic[part * stride]);
            const Vector<double> rounded = (left + unit) - unit;
            total[part] += rounded;
            left -= rounded;
        }
    }
    // One sum a part for all rows that move: added once, taken off once.
    for (std::size_t part = 0; part < parts; ++part) {
        const double sum = sum_lanes(total[part]);
        to[part * stride] += sum;
        if (from != nullptr) from[part * stride] -= sum;
    }
}

// Moves rows that share both old and new label at once; in Morton order neighbors mostly do. Labels
// are only read.
template <class T, int parts>
void apply_moves_together(const T* panel, const T* weights, std::size_t n_features,
                          std::uint32_t moved, const std::int32_t* new_labels,
                          const std::int32_t* labels, const SumsView& sums) {
    const std::size_t size = sums.padded * parts;
    while (moved != 0) {
        const int first = __builtin_ctz(moved);
        const std::int32_t to = new_labels[first], from = labels[first];
        Together<T> together{panel, weights, 0};
        // All rows of the first one's pair of labels, then only those that move.
        for (int row = 0; row < static_cast<int>(panel_rows); row += lanes<float>) {
            const std::uint32_t others =
                unequal_bits(load_index(new_labels + row), broadcast_index<float>(to)) |
                unequal_bits(load_index(labels + row), broadcast_index<float>(from));
            together.rows |= (~others & ((1u << lanes<float>)-1u)) << row;
        }
        together.rows &= moved;
        moved &= ~together.rows;
        // An old label of -1 has no sums to leave.
        const auto t = static_cast<std::size_t>(to), f = static_cast<std::size_t>(from);
        double* const to_sums = sums.sums + t * size;
        double* const from_sums = from < 0 ? nullptr : sums.sums + f * size;
        for (std::size_t i = 0; i < n_features; ++i) {
            add_together<T, parts>(together, panel + i * panel_rows, sums.magic + i, sums.padded,
                                   to_sums + i, from < 0 ? nullptr : from_sums + i);
        }
        double* const from_mass = from < 0 ? nullptr : sums.mass + f * parts;
        // A number of rows is exact as one value; add_value splits it as any other.
        if (weights == nullptr) {
            const auto count = static_cast<double>(__builtin_popcount(together.rows));
            add_value<parts>(count, sums.mass_magic, sums.mass + t * parts, from_mass, 1);
        } else {
            add_together<T, parts>(together, nullptr, sums.mass_magic, 1, sums.mass + t * parts,
                                   from_mass);
        }
        sums.dirty[t] = 1;
        if (from >= 0) sums.dirty[f] = 1;
    }
}

// Few rows go one by one, which is faster up to four of a panel (docs/decisions/morton-blocks.md).
template <class T, int parts>
void apply_few_moves(const T* panel, const T* weights, std::size_t n_features, std::uint32_t moved,
                     const std::int32_t* new_labels, const std::int32_t* labels,
                     const SumsView& sums) {
    const std::size_t size = sums.padded * parts;
    for (; moved != 0; moved &= moved - 1) {
        const auto row = static_cast<std::size_t>(__builtin_ctz(moved));
        const auto t = static_cast<std::size_t>(new_labels[row]),
                   f = static_cast<std::size_t>(labels[row]);
        // No old label: f is not used.
        const bool leaves = labels[row] >= 0;
        const double weight = weights == nullptr ? 1.0 : static_cast<double>(weights[row]);
        for (std::size_t i = 0; i < n_features; ++i) {
            add_value<parts>(static_cast<double>(panel[i * panel_rows + row]) * weight,
                             sums.magic + i, sums.sums + t * size + i,
                             leaves ? sums.sums + f * size + i : nullptr, sums.padded);
        }
        add_value<parts>(weight, sums.mass_magic, sums.mass + t * parts,
                         leaves ? sums.mass + f * parts : nullptr, 1);
        sums.dirty[t] = 1;
        if (leaves) sums.dirty[f] = 1;
    }
}

// See UpdateKernels::apply_panel_moves. Copies all labels, so those of rows that stay must be new
// ones already.
template <class T>
void apply_panel_moves(const T* panel, const T* weights, std::size_t n_features,
                       std::uint32_t moved, const std::int32_t* new_labels, std::int32_t* labels,
                       const SumsView& sums) {
    constexpr int few = 4;
    const bool one_by_one = __builtin_popcount(moved) <= few;
    const auto apply_two_moves = one_by_one ? apply_few_moves<T, 2> : apply_moves_together<T, 2>;
    const auto apply_three_moves = one_by_one ? apply_few_moves<T, 3> : apply_moves_together<T, 3>;
    (sums.n_parts == 2 ? apply_two_moves : apply_three_moves)(panel, weights, n_features, moved,
                                                              new_labels, labels, sums);
    __builtin_memcpy(labels, new_labels, panel_rows * sizeof *labels);
}

// Bits of the rows of a panel whose labels differ.
std::uint32_t differing(const std::int32_t* new_labels, const std::int32_t* labels) {
    std::uint32_t bits = 0;
    for (int row = 0; row < static_cast<int>(panel_rows); row += lanes<float>) {
        bits |= unequal_bits(load_index(new_labels + row), load_index(labels + row)) << row;
    }
    return bits;
}
