#include "kwise/distances.hpp"

#include <algorithm>
#include <cmath>

#include "kwise/parallel.hpp"

namespace kwise {
namespace {

void canonical(const float* panel, std::size_t n_features, const double* center, double* squares) {
    kernels().canonical_panel_f32(panel, n_features, center, squares);
}

void canonical(const double* panel, std::size_t n_features, const double* center, double* squares) {
    kernels().canonical_panel_f64(panel, n_features, center, squares);
}

// Rows first.. of the view, feature by feature; rows past the end repeat the last.
template <class T>
void load_panel(const RowView<T>& rows, std::size_t first, T* panel) {
    for (std::size_t r = 0; r < panel_rows; ++r) {
        const std::size_t row = std::min(first + r, rows.n_rows - 1);
        const T* from = rows.data + static_cast<std::ptrdiff_t>(row) * rows.row_stride;
        for (std::size_t i = 0; i < rows.n_features; ++i, from += rows.column_stride) {
            panel[i * panel_rows + r] = *from;
        }
    }
}

}  // namespace

template <class T>
void distances(const RowView<T>& rows, const ExactCenters& centers, int n_threads, T* out) {
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    const std::size_t k = centers.n_centers;
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int) {
        Buffer<T> panel(rows.n_features * panel_rows);
        double squares[panel_rows];
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        for (std::size_t first = chunk * chunk_rows; first < end; first += panel_rows) {
            load_panel(rows, first, panel.data());
            const std::size_t count = std::min(panel_rows, end - first);
            for (std::size_t c = 0; c < k; ++c) {
                canonical(panel.data(), rows.n_features, centers.row(c), squares);
                for (std::size_t r = 0; r < count; ++r) {
                    out[(first + r) * k + c] = static_cast<T>(std::sqrt(squares[r]));
                }
            }
        }
    });
}

template void distances(const RowView<float>&, const ExactCenters&, int, float*);
template void distances(const RowView<double>&, const ExactCenters&, int, double*);

}  // namespace kwise
