// Distances of rows to the centers of their labels: canonical, so that inertia is the same
// everywhere. Included by kernels.inl.

// Rows of few features (D of them) go value by value: a vector made of single stores would wait for
// them. Each feature has a lane of its own, the others add zero. Up to four features are padded to
// one block, hence the centers' stride.
template <class T, int D>
void own_distances_of(const RowView<T>& rows, std::size_t first, std::size_t n,
                      const std::int32_t* labels, const double* centers, double* distances) {
    for (std::size_t r = 0; r < n; ++r) {
        const T* value = rows.data + static_cast<std::ptrdiff_t>(first + r) * rows.row_stride;
        const double* center = centers + static_cast<std::size_t>(labels[r]) * lane_count;
        double lane[lane_count] = {};
#pragma GCC unroll 4
        for (int i = 0; i < D; ++i, value += rows.column_stride) {
            const T shifted = rows.shift == nullptr ? *value : *value - rows.shift[i];
            const double difference = static_cast<double>(shifted) - center[i];
            lane[i] = difference * difference;
        }
        distances[r] = fold(lane);
    }
}

// See UpdateKernels::own_distances. Every label must be a center's: -1 is not. Strided rows are
// copied first, others read in place and fetched ahead.
template <class T>
void own_distances(const RowView<T>& rows, std::size_t first, std::size_t n,
                   const std::int32_t* labels, const double* centers, std::size_t padded,
                   double* distances) {
    switch (rows.n_features) {
        case 1:
            return own_distances_of<T, 1>(rows, first, n, labels, centers, distances);
        case 2:
            return own_distances_of<T, 2>(rows, first, n, labels, centers, distances);
        case 3:
            return own_distances_of<T, 3>(rows, first, n, labels, centers, distances);
        case 4:
            return own_distances_of<T, 4>(rows, first, n, labels, centers, distances);
        default:
            break;
    }
    alignas(64) double row[short_row];
    double* const buffer = padded <= short_row ? row : new double[padded];
    const std::size_t ahead = rows_ahead(rows, n);
    for (std::size_t r = 0; r < n; ++r) {
        const double* center = centers + static_cast<std::size_t>(labels[r]) * padded;
        if (rows.column_stride != 1) {
            read_row(rows, first + r, buffer);
            distances[r] = canonical_row(buffer, center, padded);
            continue;
        }
        const T* from = rows.data + static_cast<std::ptrdiff_t>(first + r) * rows.row_stride;
        if (r + ahead < n) {
            fetch_row(from + static_cast<std::ptrdiff_t>(ahead) * rows.row_stride, rows.n_features);
        }
        distances[r] = listed_distance(from, rows.shift, rows.n_features, center);
    }
    if (buffer != row) delete[] buffer;
}
