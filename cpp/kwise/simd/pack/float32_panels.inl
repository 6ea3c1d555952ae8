// Packing rows into panels: blocks of rows are read along their features, transposed in registers
// and stored with the rows in lanes. Included by kernels.inl.

// Everything that is transposed goes by squares, a vector each way.
constexpr int block = lanes<float>;  // rows and features of one transposed block

// A block of features of one row, in T: one vector of float32 or two of float64. Everything that
// reads rows goes by blocks, so that both types share one code.
template <class T>
struct RowBlock {
    static constexpr int n_vectors = block / lanes<T>;
    Vector<T> part[n_vectors];
};

// The first `count` values from `from` on, zeros after them. Reads nothing past `count`: rows may
// end where memory does.
template <class T>
inline RowBlock<T> load_block(const T* from, std::size_t count) {
    RowBlock<T> values;
    if (count >= block) {
        for (int h = 0; h < RowBlock<T>::n_vectors; ++h) values.part[h] = load(from + h * lanes<T>);
        return values;
    }
    // Masked loads do not touch what the mask leaves out, not even to fault. Elsewhere values are
    // copied one by one.
#if defined(__AVX512F__)
    const std::uint32_t mask = (1u << count) - 1u;
    if constexpr (sizeof(T) == 4) {
        values.part[0] = (Vector<T>)_mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), from);
    } else {
        values.part[0] = (Vector<T>)_mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), from);
        values.part[1] =
            (Vector<T>)_mm512_maskz_loadu_pd(static_cast<__mmask8>(mask >> 8), from + 8);
    }
#else
    T some[block] = {};
    for (std::size_t i = 0; i < count; ++i) some[i] = from[i];
    for (int h = 0; h < RowBlock<T>::n_vectors; ++h) values.part[h] = load(some + h * lanes<T>);
#endif
    return values;
}

// A block as one vector of float32, rounded to nearest; too large values become infinite.
inline Vector<float> to_floats(const RowBlock<float>& values) {
    return values.part[0];
}
// Joined in registers: a vector read from two halves just written would wait for them.
inline Vector<float> to_floats(const RowBlock<double>& values) {
    HalfVector halves[2];
    for (int h = 0; h < 2; ++h) halves[h] = __builtin_convertvector(values.part[h], HalfVector);
#if defined(__AVX512F__)
    return (Vector<float>)_mm512_insertf32x8(_mm512_castps256_ps512((__m256)halves[0]),
                                             (__m256)halves[1], 1);
#elif defined(__AVX2__)
    return (Vector<float>)_mm256_set_m128((__m128)halves[1], (__m128)halves[0]);
#else
    Vector<float> v;
    __builtin_memcpy(&v, halves, sizeof v);
    return v;
#endif
}
// One half of a block as float64, exactly: the halves are what two vectors of float64 hold.
inline Vector<double> half_of(const RowBlock<float>& values, int h) {
    HalfVector halves[2];
    __builtin_memcpy(halves, &values.part[0], sizeof halves);
    return widen(halves[h]);
}
inline Vector<double> half_of(const RowBlock<double>& values, int h) {
    return values.part[h];
}

// Lanes for swap_quarters. Numbers from `block` on mean lanes of the second vector.
template <int H>
struct UpperQuarters {
    static constexpr int at(int lane) { return (lane & H) != 0 ? block + lane - H : lane; }
};
template <int H>
struct LowerQuarters {
    static constexpr int at(int lane) { return (lane & H) != 0 ? block + lane : lane + H; }
};

// Swaps the off-diagonal quarters of every square of 2 H lanes.
template <int H, int N>
inline void swap_quarters(Vector<float> (&rows)[N]) {
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) {
        if (i & H) continue;
        const Vector<float> a = rows[i], b = rows[i + H];
        rows[i] = shuffle<UpperQuarters<H>>(a, b);
        rows[i + H] = shuffle<LowerQuarters<H>>(a, b);
    }
}

