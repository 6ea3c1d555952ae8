// Sums of Euclidean distances between two sets of rows, in float64. Included by kernels.inl.
//
// Few features: squared differences, which lose no digits. Many: |x|^2 + |y|^2 - 2 x.y with fused
// operations, and squared differences again for pairs so near that digits would cancel.

// Rows on the other side whose distances are computed together.
#if defined(__AVX512F__)
constexpr int group_rows = 8;
#else
constexpr int group_rows = 4;
#endif

// Up to here differences are as fast as products.
constexpr std::size_t difference_limit = 12;
// Below this share of |x|^2 + |y|^2 a squared distance is computed anew from differences: above
// it, cancellation costs at most 16 of 53 bits.
constexpr double near_share = 1.0 / 65536.0;

#if defined(__AVX512F__)
// Square root by the 14-bit reciprocal root and one step of third order: relative error 1e-12.
inline Vector<double> root(Vector<double> a) {
    const Vector<double> least = larger(a, broadcast(1e-300));
    const Vector<double> y = (Vector<double>)_mm512_rsqrt14_pd((__m512d)least);
    const Vector<double> s = a * y;
    const Vector<double> e =
        (Vector<double>)_mm512_fnmadd_pd((__m512d)s, (__m512d)y, (__m512d)broadcast(1.0));
    const Vector<double> p = e * multiply_add(e, broadcast(0.375), broadcast(0.5));
    return multiply_add(s, p, s);
}
#else
inline Vector<double> root(Vector<double> a) {
    for (int lane = 0; lane < lanes<double>; ++lane) a[lane] = __builtin_sqrt(a[lane]);
    return a;
}
#endif

inline Vector<double> square_of_differences(const double* x, const double* y,
                                            std::size_t n_features) {
    Vector<double> sum{};
    for (std::size_t i = 0; i < n_features; ++i) {
        const Vector<double> difference = load(x + i * panel_rows) - broadcast(y[i * panel_rows]);
        sum = multiply_add(difference, difference, sum);
    }
    return sum;
}

inline bool any_below(Vector<double> a, Vector<double> b) {
#if defined(__AVX512F__)
    return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_LT_OQ) != 0;
#else
    const Index<double> less = a < b;
    std::int64_t any = 0;
    for (int lane = 0; lane < lanes<double>; ++lane) any |= less[lane];
    return any != 0;
#endif
}

// Squared distances of one strip of rows (x) to a group of rows (y).
template <bool Differences>
inline void strip_squares(const double* x, const double* y, std::size_t n_features,
                          Vector<double> (&squares)[group_rows][strip_vectors]) {
    for (int g = 0; g < group_rows; ++g) {
        for (int v = 0; v < strip_vectors; ++v) squares[g][v] = Vector<double>{};
    }
    for (std::size_t i = 0; i < n_features; ++i) {
        Vector<double> a[strip_vectors];
        for (int v = 0; v < strip_vectors; ++v) a[v] = load(x + i * panel_rows + v * lanes<double>);
#pragma GCC unroll 8
        for (int g = 0; g < group_rows; ++g) {
            const Vector<double> b = broadcast(y[i * panel_rows + g]);
#pragma GCC unroll 2
            for (int v = 0; v < strip_vectors; ++v) {
                if constexpr (Differences) {
                    const Vector<double> difference = a[v] - b;
                    squares[g][v] = multiply_add(difference, difference, squares[g][v]);
                } else {
                    squares[g][v] = multiply_add(a[v], b, squares[g][v]);
                }
            }
        }
    }
    if constexpr (!Differences) {
        for (int v = 0; v < strip_vectors; ++v) {
            const Vector<double> norm = load(x + n_features * panel_rows + v * lanes<double>);
#pragma GCC unroll 8
            for (int g = 0; g < group_rows; ++g) {
                const Vector<double> both = norm + broadcast(y[n_features * panel_rows + g]);
                squares[g][v] = multiply_add(squares[g][v], broadcast(-2.0), both);
                if (any_below(squares[g][v], both * broadcast(near_share))) [[unlikely]] {
                    squares[g][v] = square_of_differences(x + v * lanes<double>, y + g, n_features);
                }
            }
        }
    }
}

template <bool Differences>
void distance_sums_by(const DistanceTile& tile) {
    const std::size_t stride = (tile.n_features + 1) * panel_rows;
    constexpr std::size_t strip_rows = strip_vectors * lanes<double>;
    for (std::size_t at = tile.first; at < tile.first + tile.count; at += group_rows) {
        const double* y = tile.others + at / panel_rows * stride + at % panel_rows;
        Vector<double> totals[group_rows] = {};
        for (std::size_t row = 0; row < tile.n_panels * panel_rows; row += strip_rows) {
            const double* x = tile.panels + row / panel_rows * stride + row % panel_rows;
            Vector<double> squares[group_rows][strip_vectors];
            strip_squares<Differences>(x, y, tile.n_features, squares);
#pragma GCC unroll 2
            for (int v = 0; v < strip_vectors; ++v) {
                const std::size_t lane = row + static_cast<std::size_t>(v * lanes<double>);
                Vector<double> sum = load(tile.sums + lane);
                const Vector<double> present = load(tile.present + lane);
#pragma GCC unroll 8
                for (int g = 0; g < group_rows; ++g) {
                    const Vector<double> distance = root(squares[g][v]);
                    sum = multiply_add(distance, broadcast(tile.others_present[at + g]), sum);
                    totals[g] = multiply_add(distance, present, totals[g]);
                }
                store(tile.sums + lane, sum);
            }
        }
        if (tile.other_sums == nullptr) continue;
        for (int g = 0; g < group_rows; ++g) {
            double total = 0.0;
            for (int lane = 0; lane < lanes<double>; ++lane) total += totals[g][lane];
            tile.other_sums[at + g] += total;
        }
    }
}

void distance_sums(const DistanceTile& tile) {
    if (tile.n_features <= difference_limit) {
        distance_sums_by<true>(tile);
    } else {
        distance_sums_by<false>(tile);
    }
}
