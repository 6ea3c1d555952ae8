// Moving rows between the exact sums of centers; exact/exact_sums.hpp has the proof that nothing
// here rounds, and hence that no order matters. Included by kernels.inl.

// Whether all lanes are +0 or -0. NaN is not.
inline bool is_zero(Vector<double> v) {
#if defined(__AVX512F__)
    return _mm512_test_epi64_mask((__m512i)v, _mm512_set1_epi64(0x7fffffffffffffff)) == 0;
#elif defined(__AVX2__)
    return _mm256_movemask_pd(_mm256_cmp_pd((__m256d)v, _mm256_setzero_pd(), _CMP_NEQ_UQ)) == 0;
#else
    bool zero = true;
    for (int lane = 0; lane < lanes<double>; ++lane) zero &= v[lane] == 0.0;
    return zero;
#endif
}

// Adds one value, split at the units of magic, to one center's sums, and takes it from another's
// where there is one (null: not); every operation is exact. (left + unit) - unit rounds to a
// multiple of the unit's last place, and what it takes off is exact, too. Most values leave nothing
// for the later parts. `stride`: between parts of one sum.
template <int parts>
inline void add_value(double left, const double* magic, double* to, double* from,
                      std::size_t stride) {
    for (std::size_t part = 0; part < parts; ++part) {
        const double unit = magic[part * stride];
        const double rounded = (left + unit) - unit;
        // Both sums stay multiples of this part's unit: adding and taking off are exact, in any
        // order.
        to[part * stride] += rounded;
        if (from != nullptr) from[part * stride] -= rounded;
        left -= rounded;
        // Tested for each part: a branch that nearly always ends the loop after the first.
        if (left == 0.0) return;
    }
}

// The same for one vector of a row's features, neighbors in every part.
template <int parts>
inline void add_features(Vector<double> left, const double* magic, double* to, double* from,
                         std::size_t stride) {
    for (std::size_t part = 0; part < parts; ++part) {
        const Vector<double> unit = load(magic + part * stride);
        const Vector<double> rounded = (left + unit) - unit;
        store(to + part * stride, load(to + part * stride) + rounded);
        if (from != nullptr) store(from + part * stride, load(from + part * stride) - rounded);
        left -= rounded;
        // As add_value: one test for a vector, whose lanes rarely need a second part.
        if (is_zero(left)) return;
    }
}

// One row's part of an update: where it is added, and where it is taken from (null: nowhere).
struct Move {
    double weight;
    double *to, *from;
};

// Rows of few features (D of them; 0: more than four) go value by value: a vector made of single
// stores would wait for them. Others go by blocks, strided ones through a buffer of `padded`
// values. Values are less the shift in T, times the weight in float64: that product is what counts,
// rounded alike everywhere. Two parts mean that all weights are 1.
template <class T, int parts, int D>
inline void move_row(const RowView<T>& rows, std::size_t r, const Move& move, const SumsView& sums,
                     double* buffer) {
    const T* value = rows.data + static_cast<std::ptrdiff_t>(r) * rows.row_stride;
    if constexpr (D > 0) {
        // Up to four features are padded to one block, so that parts lie lane_count apart.
#pragma GCC unroll 4
        for (int i = 0; i < D; ++i, value += rows.column_stride) {
            const T shifted = rows.shift == nullptr ? *value : *value - rows.shift[i];
            add_value<parts>(static_cast<double>(shifted) * move.weight, sums.magic + i,
                             move.to + i, move.from == nullptr ? nullptr : move.from + i,
                             lane_count);
        }
        return;
    }
    // Strided rows go through float64 first; both ways read the same values.
    if (rows.column_stride != 1) read_row(rows, r, buffer);
    for (std::size_t i = 0; i < sums.padded; i += lane_count) {
        Vector<double> part[lane_vectors];
        if (rows.column_stride == 1) {
            load_some_lanes(value + i, rows.shift == nullptr ? nullptr : rows.shift + i,
                            rows.n_features - i, part);
        } else {
            load_lanes<double>(buffer + i, nullptr, part);
        }
        for (std::size_t v = 0; v < lane_vectors; ++v) {
            const std::size_t at = i + v * lanes<double>;
            // With two parts weights are 1 by construction (ColumnRanges::few_digits).
            if constexpr (parts > 2) part[v] *= broadcast(move.weight);
            add_features<parts>(part[v], sums.magic + at, move.to + at,
                                move.from == nullptr ? nullptr : move.from + at, sums.padded);
        }
    }
}

// See Kernels::find_moved: n may end amid a vector, which is then compared row by row, since labels
// past it may be another thread's. `moved` has room for a vector more.
std::size_t find_moved(std::size_t n, const std::int32_t* new_labels, const std::int32_t* labels,
                       std::uint32_t* moved) {
    constexpr std::size_t width = lanes<float>;
    std::size_t count = 0, r = 0;
    for (; r + width <= n; r += width) {
        count += list_rows(unequal_bits(load_index(new_labels + r), load_index(labels + r)), r,
                           moved + count);
    }
    for (; r < n; ++r) {
        if (new_labels[r] != labels[r]) moved[count++] = static_cast<std::uint32_t>(r);
    }
    return count;
}