// Transposes blocks of N x N side by side: N is the width of a vector or half of it.
template <int N>
inline void transpose(Vector<float> (&rows)[N]) {
    if constexpr (N > 8) swap_quarters<8, N>(rows);
    if constexpr (N > 4) swap_quarters<4, N>(rows);
    if constexpr (N > 2) swap_quarters<2, N>(rows);
    swap_quarters<1, N>(rows);
}

// Lanes for join_halves.
struct FirstHalves {
    static constexpr int at(int lane) { return lane < block / 2 ? lane : block / 2 + lane; }
};

// The first halves of both, one after the other.
inline Vector<float> join_halves(Vector<float> a, Vector<float> b) {
    return shuffle<FirstHalves>(a, b);
}

// Of -0 and what is no number either may come: for maxima, where it does not matter.
template <class V>
inline V absolute(V v) {
    return larger(v, -v);
}

// What a panel adds to the statistics of its chunk, kept in registers for one block of features.
// Loads what is there, takes rows, and writes back: statistics of a chunk must have one writer.
// Arrays are padded to 16, so that whole vectors are loaded and stored past the last feature.
template <class T>
struct BlockStatistics {
    const PackStatistics<T>* all;  // or null: none are wanted
    std::size_t first, count;
    RowBlock<T> largest = {}, mean;
    Vector<double> sum[2] = {}, square[2] = {};

    // Statistics that are null cost nothing; the shift is loaded all the same, since take() needs
    // it.
    BlockStatistics(const PackStatistics<T>* statistics, std::size_t first_feature,
                    std::size_t n_features, const T* shift)
        : all(statistics), first(first_feature), count(n_features) {
        mean = shift == nullptr ? RowBlock<T>{} : load_block(shift + first, count);
        if (all == nullptr) return;
        largest = load_block(all->largest + first, count);
        for (int h = 0; h < 2 && all->sums != nullptr; ++h) {
            sum[h] = load(all->sums + first + h * lanes<double>);
            square[h] = load(all->squares + first + h * lanes<double>);
        }
    }
    // Takes the shift from a row's values, rounded to T, and adds what is left to the statistics.
    // Sums are of raw values less the shift in float64, without that rounding: they are variances
    // of the data.
    RowBlock<T> take(const RowBlock<T>& raw, const T* shift) {
        RowBlock<T> shifted = raw;
        for (int h = 0; h < RowBlock<T>::n_vectors && shift != nullptr; ++h) {
            shifted.part[h] -= mean.part[h];
        }
        if (all != nullptr) add(raw, shifted);
        return shifted;
    }
    // Largest absolute values of what is left, in T: they bound exact sums of these very values.
    void add(const RowBlock<T>& raw, const RowBlock<T>& shifted) {
        for (int h = 0; h < RowBlock<T>::n_vectors; ++h) {
            largest.part[h] = larger(largest.part[h], absolute(shifted.part[h]));
        }
        for (int h = 0; h < 2 && all->sums != nullptr; ++h) {
            const Vector<double> difference = half_of(raw, h) - half_of(mean, h);
            sum[h] += difference;
            square[h] += difference * difference;
        }
    }
    // Lanes past the last feature write zeros, or what was there, into the arrays' padding.
    void keep() const {
        if (all == nullptr) return;
        for (int h = 0; h < RowBlock<T>::n_vectors; ++h) {
            store(all->largest + first + h * lanes<T>, largest.part[h]);
        }
        for (int h = 0; h < 2 && all->sums != nullptr; ++h) {
            store(all->sums + first + h * lanes<double>, sum[h]);
            store(all->squares + first + h * lanes<double>, square[h]);
        }
    }
};

// Up to 32 rows of a view: neighbors, or those of a list, counted from `first`. row(r) is valid for
// r below count.
template <class T>
struct SomeRows {
    const RowView<T>& rows;
    std::size_t first, count;
    const std::uint32_t* list;  // or null
    const T* row(std::size_t r) const {
        const std::size_t at = first + (list == nullptr ? r : list[r]);
        return rows.data + static_cast<std::ptrdiff_t>(at) * rows.row_stride;
    }
};

