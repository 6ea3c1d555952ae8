// Rows of which few entries are stored, and centers by feature; see sparse/sparse_points.hpp.
// Included by kernels.inl.

// Calls run.operator()<N>(first) for columns [0, width) in blocks of N vectors: eight, while there
// are as many, then the rest at once. One pass over a row's entries serves a block, whose sums stay
// in registers. width must be a multiple of a vector's lanes.
template <class T, class Run>
inline void for_blocks(std::size_t width, const Run& run) {
    std::size_t c = 0;
    for (; c + 8 * lanes<T> <= width; c += 8 * lanes<T>) run.template operator()<8>(c);
    switch ((width - c) / lanes<T>) {
        case 1:
            return run.template operator()<1>(c);
        case 2:
            return run.template operator()<2>(c);
        case 3:
            return run.template operator()<3>(c);
        case 4:
            return run.template operator()<4>(c);
        case 5:
            return run.template operator()<5>(c);
        case 6:
            return run.template operator()<6>(c);
        case 7:
            return run.template operator()<7>(c);
        default:
            return;
    }
}

// See ScanKernels::add_entries. Each column's sum is a chain of its own, entry by entry, so that
// neither blocks nor lanes change its order.
template <class T>
void add_entries(const T* values, const std::int32_t* columns, std::size_t n_entries,
                 const double* table, std::size_t width, double* sums) {
    for_blocks<double>(width, [&]<int N>(std::size_t c) {
        Vector<double> sum[N];
        // Sums begin at what is there: constants, or other entries' products.
        for (int v = 0; v < N; ++v) sum[v] = load(sums + c + v * lanes<double>);
        for (std::size_t e = 0; e < n_entries; ++e) {
            // Values and table are float64: two roundings for each entry, nothing fused.
            const Vector<double> value = broadcast(static_cast<double>(values[e]));
            const double* row = table + static_cast<std::size_t>(columns[e]) * width + c;
            for (int v = 0; v < N; ++v) sum[v] += value * load(row + v * lanes<double>);
        }
        for (int v = 0; v < N; ++v) store(sums + c + v * lanes<double>, sum[v]);
    });
}

// See ScanKernels::top2_sparse. Padding columns must have scores that never win. Scores are float32
// lower bounds; ties between lanes may go to any of the two, and are never certain.
template <class T>
Top2Scores top2_sparse(const T* values, const std::int32_t* columns, std::size_t n_entries,
                       const float* table, std::size_t width) {
    Vector<float> best = broadcast(__builtin_inff()), second = best;
    Index<float> nearest{};
    std::int32_t lane_index[lanes<float>];
    for (int lane = 0; lane < lanes<float>; ++lane) lane_index[lane] = lane;
    const Index<float> lane = load_index(lane_index);
    for_blocks<float>(width, [&]<int N>(std::size_t c) {
        Vector<float> sum[N];
        // The table's first row: constants.
        for (int v = 0; v < N; ++v) sum[v] = load(table + c + v * lanes<float>);
        for (std::size_t e = 0; e < n_entries; ++e) {
            const Vector<float> value = broadcast(static_cast<float>(values[e]));
            const float* row = table + (static_cast<std::size_t>(columns[e]) + 1) * width + c;
            for (int v = 0; v < N; ++v) {
                sum[v] = multiply_add(value, load(row + v * lanes<float>), sum[v]);
            }
        }
        for (int v = 0; v < N; ++v) {
            // Ranked at once, so that no score is stored. Lane l holds center c + v * lanes + l.
            const auto first = static_cast<std::int32_t>(c) + v * lanes<float>;
            second = smaller(second, larger(best, sum[v]));
            keep_smaller(sum[v], lane + first, best, nearest);
        }
    });
    // Over the lanes: each holds the top 2 of its own centers.
    Top2Scores found{__builtin_inff(), __builtin_inff(), 0};
    for (int l = 0; l < lanes<float>; ++l) {
        if (best[l] < found.best) {
            // The loser of the two bests is a candidate for second, as is the winner's own second.
            found.second = found.best < second[l] ? found.best : second[l];
            found.best = best[l];
            found.index = nearest[l];
        } else {
            found.second = best[l] < found.second ? best[l] : found.second;
        }
    }
    return found;
}
