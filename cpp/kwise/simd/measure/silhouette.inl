// Sums of Euclidean distances between two sets of rows, in float64, accurate to about 1e-11; the
// last bits may differ between instruction sets. Included by kernels.inl.
//
// Few features: squared differences, which lose no digits. Many: |x|^2 + |y|^2 - 2 x.y with fused
// operations, and squared differences again for pairs so near that digits would cancel.
//
// Square roots come from the divider or from a reciprocal estimate and a polynomial. The two use
// different parts of the core, so a share of each beats both.

// Rows on the other side whose distances are computed together: a strip of rows (in lanes) meets
// group after group of them (broadcast), with as many terms as registers hold. A divisor of
// tile_panel.
#if defined(__AVX512F__)
constexpr int group_rows = 8;
#else
constexpr int group_rows = 4;
#endif
// Rows on the other side whose sums are kept while one strip of rows after the other passes.
constexpr std::size_t pass_panels = 8;

// Up to here differences are as fast as products, and need no second look.
constexpr std::size_t difference_limit = 4;
// Below this share of |x|^2 + |y|^2 a squared distance is computed anew from differences: above
// it, cancellation costs at most 16 of 53 bits.
constexpr double near_share = 1.0 / 65536.0;
// Squares start here rather than at 0, whose reciprocal root is infinite.
constexpr double least_square = 1e-300;
constexpr double root_of_two = 1.4142135623730951;

#if defined(__AVX512F__)
// Square root by the 14-bit reciprocal root and one step of third order: relative error 1e-12.
inline Vector<double> estimated_root(Vector<double> a) {
    // With y near 1 / sqrt(a): s = a y is the root up to 2^-14, e = 1 - s y about twice its
    // relative error, and s (1 + e / 2 + 3 e^2 / 8) the root up to e^3.
    const Vector<double> y = (Vector<double>)_mm512_rsqrt14_pd((__m512d)a);
    const Vector<double> s = a * y;
    const Vector<double> e =
        (Vector<double>)_mm512_fnmadd_pd((__m512d)s, (__m512d)y, (__m512d)broadcast(1.0));
    const Vector<double> p = e * multiply_add(e, broadcast(0.375), broadcast(0.5));
    return multiply_add(s, p, s);
}
// Correctly rounded, by the divider.
inline Vector<double> divider_root(Vector<double> a) {
    return (Vector<double>)_mm512_sqrt_pd((__m512d)a);
}
#else
inline Vector<double> divider_root(Vector<double> a) {
#if defined(__AVX2__)
    return (Vector<double>)_mm256_sqrt_pd((__m256d)a);
#else
    for (int lane = 0; lane < lanes<double>; ++lane) a[lane] = __builtin_sqrt(a[lane]);
    return a;
#endif
}
// Without a fast estimate the divider serves both.
inline Vector<double> estimated_root(Vector<double> a) {
    return divider_root(a);
}
#endif

// Whether any lane has its sign bit set: of doubles seen as bits, -0 and some NaN included.
inline bool any_negative(Index<double> bits) {
#if defined(__AVX512F__)
    return _mm512_movepi64_mask((__m512i)bits) != 0;
#else
    std::int64_t any = 0;
    // Signs survive a logical or.
    for (int lane = 0; lane < lanes<double>; ++lane) any |= bits[lane];
    return any < 0;
#endif
}

// terms += the squared differences of V vectors of rows (x) and a group of rows (y), or terms -=
// their products. Feature by feature in order; fused where the machine has it.
template <bool Differences, int V>
inline void add_terms(const double* const (&x)[V], const double* y, std::size_t n_features,
                      Vector<double> (&terms)[group_rows][V]) {
    for (std::size_t i = 0; i < n_features; ++i) {
        Vector<double> a[V];
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) a[v] = load(x[v] + i * tile_panel);
#pragma GCC unroll 8
        for (int g = 0; g < group_rows; ++g) {
            const Vector<double> b = broadcast(y[i * tile_panel + g]);
#pragma GCC unroll 2
            for (int v = 0; v < V; ++v) {
                if constexpr (Differences) {
                    const Vector<double> difference = a[v] - b;
                    terms[g][v] = multiply_add(difference, difference, terms[g][v]);
                } else {
                    terms[g][v] = multiply_add(-a[v], b, terms[g][v]);
                }
            }
        }
    }
}

