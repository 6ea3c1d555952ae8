#include "kwise/points.hpp"

#include <algorithm>

#include "kwise/parallel.hpp"

namespace kwise {

double filter_scale(double largest) {
    if (largest == 0.0 || (largest < 0x1p55 && largest > 0x1p-45)) return 1.0;
    return std::ldexp(1.0, -std::ilogb(largest));
}

template <class T>
void pack_panel(const RowView<T>& rows, const FilterFrame& frame, std::size_t first, float* panel) {
    const std::size_t count = std::min(panel_rows, rows.n_rows - first);
    const std::size_t d = rows.n_features;
    double squares[panel_rows] = {};
    for (std::size_t i = 0; i < d; ++i) {
        const double offset = frame.offset.empty() ? 0.0 : frame.offset[i];
        float* to = panel + i * panel_rows;
        for (std::size_t r = 0; r < count; ++r) {
            const double v =
                (static_cast<double>(value_of(rows, first + r, i)) - offset) * frame.scale;
            to[r] = static_cast<float>(v);
            squares[r] += v * v;
        }
        for (std::size_t r = count; r < panel_rows; ++r) to[r] = 0.0f;
    }
    float* norms = panel + d * panel_rows;
    for (std::size_t r = 0; r < panel_rows; ++r) {
        norms[r] = static_cast<float>(std::sqrt(squares[r]) * (1.0 + 0x1p-22));
    }
}

namespace {

// Largest absolute value of every feature, chunk by chunk (a maximum has no order).
template <class T>
std::vector<double> find_column_largest(const RowView<T>& rows, std::size_t n_chunks,
                                        int n_threads) {
    const std::size_t d = rows.n_features;
    std::vector<std::vector<T>> largest(static_cast<std::size_t>(std::max(1, n_threads)),
                                        std::vector<T>(d, T(0)));
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int worker) {
        T* mine = largest[static_cast<std::size_t>(worker)].data();
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        const bool by_column = rows.column_stride > rows.row_stride;
        const std::size_t outer = by_column ? d : end - chunk * chunk_rows;
        const std::size_t inner = by_column ? end - chunk * chunk_rows : d;
        for (std::size_t a = 0; a < outer; ++a) {
            for (std::size_t b = 0; b < inner; ++b) {
                const std::size_t i = by_column ? a : b;
                const T v = std::abs(value_of(rows, chunk * chunk_rows + (by_column ? b : a), i));
                mine[i] = v > mine[i] ? v : mine[i];
            }
        }
    });
    std::vector<double> result(pad_features(d), 0.0);
    for (const auto& mine : largest) {
        for (std::size_t i = 0; i < d; ++i) {
            result[i] = std::max(result[i], static_cast<double>(mine[i]));
        }
    }
    return result;
}

}  // namespace

template <class T>
Points<T>::Points(const RowView<T>& rows, const T* weights, int n_threads)
    : rows_(rows), weights_(weights) {
    panels_ = Buffer<float>(n_panels() * panel_stride());
    n_threads = useful_threads(static_cast<double>(n_rows() * n_features()), n_threads);
    column_largest_ = find_column_largest(rows_, n_chunks(), n_threads);
    frame_.scale = filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end()));
    if (weights_ != nullptr) {
        largest_weight_ = static_cast<double>(*std::max_element(weights_, weights_ + n_rows()));
    }
    parallel_for(n_chunks(), n_threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(n_panels(), (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            pack_panel(rows_, frame_, p * panel_rows, panels_.data() + p * panel_stride());
        }
    });
}

template void pack_panel(const RowView<float>&, const FilterFrame&, std::size_t, float*);
template void pack_panel(const RowView<double>&, const FilterFrame&, std::size_t, float*);
template class Points<float>;
template class Points<double>;

}  // namespace kwise
