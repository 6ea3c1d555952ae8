// What packing learns of rows of few features, without vectors. Included by kernels.inl.

// What BlockStatistics takes of rows that are so narrow that one column after the other is quicker.
template <class T, int n_columns>
inline void learn_narrow(const RowView<T>& rows, std::size_t first, std::size_t n,
                         const PackStatistics<T>& statistics) {
    T largest[n_columns], mean[n_columns];
    double sum[n_columns], square[n_columns];
    for (int i = 0; i < n_columns; ++i) {
        mean[i] = rows.shift == nullptr ? T(0) : rows.shift[i];
        largest[i] = statistics.largest[i];
        sum[i] = statistics.sums[i];
        square[i] = statistics.squares[i];
    }
    const T* from = rows.data + static_cast<std::ptrdiff_t>(first) * rows.row_stride;
    for (std::size_t r = 0; r < n; ++r, from += rows.row_stride) {
        for (int i = 0; i < n_columns; ++i) {
            const T shifted = from[i] - mean[i], size = shifted > -shifted ? shifted : -shifted;
            largest[i] = largest[i] > size ? largest[i] : size;
            const double difference = static_cast<double>(from[i]) - static_cast<double>(mean[i]);
            sum[i] += difference;
            square[i] += difference * difference;
        }
    }
    for (int i = 0; i < n_columns; ++i) {
        statistics.largest[i] = largest[i];
        statistics.sums[i] = sum[i];
        statistics.squares[i] = square[i];
    }
}

// The same of up to `most` columns; false where there are more.
template <class T, int most = 4>
inline bool learn_few(const RowView<T>& rows, std::size_t first, std::size_t n,
                      const PackStatistics<T>& statistics) {
    if constexpr (most == 0) {
        return false;
    } else {
        if (rows.n_features < most) return learn_few<T, most - 1>(rows, first, n, statistics);
        if (rows.n_features > most || statistics.sums == nullptr) return false;
        learn_narrow<T, most>(rows, first, n, statistics);
        return true;
    }
}