// Squares of the panel's values (two vectors of rows in float64), a row in a lane, feature by
// feature.
inline void add_squares(Vector<float> values, Vector<double>* squares) {
    for (int h = 0; h < 2; ++h) {
        const Vector<double> half = half_of(RowBlock<float>{{values}}, h);
        squares[h] += half * half;
    }
}

// Row-major rows, of `width` features from i0 on, into their place in the panel. Rows past `count`
// become zeros. Statistics may be null; squares has a vector for each of the panel's rows.
template <class T>
inline void pack_block(const SomeRows<T>& some, std::size_t i0, std::size_t width, float* panel,
                       const PackStatistics<T>* statistics, Vector<double>* squares) {
    // Once a block: statistics of a block of features stay in registers while all 32 rows pass.
    const T* const shift = some.rows.shift;
    BlockStatistics<T> kept(statistics, i0, width, shift);
    for (std::size_t strip = 0; strip < panel_rows; strip += block) {
        Vector<float> tile[block];
        for (std::size_t r = 0; r < block; ++r) {
            if (strip + r >= some.count) {
                tile[r] = Vector<float>{};
                continue;
            }
            const T* const from = some.row(strip + r) + i0;
            // More streams than hardware follows; listed rows are fetched by the caller.
            if (some.list == nullptr) __builtin_prefetch(from + 8 * block);
            tile[r] = to_floats(kept.take(load_block(from, width), shift));
        }
        float* to = panel + i0 * panel_rows + strip;
        // Column i of the tile is feature i0 + i of `block` rows: stored at its place, and its
        // squares added row by row, in lanes. Features past `width` are not stored.
        const auto keep = [&](const Vector<float>* columns) {
            for (std::size_t i = 0; i < width; ++i, to += panel_rows) {
                store(to, columns[i]);
                add_squares(columns[i], squares + strip / lanes<double>);
            }
        };
        // Few features fill half a vector: rows r and r + block / 2 share one, and half of the
        // transposition is left.
        if (width <= block / 2) {
            Vector<float> half[block / 2];
            for (int r = 0; r < block / 2; ++r) half[r] = join_halves(tile[r], tile[r + block / 2]);
            transpose(half);
            keep(half);
        } else {
            transpose(tile);
            keep(tile);
        }
    }
    kept.keep();
}

// Row-major rows (column_stride 1), a block of features at a time.
template <class T>
void pack_by_row(const SomeRows<T>& some, float* panel, const PackStatistics<T>* statistics,
                 Vector<double>* squares) {
    // Features in ascending order, so that each row's squares are added up in that order.
    const std::size_t d = some.rows.n_features;
    for (std::size_t i0 = 0; i0 < d; i0 += block) {
        const std::size_t width = d - i0 < block ? d - i0 : block;
        pack_block(some, i0, width, panel, statistics, squares);
    }
}

// Any other layout, value by value, e.g. columns in one piece (Fortran order): feature by feature,
// so that memory is read in turn. Adds to the same statistics in the same order.
template <class T>
void pack_by_feature(const RowView<T>& rows, std::size_t first, std::size_t count, float* panel,
                     const PackStatistics<T>& statistics, Vector<double>* squares) {
    // A lane of squares for each row, kept in memory: the loop over rows is the inner one.
    alignas(64) double totals[panel_rows] = {};
    for (std::size_t i = 0; i < rows.n_features; ++i) {
        const T* from = rows.data + static_cast<std::ptrdiff_t>(first) * rows.row_stride +
                        static_cast<std::ptrdiff_t>(i) * rows.column_stride;
        const T shift = rows.shift == nullptr ? T(0) : rows.shift[i];
        T largest = statistics.largest[i];
        float* const to = panel + i * panel_rows;
        for (std::size_t r = 0; r < count; ++r, from += rows.row_stride) {
            // As in take(): the difference in T is the value, that in float64 goes to the
            // statistics.
            const T value = *from - shift;
            const T size = value < 0 ? -value : value;
            largest = size > largest ? size : largest;
            to[r] = static_cast<float>(value);
            totals[r] += static_cast<double>(to[r]) * static_cast<double>(to[r]);
            if (statistics.sums == nullptr) continue;
            const double difference = static_cast<double>(*from) - static_cast<double>(shift);
            statistics.sums[i] += difference;
            statistics.squares[i] += difference * difference;
        }
        for (std::size_t r = count; r < panel_rows; ++r) to[r] = 0.0f;
        statistics.largest[i] = largest;
    }
    for (std::size_t v = 0; v < panel_rows / lanes<double>; ++v) {
        squares[v] = load(totals + v * lanes<double>);
    }
}

