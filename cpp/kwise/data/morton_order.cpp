// A grid of cells, keys of the rows' cells, and a counting sort by key.
#include "kwise/data/morton_order.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// Enough for means and deviations that only place a grid.
constexpr std::size_t sampled_panels = 64;
constexpr std::size_t key_bits = 16;
constexpr float cells_to_each_side =
    2.5f;  // cells cover this many standard deviations to each side

// The grid reaches 2.5 deviations to each side of the mean; what is farther shares the border cells
// (morton_keys). A feature without spread has one cell.
CellGrid grid_of(const SampledSpread& found) {
    const std::size_t d = found.mean.size();
    const auto n_cells = static_cast<float>(std::size_t{1} << key_bits / d);
    CellGrid grid{};
    for (std::size_t i = 0; i < d; ++i) {
        const float width = 2.0f * cells_to_each_side * found.deviation[i];
        grid.low[i] = found.mean[i] - width / 2.0f;
        grid.per_cell[i] = width > 0.0f ? n_cells / width : 0.0f;
    }
    return grid;
}

}  // namespace

// Panels spread evenly over the rows, in float64 sums, on the caller's thread: a fixed sample, so
// that the order is the same on any number of threads.
template <class T>
SampledSpread sample_spread(const DensePoints<T>& points) {
    const std::size_t d = points.n_features();
    // At least one, so that some panel is taken.
    const std::size_t step = (points.n_panels() + sampled_panels - 1) / sampled_panels;
    std::size_t count = 0;
    std::vector<double> sums(d, 0.0), squares(d, 0.0);
    std::vector<float> buffer(points.panel_stride());
    for (std::size_t p = 0; p < points.n_panels(); p += step) {
        const float* values = points.read_panel(p, buffer.data());
        const std::size_t rows = std::min(panel_rows, points.n_rows() - p * panel_rows);
        count += rows;
        for (std::size_t i = 0; i < d; ++i, values += panel_rows) {
            for (std::size_t r = 0; r < rows; ++r) {
                const auto value = static_cast<double>(values[r]);
                sums[i] += value;
                squares[i] += value * value;
            }
        }
    }
    SampledSpread found{std::vector<float>(d), std::vector<float>(d)};
    for (std::size_t i = 0; i < d; ++i) {
        const double mean = sums[i] / static_cast<double>(count);
        // What cancels here does not matter: it is a choice of cells.
        const double variance = squares[i] / static_cast<double>(count) - mean * mean;
        found.mean[i] = static_cast<float>(mean);
        found.deviation[i] = static_cast<float>(std::sqrt(std::max(0.0, variance)));
    }
    return found;
}

// A counting sort by key, stable, so that equal keys keep the data's order: the order depends on
// the rows alone. Keys of 16 bits need one pass, which is why there are no more.
template <class T>
Buffer<std::uint32_t> morton_order(const DensePoints<T>& points, int n_threads) {
    const std::size_t n = points.n_rows(), d = points.n_features();
    const CellGrid grid = grid_of(sample_spread(points));
    // 16 bits each; kept until rows are placed.
    std::vector<std::int32_t> keys(points.n_panels() * panel_rows);
    parallel_for(points.n_chunks(), useful_threads(2.0 * static_cast<double>(n * d), n_threads),
                 [&](std::size_t chunk, int) {
                     std::vector<float> buffer(points.panel_stride());
                     const std::size_t end =
                         std::min(points.n_panels(), (chunk + 1) * chunk_panels);
                     for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
                         kernels().morton_keys(points.read_panel(p, buffer.data()), d, grid,
                                               keys.data() + p * panel_rows);
                     }
                 });
    // No more cells than rows: the last bits of the keys then do not count.
    const int shift = std::max(0, static_cast<int>(key_bits) - static_cast<int>(std::bit_width(n)));
    const auto key = [&](std::size_t r) { return static_cast<std::size_t>(keys[r] >> shift); };
    // starts[c + 1] counts, then becomes where cell c + 1 begins; starts[c] moves to its end as
    // rows are placed.
    std::vector<std::uint32_t> starts((std::size_t{1} << (key_bits - shift)) + 1, 0);
    for (std::size_t r = 0; r < n; ++r) ++starts[key(r) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    Buffer<std::uint32_t> order(points.n_panels() * panel_rows);
    for (std::size_t r = 0; r < n; ++r) order[starts[key(r)]++] = static_cast<std::uint32_t>(r);
    // Places without a row hold numbers of no row: readers stop at n_rows, or repeat the last row.
    for (std::size_t r = n; r < order.size(); ++r) order[r] = static_cast<std::uint32_t>(r);
    return order;
}

template SampledSpread sample_spread(const DensePoints<float>&);
template SampledSpread sample_spread(const DensePoints<double>&);
template Buffer<std::uint32_t> morton_order(const DensePoints<float>&, int);
template Buffer<std::uint32_t> morton_order(const DensePoints<double>&, int);

}  // namespace kwise
