// Labels of row-major rows that are seen once, a panel at a time, from packing to certificate: for
// rows of few features, where every pass over a panel costs as much as the products. The last bits
// of a score are the number of its center, so that one minimum ranks both. Included by kernels.inl.

// Norms of rows whose scores cannot overflow: centers that filters rank are below 2^60.
constexpr float most_ranked = 0x1p64f;

// Of the rows of a strip: the smallest and the second smallest score, each with its number.
struct NumberedTop2 {
    Vector<float> best[strip_vectors], second[strip_vectors];
};

// Ranks the scores of one block of centers; `keep` are the bits that scores leave to numbers. A
// score that is no number makes the second forget what it was: rows
// beyond most_ranked are not certain.
template <int G>
inline void rank_numbered(const float* strip, std::size_t n_features, const float* center_block,
                          std::int32_t first, Index<float> keep, NumberedTop2& top) {
    Vector<float> scores[G][strip_vectors];
    score_block<float, G>(strip, n_features, center_block, scores);
#pragma GCC unroll 8
    for (int g = 0; g < G; ++g) {
        const Index<float> number = broadcast_index<float>(first + g);
#pragma GCC unroll 2
        for (int v = 0; v < strip_vectors; ++v) {
            const Vector<float> score =
                (Vector<float>)(((Index<float>)scores[g][v] & keep) | number);
            top.second[v] = smaller(top.second[v], larger(top.best[v], score));
            top.best[v] = smaller(top.best[v], score);
        }
    }
}

// The top 2 of all centers for one strip. Coefficients of norms, which blocks end with, are passed
// over: all centers share a band.
inline void top2_numbered(const float* strip, std::size_t n_features,
                          const NumberedCenters& centers, NumberedTop2& top) {
    for (int v = 0; v < strip_vectors; ++v) {
        top.best[v] = top.second[v] = broadcast(__builtin_inff());
    }
    const Index<float> keep = broadcast_index<float>(~centers.number_bits);
    const float* center_block = centers.packed.values;
    std::int32_t first = 0;
    for (std::size_t b = 0; b < centers.packed.n_blocks; ++b) {
        const std::size_t size = centers.packed.block_sizes[b];
        const auto run = [&]<int G>() {
            rank_numbered<G>(strip, n_features, center_block, first, keep, top);
        };
        switch (size) {
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
        center_block += size * (n_features + 2);
        first += static_cast<std::int32_t>(size);
    }
}

// Labels of a panel, and one bit a row whose label is not certain; `finite` loses the lanes whose
// norm is not finite.
inline std::uint32_t label_panel(const float* panel, std::size_t n_features,
                                 const NumberedCenters& centers, std::int32_t* labels,
                                 bool& finite) {
    constexpr std::size_t width = lanes<float>, strip_rows = strip_vectors * width;
    constexpr std::uint32_t all = width == 32 ? ~0u : (1u << width) - 1u;
    const float* const norms = panel + n_features * panel_rows;
    std::uint32_t uncertain = 0;
    for (std::size_t row = 0; row < panel_rows; row += strip_rows) {
        NumberedTop2 top;
        top2_numbered(panel + row, n_features, centers, top);
        for (int v = 0; v < strip_vectors; ++v) {
            const std::size_t at = row + static_cast<std::size_t>(v) * width;
            const Vector<float> norm = load(norms + at);
            const Vector<float> band =
                broadcast(centers.constant) +
                (broadcast(centers.slope) + broadcast(canonical_error) * norm) * norm;
            // Negations of "certainly": what is no number is not certain.
            const std::uint32_t certain = less_bits(band, top.second[v] - top.best[v]) &
                                          less_bits(norm, broadcast(most_ranked));
            uncertain |= (all & ~certain) << at;
            finite = finite && less_bits(norm, broadcast(__builtin_inff())) == all;
            const Index<float> label =
                (Index<float>)top.best[v] & broadcast_index<float>(centers.number_bits);
            __builtin_memcpy(labels + at, &label, sizeof label);
        }
    }
    return uncertain;
}

// Rows of D features, W places each and a vector full of them after the other, less a shift (null:
// none) that is repeated to a whole vector: labels, and one bit a row whose label is not certain.
// Nothing is written between reading and ranking.
template <class T, int D, int W>
inline std::uint32_t label_short_vector(const T* from, const T* shift,
                                        const NumberedCenters& centers, std::int32_t* labels,
                                        bool& finite) {
    constexpr std::uint32_t all = block == 32 ? ~0u : (1u << block) - 1u;
    Vector<float> x[W];
    deinterleave_rows<T, W>(from, shift, x);
    // The band's slope allows for the roundings of so few squares, its constant for underflow.
    Vector<float> squares = x[0] * x[0];
    for (int i = 1; i < D; ++i) squares = multiply_add(x[i], x[i], squares);
    const Index<float> keep = broadcast_index<float>(~centers.number_bits);
    Vector<float> best = broadcast(__builtin_inff()), second = best;
    const float* center = centers.rows;
    const auto n = static_cast<std::int32_t>(centers.n_centers);
#pragma GCC unroll 4
    for (std::int32_t c = 0; c < n; ++c, center += D + 2) {
        Vector<float> sum = broadcast(center[0]);
#pragma GCC unroll 8
        for (int i = 0; i < D; ++i) sum = multiply_add(x[i], broadcast(center[i + 1]), sum);
        const Vector<float> score =
            (Vector<float>)(((Index<float>)sum & keep) | broadcast_index<float>(c));
        second = smaller(second, larger(best, score));
        best = smaller(best, score);
    }
    const Vector<float> band = multiply_add(squares, broadcast(centers.slope_of_square),
                                            broadcast(centers.constant_of_square));
    // No score overflows where a square does not. Negated, so that what is no number is uncertain.
    finite = finite && less_bits(squares, broadcast(__builtin_inff())) == all;
    const Index<float> label = (Index<float>)best & broadcast_index<float>(centers.number_bits);
    __builtin_memcpy(labels, &label, sizeof label);
    return all & ~less_bits(band, second - best);
}

// As label_rows, of D features: in place where rows fill vectors without gaps (D a power of 2,
// neighbors, none missing), else copied to W places each first.
template <class T, int D>
bool label_short_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
                      const NumberedCenters& centers, std::int32_t* labels,
                      std::uint32_t* uncertain) {
    constexpr int W = D > 4 ? 8 : D > 2 ? 4 : D, repeated = W > block ? W : block;
    // Some pages ahead of the hand, since each row is met once.
    constexpr std::size_t line = 64 / sizeof(T), ahead = 4096 / sizeof(T);
    alignas(64) T copied[panel_rows * W] = {}, shift[repeated] = {};
    const bool shifts = rows.shift != nullptr;
    for (int i = 0; i < repeated && shifts; ++i) shift[i] = i % W < D ? rows.shift[i % W] : T(0);
    bool finite = true;
    for (std::size_t start = 0; start < count; start += panel_rows, ++uncertain) {
        const std::size_t n = count - start < panel_rows ? count - start : panel_rows;
        const SomeRows<T> some{rows, first + start, n, nullptr};
        const T* from = some.row(0);
        for (std::size_t i = 0; i < panel_rows * D; i += line) __builtin_prefetch(from + ahead + i);
        if (D != W || rows.row_stride != D || n < panel_rows) {
            from = copied;
            for (std::size_t r = 0; r < panel_rows; ++r) {
                // Missing rows become copies of the shift, hence zeros.
                __builtin_memcpy(copied + r * W, r < n ? some.row(r) : shift, D * sizeof(T));
            }
        }
        std::int32_t found[panel_rows];
        std::int32_t* const to = n < panel_rows ? found : labels + start;
        std::uint32_t bits = 0;
        for (std::size_t r = 0; r < panel_rows; r += block) {
            bits |= label_short_vector<T, D, W>(from + r * W, shifts ? shift : nullptr, centers,
                                                to + r, finite)
                    << r;
        }
        *uncertain = bits;
        if (n < panel_rows) __builtin_memcpy(labels + start, found, n * sizeof(std::int32_t));
    }
    return finite;
}

