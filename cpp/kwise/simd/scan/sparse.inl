// Rows of which few entries are stored, and centers by feature; see sparse/sparse_points.hpp.
// Included by kernels.inl.

// Calls run.operator()<N>(first) for columns [0, width) in blocks of N vectors: `most` (4 or 8) of
// them, while there are as many, then the rest at once. One pass over a row's entries serves a
// block, whose sums stay in registers. width must be a multiple of a vector's lanes.
template <class T, int most, class Run>
inline void for_blocks(std::size_t width, const Run& run) {
    std::size_t c = 0;
    for (; c + most * lanes<T> <= width; c += most * lanes<T>) run.template operator()<most>(c);
    switch ((width - c) / lanes<T>) {
        case 1:
            return run.template operator()<1>(c);
        case 2:
            return run.template operator()<2>(c);
        case 3:
            return run.template operator()<3>(c);
        case 4:
            return run.template operator()<4>(c);
            // Not reached where blocks are of 4.
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
    for_blocks<double, 8>(width, [&]<int N>(std::size_t c) {
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

// Up to so many vectors of words at once: twice as many sums stay in registers.
constexpr int sparse_words = lanes<float> == 16 ? 8 : 4;

// The smallest score of every lane so far, its center, and the second smallest.
struct SparseTop2 {
    Vector<float> best, second;
    Index<float> nearest;
    void take(Vector<float> score, Index<float> index) {
        second = smaller(second, larger(best, score));
        keep_smaller(score, index, best, nearest);
    }
};

// Lower bounds of the scores of the centers in N vectors of words, ranked at once, so that none is
// stored. `first` is the first of the words.
template <int N, class T>
inline void rank_words(const SparseRow<T>& row, const SparseCenters& centers, std::size_t first,
                       Index<float> lane, SparseTop2& found) {
    // Far enough for memory that the second cache does not hold, near enough to stay in the first.
    constexpr std::size_t ahead = 24, line = 64 / sizeof(std::int32_t);
    const std::size_t stride = centers.width / 2;
    const std::int32_t* const words = centers.words + first;
    Vector<float> low[N] = {}, high[N] = {};
    for (std::size_t e = 0; e < row.n_entries; ++e) {
        if (e + ahead < row.n_known) {
            const std::int32_t* const later =
                words + static_cast<std::size_t>(row.columns[e + ahead]) * stride;
            for (std::size_t i = 0; i < N * lanes<float>; i += line) __builtin_prefetch(later + i);
        }
        const Vector<float> value = broadcast(static_cast<float>(row.values[e]));
        const std::int32_t* const from = words + static_cast<std::size_t>(row.columns[e]) * stride;
        for (int v = 0; v < N; ++v) {
            const Index<float> word = load_index(from + v * lanes<float>);
            low[v] =
                multiply_add(value, __builtin_convertvector(word << 16, Vector<float>), low[v]);
            high[v] = multiply_add(value, __builtin_convertvector(word, Vector<float>), high[v]);
        }
    }
    const auto rank = [&](Vector<float> sum, std::size_t c) {
        const Vector<float> score =
            multiply_add(sum, load(centers.units + c), load(centers.constants + c));
        const Vector<float> error = broadcast(row.rounding) * load(centers.roundings + c) +
                                    broadcast(row.step) * load(centers.steps + c);
        found.take(score - error, lane + static_cast<std::int32_t>(c));
    };
    for (int v = 0; v < N; ++v) {
        const std::size_t word = first + static_cast<std::size_t>(v * lanes<float>);
        // Centers 32 b + l and 32 b + 16 + l share word 16 b + l.
        const std::size_t c = word / 16 * 32 + word % 16;
        rank(low[v], c);
        rank(high[v], c + 16);
    }
}

// See ScanKernels::top2_sparse. Padding has constants that never win. Ties between lanes may go to
// any of the two, and are never certain.
template <class T>
Top2Scores top2_sparse(const SparseRow<T>& row, const SparseCenters& centers) {
    std::int32_t lane_index[lanes<float>];
    for (int lane = 0; lane < lanes<float>; ++lane) lane_index[lane] = lane;
    const Index<float> lane = load_index(lane_index);
    SparseTop2 top{broadcast(__builtin_inff()), broadcast(__builtin_inff()), {}};
    for_blocks<float, sparse_words>(centers.width / 2, [&]<int N>(std::size_t word) {
        rank_words<N>(row, centers, word, lane, top);
    });
    // Over the lanes: each holds the top 2 of its own centers.
    Top2Scores found{__builtin_inff(), __builtin_inff(), 0};
    for (int l = 0; l < lanes<float>; ++l) {
        if (top.best[l] < found.best) {
            // The loser of the two bests is a candidate for second, as is the winner's own second.
            found.second = found.best < top.second[l] ? found.best : top.second[l];
            found.best = top.best[l];
            found.index = top.nearest[l];
        } else {
            found.second = top.best[l] < found.second ? top.best[l] : found.second;
        }
    }
    return found;
}
