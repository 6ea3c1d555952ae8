// Exact k-means on a line, and along an order, for Python.
#include <cstdint>
#include <limits>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/checks.hpp"
#include "kwise/metrics/line_cuts.hpp"
#include "kwise/metrics/segment_cuts.hpp"

namespace {

// Sums before each position, and the least inertias with one cluster less: n + 1 entries each.
// Returns the next layer's least inertias and cuts; entries that cannot be (too few values) are
// infinite and 0. The loop over layers is Python's.
nb::tuple next_layer(Column<double> weights, Column<double> values, Column<double> squares,
                     Column<double> before, std::size_t first) {
    const std::size_t size = weights.shape(0);
    check_count(size, 2, "positions");
    check_length(values.shape(0), size, "values");
    check_length(squares.shape(0), size, "squares");
    check_length(before.shape(0), size, "before");
    // A layer with one cluster more needs one value more.
    require(first < size - 1, "first is below the number of values");
    std::vector<double> best(size, std::numeric_limits<double>::infinity());
    std::vector<std::int32_t> cuts(size, 0);
    without_lock([&] {
        kwise::next_layer({weights.data(), values.data(), squares.data(), size - 1}, before.data(),
                          first, best.data(), cuts.data());
    });
    return nb::make_tuple(to_numpy(std::move(best), {size}), to_numpy(std::move(cuts), {size}));
}

// The same along an order, for rows of several columns; see metrics/segment_cuts.hpp for low.
nb::tuple next_segments(Column<double> weights, RowMajor<double> values, Column<double> squares,
                        Column<double> before, std::size_t first, std::size_t low, int n_threads) {
    const std::size_t size = weights.shape(0);
    check_count(size, 2, "positions");
    check_length(values.shape(0), size, "values");
    check_length(squares.shape(0), size, "squares");
    check_length(before.shape(0), size, "before");
    check_threads(n_threads);
    require(first < low && low < size, "first is below low, and low is a position");
    std::vector<double> best(size, std::numeric_limits<double>::infinity());
    std::vector<std::int32_t> cuts(size, 0);
    without_lock([&] {
        kwise::next_segments(
            {weights.data(), values.data(), squares.data(), size - 1, values.shape(1)},
            before.data(), first, low, n_threads, best.data(), cuts.data());
    });
    return nb::make_tuple(to_numpy(std::move(best), {size}), to_numpy(std::move(cuts), {size}));
}

}  // namespace

void bind_line(nb::module_& m) {
    m.def("next_layer", &next_layer, "weights"_a.noconvert(), "values"_a.noconvert(),
          "squares"_a.noconvert(), "before"_a.noconvert(), "first"_a);
    m.def("next_segments", &next_segments, "weights"_a.noconvert(), "values"_a.noconvert(),
          "squares"_a.noconvert(), "before"_a.noconvert(), "first"_a, "low"_a, "n_threads"_a);
}
