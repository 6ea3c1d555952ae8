// Packing rows that are listed or neighbors, without statistics. Where features are few several
// rows share a vector and are deinterleaved in registers: transposing blocks would leave most lanes
// empty. Included by kernels.inl.

// Lanes first, first + 2, ... of two vectors, one after the other.
template <int first>
struct EverySecond {
    static constexpr int at(int lane) { return 2 * lane + first; }
};

// Sorts the values of W vectors, one after the other, by their place modulo W: of place i they come
// to vector i with its bits in reverse order. W is a power of 2. Each round splits even places from
// odd ones in every run of `size` vectors, log2(W) rounds of W shuffles.
template <int W>
inline void deinterleave(Index<float> (&v)[W]) {
#pragma GCC unroll 4
    for (int size = W; size > 1; size /= 2) {
        Index<float> deinterleaved[W];
#pragma GCC unroll 16
        for (int i = 0; i < W; i += 2) {
            const int to = i / size * size + i % size / 2;
            deinterleaved[to] = shuffle<EverySecond<0>>(v[i], v[i + 1]);
            deinterleaved[to + size / 2] = shuffle<EverySecond<1>>(v[i], v[i + 1]);
        }
#pragma GCC unroll 16
        for (int i = 0; i < W; ++i) v[i] = deinterleaved[i];
    }
}

// Of a number below `size`, a power of 2.
constexpr int reverse_bits(int value, int size) {
    int reversed = 0;
    for (; size > 1; size /= 2, value /= 2) reversed = 2 * reversed + value % 2;
    return reversed;
}

// Rows of W features, one after the other, as columns, less a shift (null: none) that is repeated
// to a whole vector.
template <class T, int W>
inline void deinterleave_rows(const T* from, const T* shift, Vector<float> (&columns)[W]) {
    Index<float> v[W];
    for (int i = 0; i < W; ++i) {
        RowBlock<T> values = load_block(from + i * block, block);
        if (shift != nullptr) {
            const RowBlock<T> less = load_block(shift + i * block % W, block);
            for (int h = 0; h < RowBlock<T>::n_vectors; ++h) values.part[h] -= less.part[h];
        }
        v[i] = (Index<float>)to_floats(values);
    }
    deinterleave(v);
    for (int i = 0; i < W; ++i) columns[i] = (Vector<float>)v[reverse_bits(i, W)];
}

// Rows of D features. They are read in place where they fill vectors without gaps (D a power of 2,
// neighbors, none missing); else copied to a stride of W first. Missing rows become copies of the
// shift, hence zeros once it is subtracted, with norm 0 up to the bound's slack.
template <class T, int D>
void pack_short_rows(const SomeRows<T>& some, float* panel) {
    constexpr int W = D > 4 ? 8 : D > 2 ? 4 : D, repeated = W > block ? W : block;
    constexpr std::size_t bytes = D * sizeof(T);
    alignas(64) T copied[panel_rows * W] = {}, shift[repeated] = {};
    // The shift is repeated for as many rows as share a vector.
    const bool shifts = some.rows.shift != nullptr;
    for (int i = 0; i < repeated && shifts; ++i) {
        shift[i] = i % W < D ? some.rows.shift[i % W] : T(0);
    }
    const T* from = some.row(0);
    if (D != W || some.list != nullptr || some.rows.row_stride != D || some.count < panel_rows) {
        from = copied;
        for (std::size_t r = 0; r < panel_rows; ++r) {
            // What is missing becomes zeros.
            __builtin_memcpy(copied + r * W, r < some.count ? some.row(r) : shift, bytes);
        }
    }
    for (std::size_t strip = 0; strip < panel_rows; strip += block) {
        Vector<float> columns[W];
        deinterleave_rows<T, W>(from + strip * W, shifts ? shift : nullptr, columns);
        // In float32, feature by feature: few enough for a bound of their roundings.
        Vector<float> squares{};
        for (int i = 0; i < D; ++i) {
            store(panel + static_cast<std::size_t>(i) * panel_rows + strip, columns[i]);
            squares += columns[i] * columns[i];
        }
        // Few roundings, and what underflow takes from them.
        store(panel + D * panel_rows + strip, square_root(squares) * (1.0f + 0x1p-21f) + 0x1p-72f);
    }
}

// See PackKernels::listed: rows are row-major. Up to 8 features by deinterleaving, more by blocks.
template <class T>
void pack_rows(const RowView<T>& rows, std::size_t first, const std::uint32_t* list,
               std::size_t count, float* panel) {
    // A copy of the code for each width: strides are constants, and loops unrolled.
    const SomeRows<T> some{rows, first, count, list};
    switch (rows.n_features) {
        case 1:
            return pack_short_rows<T, 1>(some, panel);
        case 2:
            return pack_short_rows<T, 2>(some, panel);
        case 3:
            return pack_short_rows<T, 3>(some, panel);
        case 4:
            return pack_short_rows<T, 4>(some, panel);
        case 5:
            return pack_short_rows<T, 5>(some, panel);
        case 6:
            return pack_short_rows<T, 6>(some, panel);
        case 7:
            return pack_short_rows<T, 7>(some, panel);
        case 8:
            return pack_short_rows<T, 8>(some, panel);
        default:
            break;
    }
    Vector<double> squares[panel_rows / lanes<double>] = {};
    pack_by_row<T>(some, panel, nullptr, squares);
    store_norms(squares, panel + rows.n_features * panel_rows);
}