// See ScanKernels::label_rows.
template <class T>
bool label_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
                const NumberedCenters& centers, float* panel, std::int32_t* labels,
                std::uint32_t* uncertain) {
    switch (rows.n_features) {
        case 1:
            return label_short_rows<T, 1>(rows, first, count, centers, labels, uncertain);
        case 2:
            return label_short_rows<T, 2>(rows, first, count, centers, labels, uncertain);
        case 3:
            return label_short_rows<T, 3>(rows, first, count, centers, labels, uncertain);
        case 4:
            return label_short_rows<T, 4>(rows, first, count, centers, labels, uncertain);
        case 5:
            return label_short_rows<T, 5>(rows, first, count, centers, labels, uncertain);
        case 6:
            return label_short_rows<T, 6>(rows, first, count, centers, labels, uncertain);
        case 7:
            return label_short_rows<T, 7>(rows, first, count, centers, labels, uncertain);
        case 8:
            return label_short_rows<T, 8>(rows, first, count, centers, labels, uncertain);
        default:
            break;
    }
    bool finite = true;
    for (std::size_t start = 0; start < count; start += panel_rows, ++uncertain) {
        const std::size_t n = count - start < panel_rows ? count - start : panel_rows;
        // Missing rows are zeros, whose labels are not kept.
        std::int32_t found[panel_rows];
        std::int32_t* const to = n < panel_rows ? found : labels + start;
        pack_rows<T>(rows, first + start, nullptr, n, panel);
        *uncertain = label_panel(panel, rows.n_features, centers, to, finite);
        if (n < panel_rows) __builtin_memcpy(labels + start, found, n * sizeof(std::int32_t));
    }
    return finite;
}