// One row after the other, in list order; fetched ahead. Writes labels and flags of centers.
template <class T, int parts, int D>
void apply_row_moves(const RowView<T>& rows, const T* weights, std::size_t first,
                     const std::uint32_t* moved, std::size_t count, const std::int32_t* new_labels,
                     std::int32_t* labels, const SumsView& sums, double* buffer) {
    // A few lines are best fetched just before their turn, into the nearest cache.
    const bool narrow = rows.n_features * sizeof(T) <= 256;
    const std::size_t ahead = narrow ? 8 : rows_ahead(rows, count);
    const std::size_t size = sums.padded * parts;
    for (std::size_t m = 0; m < count; ++m) {
        if (m + ahead < count) {
            const T* const next = row_of(rows, first + moved[m + ahead]);
            narrow ? __builtin_prefetch(next) : fetch_row(next, rows.n_features);
        }
        const std::size_t r = moved[m];
        const auto to = static_cast<std::size_t>(new_labels[r]);
        const bool leaves = labels[r] >= 0;
        const auto from = leaves ? static_cast<std::size_t>(labels[r]) : 0;
        const double weight = weights == nullptr ? 1.0 : static_cast<double>(weights[first + r]);
        // Its values, then its weight; both centers are flagged, so that the caller knows whose
        // sums changed.
        move_row<T, parts, D>(
            rows, first + r,
            {weight, sums.sums + to * size, leaves ? sums.sums + from * size : nullptr}, sums,
            buffer);
        add_value<parts>(weight, sums.mass_magic, sums.mass + to * parts,
                         leaves ? sums.mass + from * parts : nullptr, 1);
        sums.dirty[to] = 1;
        if (leaves) sums.dirty[from] = 1;
        labels[r] = new_labels[r];
    }
}

