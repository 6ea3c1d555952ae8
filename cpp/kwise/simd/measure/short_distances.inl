// Distances from rows of up to 4 features to all centers, without an expansion; see
// predict/center_distances.hpp. Included by kernels.inl.

// Distances of one row of D features to one octet: canonical ones, whose lanes hold one feature
// each. `step` lies between features; the first `left` centers are written.
template <int D, class T>
inline void short_distances(const Vector<double> (&x)[D], const double* centers, std::size_t step,
                            std::size_t left, T* out) {
    Vector<double> sums[octet_vectors];
    std::uint32_t ordinary = 0;
    for (int v = 0; v < octet_vectors; ++v) {
        Vector<double> lane[4] = {};
        const double* center = centers + v * lanes<double>;
#pragma GCC unroll 4
        for (int i = 0; i < D; ++i, center += step) {
            const Vector<double> difference = x[i] - load(center);
            lane[i] = difference * difference;
        }
        // As fold() with zeros in lanes 4 to 7.
        sums[v] = (lane[0] + lane[2]) + (lane[1] + lane[3]);
        // Squares whose root float32 may take directly: neither over- nor underflowing there.
        // Comparisons are false for what is no number, which goes the exact way.
        ordinary |= below_bits(sums[v], broadcast(0x1p120)) << (v * lanes<double>);
        ordinary &= ~(below_bits(sums[v], broadcast(0x1p-100)) << (v * lanes<double>));
    }
    alignas(64) T roots[octet];
    if (ordinary == 0xffu) {
        quick_roots(sums, roots);
    } else {
        exact_roots(sums, roots);
    }
    write_roots(roots, left, out);
}

// See DistanceKernels::short_rows. A value times 0 is 0 unless it is not finite: one sum at the end
// tells, without a branch a value.
template <int D, class T>
bool short_rows(const RowView<T>& rows, std::size_t first, std::size_t count,
                const CenterOctets& centers, T* out) {
    const std::size_t k = centers.n_centers;
    double all = 0.0;
    T shift[D];
    for (int i = 0; i < D; ++i) shift[i] = rows.shift == nullptr ? T(0) : rows.shift[i];
    for (std::size_t r = first; r < first + count; ++r, out += k) {
        const T* from = rows.data + static_cast<std::ptrdiff_t>(r) * rows.row_stride;
        Vector<double> x[D];
#pragma GCC unroll 4
        for (int i = 0; i < D; ++i, from += rows.column_stride) {
            const double value = static_cast<double>(*from - shift[i]);
            all += value * 0.0;
            x[i] = broadcast(value);
        }
        // Centers are packed in batches for the other kernel; here they are only walked through.
        for_batches(k, [&](std::size_t begin, std::size_t end) {
            const double* batch = centers.values + begin * octet * D;
            for (std::size_t o = begin; o < end; ++o, batch += octet) {
                short_distances<D>(x, batch, (end - begin) * octet, k - o * octet, out + o * octet);
            }
        });
    }
    return all == 0.0;
}

template <class T>
bool short_row_distances(const RowView<T>& rows, std::size_t first, std::size_t count,
                         const CenterOctets& centers, T* out) {
    switch (rows.n_features) {
        case 1:
            return short_rows<1>(rows, first, count, centers, out);
        case 2:
            return short_rows<2>(rows, first, count, centers, out);
        case 3:
            return short_rows<3>(rows, first, count, centers, out);
        default:
            return short_rows<4>(rows, first, count, centers, out);
    }
}