// The last feature of a panel: bounds of the norms from above. Sums of squares in float64 are off
// by far less than 2^-22, which also covers rounding to float32.
inline void store_norms(const Vector<double>* squares, float* norms) {
    alignas(64) double totals[panel_rows];
    for (std::size_t v = 0; v < panel_rows / lanes<double>; ++v) {
        store(totals + v * lanes<double>, squares[v]);
    }
    for (std::size_t r = 0; r < panel_rows; ++r) {
        norms[r] = static_cast<float>(__builtin_sqrt(totals[r]) * (1.0 + 0x1p-22));
    }
}

// In deinterleave.inl.
template <class T>
void pack_rows(const RowView<T>& rows, std::size_t first, const std::uint32_t* list,
               std::size_t count, float* panel);

// See PackKernels::panel.
template <class T>
void pack_panel(const RowView<T>& rows, std::size_t first, float* panel,
                const PackStatistics<T>& statistics) {
    const std::size_t left = rows.n_rows - first;
    const std::size_t count = left < panel_rows ? left : panel_rows;
    if (rows.column_stride == 1 && learn_few(rows, first, count, statistics)) {
        return pack_rows<T>(rows, first, nullptr, count, panel);
    }
    // Whole zeros for rows that are missing: they have norm 0, and change no statistics.
    Vector<double> squares[panel_rows / lanes<double>] = {};
    if (rows.column_stride == 1) {
        pack_by_row<T>({rows, first, count, nullptr}, panel, &statistics, squares);
    } else {
        pack_by_feature(rows, first, count, panel, statistics, squares);
    }
    store_norms(squares, panel + rows.n_features * panel_rows);
}

// See PackKernels::statistics. Sixteen rows at a time, so that a block's statistics are loaded and
// stored once for them while the rows are in the first-level cache; the next sixteen are fetched
// meanwhile. (Fetching past the end is harmless.)
template <class T>
void learn_columns(const RowView<T>& rows, std::size_t first, std::size_t n,
                   const PackStatistics<T>& statistics) {
    if (learn_few(rows, first, n, statistics)) return;
    constexpr std::size_t at_once = 16;
    const std::size_t d = rows.n_features;
    for (std::size_t start = first; start < first + n; start += at_once) {
        const std::size_t left = first + n - start, count = left < at_once ? left : at_once;
        for (std::size_t i0 = 0; i0 < d; i0 += block) {
            const std::size_t width = d - i0 < block ? d - i0 : block;
            BlockStatistics<T> kept(&statistics, i0, width, rows.shift);
            const T* from = rows.data + static_cast<std::ptrdiff_t>(start) * rows.row_stride + i0;
            for (std::size_t r = 0; r < count; ++r, from += rows.row_stride) {
                const T* const ahead = from + at_once * rows.row_stride;
                // A cache line at a time: of float64 rows a block is two.
                __builtin_prefetch(ahead, 0, 2);
                if constexpr (sizeof(T) == 8) __builtin_prefetch(ahead + 8, 0, 2);
                kept.take(load_block(from, width), rows.shift);
            }
            kept.keep();
        }
    }
}