// One copy for each small number of features.
template <class T, int parts>
void apply_moves_in_parts(const RowView<T>& rows, const T* weights, std::size_t first,
                          const std::uint32_t* moved, std::size_t count,
                          const std::int32_t* new_labels, std::int32_t* labels,
                          const SumsView& sums, double* buffer) {
    const auto run = [&]<int D>() {
        apply_row_moves<T, parts, D>(rows, weights, first, moved, count, new_labels, labels, sums,
                                     buffer);
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

// Many rows that join centers and leave none, as all do at first, are sorted by center: those of
// one are added up in registers, 8 features at a time, so that each center's sums are read and
// written once a batch. They go in batches that a near cache holds.
constexpr std::size_t sorted_rows = 2048, sorted_centers = 256;
struct Batches {
    std::size_t rows, least;  // in one of them; fewer do not pay
};
// Rows of a batch, at most sorted_rows, and the least for which sorting pays: a few a center.
// SIZE_MAX: never, for strided rows, many centers (whose counts live on the stack), or batches too
// large for the second-level cache.
template <class T>
inline Batches batches_of(const RowView<T>& rows, std::size_t n_centers) {
    constexpr std::size_t near = 32768, most = 524288;
    const std::size_t least = n_centers < 16 ? 64 : 4 * n_centers;
    const std::size_t row_bytes = rows.n_features * sizeof(T), fit = near / row_bytes;
    const bool pays =
        rows.column_stride == 1 && n_centers <= sorted_centers && least * row_bytes <= most;
    if (!pays) return {0, SIZE_MAX};
    return {fit < least ? least : fit < sorted_rows ? fit : sorted_rows, least};
}

// Adds up 8 features of listed rows, from i on, and moves them to a center's sums. Meanwhile what
// is `ahead` values behind is fetched (0: nothing new). Totals start at zero and join the sums at
// the end: exact either way.
template <class T, int parts>
inline void add_listed(const RowView<T>& rows, const T* weights, const std::uint32_t* list,
                       std::size_t count, std::ptrdiff_t ahead, std::size_t i, const SumsView& sums,
                       double* to) {
    // In registers for the whole batch: units, and totals by part.
    Vector<double> unit[parts][lane_vectors], total[parts][lane_vectors] = {};
    for (std::size_t part = 0; part < parts; ++part) {
        load_lanes<double>(sums.magic + part * sums.padded + i, nullptr, unit[part]);
    }
    const T* const shift = rows.shift == nullptr ? nullptr : rows.shift + i;
    for (std::size_t j = 0; j < count; ++j) {
        const T* const from = row_of(rows, list[j]) + i;
        // The same place of the row that comes as many rows later: the next batch's, on its way to
        // the second-level cache.
        __builtin_prefetch(from + ahead, 0, 2);
        Vector<double> left[lane_vectors];
        load_some_lanes(from, shift, rows.n_features - i, left);
        for (std::size_t v = 0; v < lane_vectors; ++v) {
            if (weights != nullptr) left[v] *= broadcast(static_cast<double>(weights[list[j]]));
            // All parts, without a test: no branch in the inner loop.
            for (std::size_t part = 0; part < parts; ++part) {
                const Vector<double> rounded = (left[v] + unit[part][v]) - unit[part][v];
                total[part][v] += rounded;
                left[v] -= rounded;
            }
        }
    }
    for (std::size_t part = 0; part < parts; ++part) {
        for (std::size_t v = 0; v < lane_vectors; ++v) {
            double* const at = to + part * sums.padded + i + v * lanes<double>;
            store(at, load(at) + total[part][v]);
        }
    }
}

// Adds listed rows to the sums of a center. Counts are one exact value; weights are added one by
// one.
template <class T, int parts>
void join_center(const RowView<T>& rows, const T* weights, const std::uint32_t* list,
                 std::size_t count, std::ptrdiff_t ahead, std::size_t center,
                 const SumsView& sums) {
    for (std::size_t i = 0; i < sums.padded; i += lane_count) {
        add_listed<T, parts>(rows, weights, list, count, ahead, i, sums,
                             sums.sums + center * parts * sums.padded);
    }
    double* const mass = sums.mass + center * parts;
    if (weights == nullptr) {
        add_value<parts>(static_cast<double>(count), sums.mass_magic, mass, nullptr, 1);
    } else {
        for (std::size_t j = 0; j < count; ++j) {
            add_value<parts>(static_cast<double>(weights[list[j]]), sums.mass_magic, mass, nullptr,
                             1);
        }
    }
    sums.dirty[center] = 1;
}

// One batch. The places in `moved` are rows of the view, at most sorted_rows of them; all have the
// label -1. A counting sort: end[c] first counts, then begins, at last ends center c's part of the
// list. Stable, though no answer asks for it.
template <class T, int parts>
void join_sorted(const RowView<T>& rows, const T* weights, const std::uint32_t* moved,
                 std::size_t count, std::ptrdiff_t ahead, const std::int32_t* new_labels,
                 std::int32_t* labels, const SumsView& sums) {
    // On the stack: 8 KB of places, and as many ends as centers.
    std::uint32_t list[sorted_rows], end[sorted_centers + 1];
    for (std::size_t c = 0; c <= sums.n_centers; ++c) end[c] = 0;
    for (std::size_t m = 0; m < count; ++m) ++end[new_labels[moved[m]] + 1];
    for (std::size_t c = 0; c < sums.n_centers; ++c) end[c + 1] += end[c];
    for (std::size_t m = 0; m < count; ++m) {
        const std::uint32_t r = moved[m];
        list[end[new_labels[r]]++] = r;
        labels[r] = new_labels[r];
    }
    // Center by center: its rows are in cache, since a batch fits there.
    std::uint32_t begin = 0;
    for (std::size_t c = 0; c < sums.n_centers; begin = end[c++]) {
        if (end[c] == begin) continue;
        join_center<T, parts>(rows, weights, list + begin, end[c] - begin, ahead, c, sums);
    }
}

// Moves the first of these rows so, which ascend; returns how many. The rest, and rows that leave a
// center, are the caller's.
template <class T, int parts>
std::size_t apply_sorted_moves(RowView<T> rows, const T* weights, std::size_t first,
                               const std::uint32_t* moved, std::size_t count,
                               const std::int32_t* new_labels, std::int32_t* labels,
                               const SumsView& sums) {
    const Batches batches = batches_of(rows, sums.n_centers);
    if (count < batches.least) return 0;
    // From here on places are rows of the view.
    rows.data = row_of(rows, first);
    if (weights != nullptr) weights += first;
    // The rows of the next batch are found by their distance, where places follow one another
    // without a gap.
    const bool neighbors = moved[count - 1] - moved[0] == count - 1;
    std::size_t m = 0;
    while (count - m >= batches.least) {
        const std::size_t left = count - m, n = left < batches.rows ? left : batches.rows;
        // All bits stay set only where every label is -1.
        std::int32_t none = -1;
        for (std::size_t j = 0; j < n; ++j) none &= labels[moved[m + j]];
        if (none >= 0) break;
        const bool fetches = neighbors && left > n;
        join_sorted<T, parts>(rows, weights, moved + m, n,
                              fetches ? static_cast<std::ptrdiff_t>(n) * rows.row_stride : 0,
                              new_labels, labels, sums);
        m += n;
    }
    return m;
}

// See UpdateKernels::apply_moves. The row buffer serves strided rows alone.
template <class T>
void apply_moves(const RowView<T>& rows, const T* weights, std::size_t first,
                 const std::uint32_t* moved, std::size_t count, const std::int32_t* new_labels,
                 std::int32_t* labels, const SumsView& sums) {
    // Allocates only where strided rows are long: otherwise nothing here does.
    alignas(64) double row[short_row];
    double* const buffer = sums.padded <= short_row ? row : new double[sums.padded];
    const auto sort_rows = sums.n_parts == 2 ? apply_sorted_moves<T, 2> : apply_sorted_moves<T, 3>;
    const auto move_rows =
        sums.n_parts == 2 ? apply_moves_in_parts<T, 2> : apply_moves_in_parts<T, 3>;
    const std::size_t done =
        sort_rows(rows, weights, first, moved, count, new_labels, labels, sums);
    move_rows(rows, weights, first, moved + done, count - done, new_labels, labels, sums, buffer);
    if (buffer != row) delete[] buffer;
}
