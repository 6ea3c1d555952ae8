// Moving rows between the exact sums of centers. Included by kernels.inl.

inline bool is_zero(Vector<double> v) {
#if defined(__AVX512F__)
    return _mm512_test_epi64_mask((__m512i)v, _mm512_set1_epi64(0x7fffffffffffffff)) == 0;
#else
    bool zero = true;
    for (int lane = 0; lane < lanes<double>; ++lane) zero &= v[lane] == 0.0;
    return zero;
#endif
}

// Adds one value, split at the units of magic, to one center's sums, and takes it from another's
// where there is one; every operation is exact. Most values leave nothing for the later parts.
template <int parts>
inline void add_value(double rest, const double* magic, double* to, double* from,
                      std::size_t stride) {
    for (std::size_t part = 0; part < parts; ++part) {
        const double unit = magic[part * stride];
        const double rounded = (rest + unit) - unit;
        to[part * stride] += rounded;
        if (from != nullptr) from[part * stride] -= rounded;
        rest -= rounded;
        if (rest == 0.0) return;
    }
}

// The same for one vector of a row's features.
template <int parts>
inline void add_features(Vector<double> rest, const double* magic, double* to, double* from,
                         std::size_t stride) {
    for (std::size_t part = 0; part < parts; ++part) {
        const Vector<double> unit = load(magic + part * stride);
        const Vector<double> rounded = (rest + unit) - unit;
        store(to + part * stride, load(to + part * stride) + rounded);
        if (from != nullptr) store(from + part * stride, load(from + part * stride) - rounded);
        rest -= rounded;
        if (is_zero(rest)) return;
    }
}

// One row's part of an update: where it is added, and where it is taken from (null: nowhere).
struct Move {
    double weight;
    double *to, *from;
};

// Rows of few features (D of them) go value by value: a vector made of single stores would wait
// for them. Others go by blocks, strided ones through a buffer.
template <class T, int parts, int D>
inline void move_row(const RowView<T>& rows, std::size_t r, const Move& move, const SumsView& sums,
                     double* buffer) {
    const T* value = rows.data + static_cast<std::ptrdiff_t>(r) * rows.row_stride;
    if constexpr (D > 0) {
#pragma GCC unroll 4
        for (int i = 0; i < D; ++i, value += rows.column_stride) {
            const T shifted = rows.shift == nullptr ? *value : *value - rows.shift[i];
            add_value<parts>(static_cast<double>(shifted) * move.weight, sums.magic + i,
                             move.to + i, move.from == nullptr ? nullptr : move.from + i,
                             lane_count);
        }
        return;
    }
    if (rows.column_stride != 1) read_row(rows, r, buffer);
    const Vector<double> weight = broadcast(move.weight);
    for (std::size_t i0 = 0; i0 < rows.n_features; i0 += block) {
        RowBlock<T> values{};
        if (rows.column_stride == 1) {
            values = load_block(value + i0, rows.n_features - i0);
            if (rows.shift != nullptr) {
                const RowBlock<T> shift = load_block(rows.shift + i0, rows.n_features - i0);
                for (int h = 0; h < RowBlock<T>::n_vectors; ++h) values.part[h] -= shift.part[h];
            }
        }
        for (int h = 0; h < 2; ++h) {
            const std::size_t i = i0 + static_cast<std::size_t>(h * lanes<double>);
            if (i >= sums.padded) break;
            const Vector<double> part =
                rows.column_stride == 1 ? half_of(values, h) : load(buffer + i);
            add_features<parts>(part * weight, sums.magic + i, move.to + i,
                                move.from == nullptr ? nullptr : move.from + i, sums.padded);
        }
    }
}

// The rows of [0, n) whose label is another than is[]: their number, and which.
std::size_t find_moved(std::size_t n, const std::int32_t* is, const std::int32_t* labels,
                       std::uint32_t* moved) {
    constexpr std::size_t width = lanes<float>;
    std::size_t count = 0, r = 0;
    for (; r + width <= n; r += width) {
        count +=
            list_rows(unequal_bits(load_index(is + r), load_index(labels + r)), r, moved + count);
    }
    for (; r < n; ++r) {
        if (is[r] != labels[r]) moved[count++] = static_cast<std::uint32_t>(r);
    }
    return count;
}

template <class T, int parts, int D>
void settle_rows(const RowView<T>& rows, const T* weights, std::size_t first,
                 const std::uint32_t* moved, std::size_t count, const std::int32_t* is,
                 std::int32_t* labels, const SumsView& sums, double* buffer) {
    constexpr std::size_t ahead = 8;
    const std::size_t size = sums.padded * parts;
    for (std::size_t m = 0; m < count; ++m) {
        if (m + ahead < count) {
            __builtin_prefetch(rows.data + static_cast<std::ptrdiff_t>(first + moved[m + ahead]) *
                                               rows.row_stride);
        }
        const std::size_t r = moved[m];
        const auto to = static_cast<std::size_t>(is[r]);
        const bool leaves = labels[r] >= 0;
        const auto from = leaves ? static_cast<std::size_t>(labels[r]) : 0;
        const double weight = weights == nullptr ? 1.0 : static_cast<double>(weights[first + r]);
        move_row<T, parts, D>(
            rows, first + r,
            {weight, sums.sums + to * size, leaves ? sums.sums + from * size : nullptr}, sums,
            buffer);
        add_value<parts>(weight, sums.mass_magic, sums.mass + to * parts,
                         leaves ? sums.mass + from * parts : nullptr, 1);
        sums.touched[to] = 1;
        if (leaves) sums.touched[from] = 1;
        labels[r] = is[r];
    }
}

template <class T, int parts>
void settle_parts(const RowView<T>& rows, const T* weights, std::size_t first,
                  const std::uint32_t* moved, std::size_t count, const std::int32_t* is,
                  std::int32_t* labels, const SumsView& sums, double* buffer) {
    const auto run = [&]<int D>() {
        settle_rows<T, parts, D>(rows, weights, first, moved, count, is, labels, sums, buffer);
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

template <class T>
void settle(const RowView<T>& rows, const T* weights, std::size_t first, const std::uint32_t* moved,
            std::size_t count, const std::int32_t* is, std::int32_t* labels, const SumsView& sums) {
    alignas(64) double row[short_row];
    double* const buffer = sums.padded <= short_row ? row : new double[sums.padded];
    const auto move_rows = sums.n_parts == 2 ? settle_parts<T, 2> : settle_parts<T, 3>;
    move_rows(rows, weights, first, moved, count, is, labels, sums, buffer);
    if (buffer != row) delete[] buffer;
}
