// Sums of columns, in the order in which NumPy adds. Included by kernels.inl.

// Some rows one after the other, as their first column lies, and how far apart they are.
template <class T>
struct Strip {
    const T* first;
    std::ptrdiff_t stride;
    std::size_t n_rows;
};

// Adds n_vectors vectors of columns to their sums, which stay in registers meanwhile. In T, row by
// row: NumPy's order, which makes the means and hence centered rows the same to the last bit.
template <class T, int n_vectors>
inline void add_vectors(const Strip<T>& strip, std::size_t column, T* sums) {
    Vector<T> total[n_vectors];
#pragma GCC unroll 8
    for (int v = 0; v < n_vectors; ++v) total[v] = load(sums + column + v * lanes<T>);
    const T* from = strip.first + column;
    for (std::size_t r = 0; r < strip.n_rows; ++r, from += strip.stride) {
#pragma GCC unroll 8
        for (int v = 0; v < n_vectors; ++v) total[v] += load(from + v * lanes<T>);
    }
#pragma GCC unroll 8
    for (int v = 0; v < n_vectors; ++v) store(sums + column + v * lanes<T>, total[v]);
}

// The same of columns too few for a vector.
template <class T, int n_columns>
inline void add_scalars(const Strip<T>& strip, std::size_t column, T* sums) {
    T total[n_columns];
    for (int i = 0; i < n_columns; ++i) total[i] = sums[column + i];
    const T* from = strip.first + column;
    for (std::size_t r = 0; r < strip.n_rows; ++r, from += strip.stride) {
        for (int i = 0; i < n_columns; ++i) total[i] += from[i];
    }
    for (int i = 0; i < n_columns; ++i) sums[column + i] = total[i];
}

// The same of fewer than 8 columns.
template <class T, int most = 7>
inline void add_few(const Strip<T>& strip, std::size_t column, std::size_t count, T* sums) {
    if constexpr (most > 0) {
        if (count < most) return add_few<T, most - 1>(strip, column, count, sums);
        add_scalars<T, most>(strip, column, sums);
    }
}

// Adds a strip's columns from the first to the last: several vectors at once hide the latency of
// adding.
template <class T>
void add_strip(const Strip<T>& strip, std::size_t count, T* sums) {
    constexpr std::size_t width = static_cast<std::size_t>(lanes<T>);
    std::size_t i = 0;
    for (; i + 8 * width <= count; i += 8 * width) add_vectors<T, 8>(strip, i, sums);
    for (; i + 2 * width <= count; i += 2 * width) add_vectors<T, 2>(strip, i, sums);
    for (; i + width <= count; i += width) add_vectors<T, 1>(strip, i, sums);
    for (; i + 8 <= count; i += 8) add_scalars<T, 8>(strip, i, sums);
    if (i < count) add_few(strip, i, count - i, sums);
}

// See PackKernels::column_sums.
template <class T>
void add_columns(const RowView<T>& rows, std::size_t first, std::size_t count, T* sums) {
    const T* from = rows.data + static_cast<std::ptrdiff_t>(first) * rows.column_stride;
    // Columns in one piece: each is summed on its own, in row order, too. Sums are kept in T.
    if (rows.column_stride != 1) {
        for (std::size_t i = 0; i < count; ++i, from += rows.column_stride) {
            const T* value = from;
            T total = 0;
            for (std::size_t r = 0; r < rows.n_rows; ++r, value += rows.row_stride) total += *value;
            sums[i] = total;
        }
        return;
    }
    // So few rows at a time that a near cache holds these columns of them.
    const std::size_t at_once = count >= 64 ? 32 : 2048 / count;
    for (std::size_t i = 0; i < count; ++i) sums[i] = T(0);
    for (std::size_t r = 0; r < rows.n_rows; r += at_once) {
        const std::size_t left = rows.n_rows - r;
        const T* const strip = from + static_cast<std::ptrdiff_t>(r) * rows.row_stride;
        add_strip<T>({strip, rows.row_stride, left < at_once ? left : at_once}, count, sums);
    }
}