// Half the squared distances, as (|x|^2 + |y|^2) / 2 - x.y; the panels hold the halved squares as
// their last feature. Where any of the tile's is below `least`, cancellation may have cost too
// much, and all of them are computed anew from differences: rare, so that one test a tile is
// enough.
template <int V>
inline void halved_squares(const double* const (&x)[V], const double* y, std::size_t n_features,
                           double least, Vector<double> (&squares)[group_rows][V]) {
    // All comparisons of the tile in one sign: no branch for each.
    Index<double> signs{};
#pragma GCC unroll 2
    for (int v = 0; v < V; ++v) {
        const Vector<double> norm = load(x[v] + n_features * tile_panel);
#pragma GCC unroll 8
        for (int g = 0; g < group_rows; ++g) {
            squares[g][v] = norm + broadcast(y[n_features * tile_panel + g]);
        }
    }
    // Products are taken off the halved norms.
    add_terms<false, V>(x, y, n_features, squares);
#pragma GCC unroll 8
    for (int g = 0; g < group_rows; ++g) {
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) signs |= (Index<double>)(squares[g][v] - broadcast(least));
    }
    if (any_negative(signs)) [[unlikely]] {
#pragma GCC unroll 8
        for (int g = 0; g < group_rows; ++g) {
#pragma GCC unroll 2
            for (int v = 0; v < V; ++v) squares[g][v] = broadcast(least_square);
        }
        add_terms<true, V>(x, y, n_features, squares);
#pragma GCC unroll 8
        for (int g = 0; g < group_rows; ++g) {
#pragma GCC unroll 2
            for (int v = 0; v < V; ++v) squares[g][v] *= broadcast(0.5);
        }
    }
}

// Squared distances by differences, never 0: roots are taken by a reciprocal.
template <int V>
inline void squares_of(const double* const (&x)[V], const double* y, std::size_t n_features,
                       Vector<double> (&squares)[group_rows][V]) {
#pragma GCC unroll 8
    for (int g = 0; g < group_rows; ++g) {
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) squares[g][v] = broadcast(least_square);
    }
    add_terms<true, V>(x, y, n_features, squares);
}

// Every third root by the divider, two by the estimate, at the same time (see the head).
template <int V>
inline void tile_roots(Vector<double> (&squares)[group_rows][V]) {
#pragma GCC unroll 8
    for (int g = 0; g < group_rows; ++g) {
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) {
            const bool divide = (g * V + v) % 3 == 2;
            squares[g][v] = divide ? divider_root(squares[g][v]) : estimated_root(squares[g][v]);
        }
    }
}

// The largest halved |x|^2 of n rows from `row` on: with it one bound of what cancels serves a
// tile.
inline double largest_norm(const double* panels, std::size_t n_features, std::size_t row,
                           std::size_t n) {
    const std::size_t stride = (n_features + 1) * tile_panel;
    double largest = 0.0;
    for (std::size_t at = row; at < row + n; ++at) {
        const double norm =
            panels[at / tile_panel * stride + n_features * tile_panel + at % tile_panel];
        largest = norm > largest ? norm : largest;
    }
    return largest;
}

// Of the rows on the other side that one strip after the other passes: [first, last), for each the
// distances so far, lane by lane, and for each group the largest norm.
struct Passed {
    std::size_t first, last;
    Vector<double> totals[pass_panels * tile_panel];
    double norms[pass_panels * tile_panel / group_rows];
};

