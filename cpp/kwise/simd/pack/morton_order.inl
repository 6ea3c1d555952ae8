// Kernels of the Morton order; see data/morton_order.hpp. Included by kernels.inl.

// The bits of numbers below 2^(16 / D), D - 1 places apart: bit j comes to place j D, so that D
// such numbers, shifted by 0 to D - 1, make one key. The masks keep what each doubling of distance
// may fill.
template <int D>
inline Index<float> spread_bits(Index<float> x) {
    if constexpr (D == 2) {
        x = (x | (x << 4)) & 0x0f0f;
        x = (x | (x << 2)) & 0x3333;
        x = (x | (x << 1)) & 0x5555;
    }
    if constexpr (D == 3) {
        x = (x | (x << 8)) & 0x100f;
        x = (x | (x << 4)) & 0x10c3;
        x = (x | (x << 2)) & 0x1249;
    }
    if constexpr (D == 4) {
        x = (x | (x << 6)) & 0x0303;
        x = (x | (x << 3)) & 0x1111;
    }
    return x;
}

// See Kernels::morton_keys. Values outside the grid go to its border cells: keys only choose an
// order, so that nothing here need be exact.
template <int D>
void cell_keys_of(const float* panel, const CellGrid& grid, std::int32_t* keys) {
    // Cells are numbered in 16 / D bits; the largest number is exact as a float.
    const Vector<float> zero{}, most = broadcast(static_cast<float>((1 << (16 / D)) - 1));
    for (std::size_t row = 0; row < panel_rows; row += lanes<float>) {
        Index<float> key{};
        for (std::size_t i = 0; i < D; ++i) {
            const Vector<float> cell =
                (load(panel + i * panel_rows + row) - broadcast(grid.low[i])) *
                broadcast(grid.per_cell[i]);
            // Held within the grid before it is converted: numbers beyond 32 bits would be
            // undefined.
            const Vector<float> held = smaller(most, larger(zero, cell));
            key |= spread_bits<D>(__builtin_convertvector(held, Index<float>)) << i;
        }
        __builtin_memcpy(keys + row, &key, sizeof key);
    }
}

// Keys of whole panels; those past the last row mean nothing.
void morton_keys(const float* panel, std::size_t n_features, const CellGrid& grid,
                 std::int32_t* keys) {
    switch (n_features) {
        case 1:
            return cell_keys_of<1>(panel, grid, keys);
        case 2:
            return cell_keys_of<2>(panel, grid, keys);
        case 3:
            return cell_keys_of<3>(panel, grid, keys);
        default:
            return cell_keys_of<4>(panel, grid, keys);
    }
}

// See PackKernels::exact_panel. `list` has 32 rows of the view; values are less the shift, rounded
// to T, as everywhere. low and high are of D features.
template <class T, int D>
void exact_panel_of(const RowView<T>& rows, const std::uint32_t* list, T* panel, double* low,
                    double* high) {
    // Lane by lane: rows of a list lie anywhere, and few features leave nothing to transpose.
    for (std::size_t r = 0; r < panel_rows; ++r) {
        const T* from = rows.data + static_cast<std::ptrdiff_t>(list[r]) * rows.row_stride;
#pragma GCC unroll 4
        for (std::size_t i = 0; i < D; ++i, from += rows.column_stride) {
            panel[i * panel_rows + r] = *from;
        }
    }
    for (std::size_t i = 0; i < D; ++i, panel += panel_rows) {
        const Vector<T> shift = broadcast(rows.shift == nullptr ? T(0) : rows.shift[i]);
        Vector<T> least = load(panel) - shift, most = least;
        for (std::size_t r = 0; r < panel_rows; r += lanes<T>) {
            const Vector<T> value = load(panel + r) - shift;
            store(panel + r, value);
            least = smaller(least, value);
            most = larger(most, value);
        }
        // T's extremes are exact as float64, so that the box holds every value.
        T first = least[0], last = most[0];
        for (int lane = 1; lane < lanes<T>; ++lane) {
            first = least[lane] < first ? least[lane] : first;
            last = most[lane] > last ? most[lane] : last;
        }
        low[i] = static_cast<double>(first);
        high[i] = static_cast<double>(last);
    }
}

// One copy for each number of features: loops over them are unrolled.
template <class T>
void exact_panel(const RowView<T>& rows, const std::uint32_t* list, T* panel, double* low,
                 double* high) {
    switch (rows.n_features) {
        case 1:
            return exact_panel_of<T, 1>(rows, list, panel, low, high);
        case 2:
            return exact_panel_of<T, 2>(rows, list, panel, low, high);
        case 3:
            return exact_panel_of<T, 3>(rows, list, panel, low, high);
        default:
            return exact_panel_of<T, 4>(rows, list, panel, low, high);
    }
}