// Adds the distances between one strip of rows and the rows that it passes, to the strip's sums in
// memory and to passed.totals. Without weights there must be no padding (DistanceTile); with them
// its weight of 0 keeps it out.
template <bool Differences, bool Weighted, bool Both, int V>
inline void pass_strip(const DistanceTile& tile, std::size_t row, Passed& passed) {
    const std::size_t stride = (tile.n_features + 1) * tile_panel;
    const double* x[V];
    Vector<double> sums[V], weights[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; ++v) {
        // A vector of rows lies within one panel, whole or a part of it.
        const std::size_t lane = row + static_cast<std::size_t>(v * lanes<double>);
        x[v] = tile.rows + lane / tile_panel * stride + lane % tile_panel;
        sums[v] = Vector<double>{};
        if constexpr (Weighted && Both) weights[v] = load(tile.weights + lane);
    }
    double norm = 0.0;
    if constexpr (!Differences) {
        norm = largest_norm(tile.rows, tile.n_features, row, V * lanes<double>);
    }
    for (std::size_t at = passed.first; at < passed.last; at += group_rows) {
        const double* y = tile.others + at / tile_panel * stride + at % tile_panel;
        const std::size_t place = at - passed.first;
        Vector<double> distances[group_rows][V];
        if constexpr (Differences) {
            squares_of<V>(x, y, tile.n_features, distances);
        } else {
            const double least = near_share * (norm + passed.norms[place / group_rows]);
            halved_squares<V>(x, y, tile.n_features, least, distances);
        }
        tile_roots<V>(distances);
#pragma GCC unroll 8
        for (int g = 0; g < group_rows; ++g) {
#pragma GCC unroll 2
            for (int v = 0; v < V; ++v) {
                if constexpr (Weighted) {
                    const Vector<double> weight = broadcast(tile.other_weights[at + g]);
                    sums[v] = multiply_add(distances[g][v], weight, sums[v]);
                } else {
                    sums[v] += distances[g][v];
                }
            }
            // Both directions of a pair from one distance.
            if constexpr (!Both) continue;
            Vector<double> total = passed.totals[place + g];
#pragma GCC unroll 2
            for (int v = 0; v < V; ++v) {
                if constexpr (Weighted) {
                    total = multiply_add(distances[g][v], weights[v], total);
                } else {
                    total += distances[g][v];
                }
            }
            passed.totals[place + g] = total;
        }
    }
    // Halved squares have roots that are smaller by root_of_two.
#pragma GCC unroll 2
    for (int v = 0; v < V; ++v) {
        double* to = tile.sums + row + static_cast<std::size_t>(v * lanes<double>);
        store(to, load(to) + sums[v] * broadcast(Differences ? 1.0 : root_of_two));
    }
}

// Begins a pass over the next rows of the other side.
template <bool Differences, bool Both>
inline void start_pass(const DistanceTile& tile, std::size_t first, Passed& passed) {
    const std::size_t n = tile.n_other_panels * tile_panel;
    // The last pass may be shorter.
    const std::size_t end = first + pass_panels * tile_panel;
    passed.first = first;
    passed.last = end < n ? end : n;
    if constexpr (Both) {
        for (auto& total : passed.totals) total = Vector<double>{};
    }
    if constexpr (!Differences) {
        for (std::size_t at = first; at < passed.last; at += group_rows) {
            passed.norms[(at - first) / group_rows] =
                largest_norm(tile.others, tile.n_features, at, group_rows);
        }
    }
}

// Pass by pass, strips within: each sum is added to in one order, which the tile alone decides.
template <bool Differences, bool Weighted, bool Both>
void distance_sums_by(const DistanceTile& tile) {
    constexpr std::size_t strip = strip_vectors * lanes<double>;
    const std::size_t n = tile.n_panels * tile_panel;
    Passed passed;
    for (std::size_t first = 0; first < tile.n_other_panels * tile_panel; first = passed.last) {
        start_pass<Differences, Both>(tile, first, passed);
        std::size_t row = 0;
        for (; row + strip <= n; row += strip) {
            pass_strip<Differences, Weighted, Both, strip_vectors>(tile, row, passed);
        }
        // Half a strip is left where one panel is one vector.
        for (; row < n; row += lanes<double>) {
            pass_strip<Differences, Weighted, Both, 1>(tile, row, passed);
        }
        if constexpr (!Both) continue;
        for (std::size_t at = first; at < passed.last; ++at) {
            // Lanes in order: the fold of a row's total.
            double total = 0.0;
            for (int lane = 0; lane < lanes<double>; ++lane)
                total += passed.totals[at - first][lane];
            tile.other_sums[at] += total * (Differences ? 1.0 : root_of_two);
        }
    }
}

// One direction or both, with weights or without.
template <bool Differences>
void distance_sums_of(const DistanceTile& tile) {
    const bool plain = tile.weights == nullptr;
    if (tile.other_sums == nullptr) {
        plain ? distance_sums_by<Differences, false, false>(tile)
              : distance_sums_by<Differences, true, false>(tile);
    } else {
        plain ? distance_sums_by<Differences, false, true>(tile)
              : distance_sums_by<Differences, true, true>(tile);
    }
}

// See Kernels::distance_sums.
void distance_sums(const DistanceTile& tile) {
    tile.n_features <= difference_limit ? distance_sums_of<true>(tile)
                                        : distance_sums_of<false>(tile);
}
