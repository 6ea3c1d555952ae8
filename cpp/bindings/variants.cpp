// Kernels of the other k-means for Python: limited sizes, mixed tables, medoids.
#include <nanobind/stl/optional.h>

#include <optional>

#include "bindings/arrays.hpp"
#include "bindings/checks.hpp"
#include "kwise/variants/limited_assignment.hpp"
#include "kwise/variants/medoid_swaps.hpp"
#include "kwise/variants/mixed_assignment.hpp"
#include "kwise/variants/mixed_moves.hpp"

namespace {

// Limits that some assignment meets: else the engine would search in vain.
void check_limits(Column<std::int64_t> least, Column<std::int64_t> most, std::size_t n,
                  std::size_t k) {
    check_length(least.shape(0), k, "least");
    check_length(most.shape(0), k, "most");
    // Sums stop at the number of rows: what comes then cannot overflow.
    std::int64_t low = 0, high = 0;
    const auto rows = static_cast<std::int64_t>(n);
    for (std::size_t c = 0; c < k; ++c) {
        require(0 <= least(c) && least(c) <= most(c) && most(c) <= rows,
                "0 <= least <= most <= the number of rows");
        low = std::min(low + least(c), rows + 1);
        high = std::min(high + most(c), rows + 1);
    }
    require(low <= rows && rows <= high, "the limits of sizes cannot be met");
}

// Here values matter: among costs that are no numbers none is the least.
void check_finite(const double* values, std::size_t n, const char* what) {
    for (std::size_t i = 0; i < n; ++i) {
        require(std::isfinite(values[i]),
                [&] { return std::string(what) + " holds what is not finite"; });
    }
}

// Prices are any to begin with; the answer's begin the next search.
nb::tuple assign_within(RowMajor<double> costs, Column<std::int64_t> least,
                        Column<std::int64_t> most, Column<double> prices) {
    const std::size_t n = costs.shape(0), k = costs.shape(1);
    check_count(n, 1, "rows");
    check_count(k, 1, "clusters");
    check_limits(least, most, n, k);
    check_length(prices.shape(0), k, "prices");
    check_finite(prices.data(), k, "prices");
    check_finite(costs.data(), n * k, "costs");
    kwise::LimitedAssignment found;
    without_lock([&] {
        found =
            kwise::assign_within(costs.data(), n, k, {least.data(), most.data()}, prices.data());
    });
    return nb::make_tuple(to_numpy(std::move(found.labels), {n}),
                          to_numpy(std::move(found.prices), {k}), found.cost, found.gap);
}

// Codes are rows of the table of penalties, which the caller has laid out; -1 is a missing value.
nb::tuple assign_mixed(RowMajor<double> numbers, RowMajor<std::int32_t> codes,
                       std::optional<Column<double>> weights, RowMajor<double> means,
                       RowMajor<double> penalties, int n_threads) {
    const std::size_t n = numbers.shape(0), d = numbers.shape(1), c = codes.shape(1);
    // Levels of all columns are counted together: rows of one table.
    const std::size_t k = means.shape(0), levels = penalties.shape(0);
    check_count(n, 1, "rows");
    check_count(k, 1, "prototypes");
    check_length(codes.shape(0), n, "codes");
    check_weights(weights, n);
    check_length(means.shape(1), d, "a prototype");
    check_length(penalties.shape(1), k, "a category's penalties");
    for (std::size_t i = 0; i < n * c; ++i) {
        // Every code is looked up in the table of penalties, so all are checked.
        require(codes.data()[i] >= -1 && codes.data()[i] < static_cast<std::int64_t>(levels),
                "codes are -1, or rows of penalties");
    }
    check_threads(n_threads);
    kwise::MixedStep step;
    without_lock([&] {
        step = kwise::assign_mixed(
            {numbers.data(), codes.data(), weights ? weights->data() : nullptr, n, d, c},
            {means.data(), penalties.data(), k, levels}, n_threads);
    });
    return nb::make_tuple(
        to_numpy(std::move(step.labels), {n}), to_numpy(std::move(step.nearest), {n}),
        to_numpy(std::move(step.sums), {k, d}), to_numpy(std::move(step.masses), {k}),
        to_numpy(std::move(step.counts), {levels, k}));
}

// Levels of the columns of categories follow each other; every code is a level of its column.
void check_levels(RowMajor<std::int32_t> codes, Column<std::int64_t> firsts, std::size_t levels) {
    const std::size_t n = codes.shape(0), c = codes.shape(1);
    check_length(firsts.shape(0), c + 1, "firsts");
    require(firsts(0) == 0 && firsts(c) == static_cast<std::int64_t>(levels),
            "firsts are 0 to the number of levels");
    for (std::size_t j = 0; j < c; ++j) {
        require(firsts(j) <= firsts(j + 1), "firsts ascend");
        for (std::size_t i = 0; i < n; ++i) {
            // A level of another column would be counted, and never be its column's mode.
            const std::int64_t code = codes.data()[i * c + j];
            require(code == -1 || (code >= firsts(j) && code < firsts(j + 1)),
                    "codes are -1, or levels of their column");
        }
    }
}

// Labels of all clusters need not be there.
nb::tuple move_mixed(RowMajor<double> numbers, RowMajor<std::int32_t> codes,
                     std::optional<Column<double>> weights, Column<std::int32_t> labels,
                     Column<std::int64_t> firsts, double gamma, std::size_t n_clusters,
                     int max_passes) {
    const std::size_t n = numbers.shape(0), d = numbers.shape(1), c = codes.shape(1);
    check_count(n, 1, "rows");
    check_count(n_clusters, 1, "clusters");
    check_length(codes.shape(0), n, "codes");
    check_weights(weights, n);
    check_row_labels(labels, n, n_clusters);
    require(firsts.shape(0) >= 1 && firsts(firsts.shape(0) - 1) >= 0, "firsts end with a count");
    // The last entry is the number of levels: it sizes the table of counts.
    const auto levels = static_cast<std::size_t>(firsts(firsts.shape(0) - 1));
    require(levels <= most_of_any && n_clusters <= n, "levels and clusters are counted in 32 bits");
    check_levels(codes, firsts, levels);
    kwise::MixedMoves moved;
    without_lock([&] {
        moved = kwise::move_mixed(
            {numbers.data(), codes.data(), weights ? weights->data() : nullptr, n, d, c},
            labels.data(), n_clusters, levels, {firsts.data(), gamma}, max_passes);
    });
    return nb::make_tuple(to_numpy(std::move(moved.labels), {n}),
                          to_numpy(std::move(moved.sums), {n_clusters, d}),
                          to_numpy(std::move(moved.masses), {n_clusters}),
                          to_numpy(std::move(moved.counts), {levels, n_clusters}), moved.n_moves);
}

// Distances are taken to be symmetric: a look at all of them would cost as much as a pass. What is
// not symmetric makes other answers, not unsafe ones.
template <class T>
nb::tuple swap_medoids(RowMajor<T> distances, std::optional<Column<double>> weights,
                       Column<std::int64_t> medoids, int max_passes) {
    const std::size_t n = distances.shape(0), k = medoids.shape(0);
    check_count(n, 1, "rows");
    check_length(distances.shape(1), n, "a row of distances");
    require(k >= 2 && k <= n, "the number of medoids is 2 to the number of rows");
    check_weights(weights, n);
    check_indices(medoids.data(), k, n, "medoids");
    // A row in two places would break the bookkeeping of which rows are medoids.
    std::vector<bool> seen(n);
    for (std::size_t m = 0; m < k; ++m) {
        require(!seen[static_cast<std::size_t>(medoids(m))], "a row is a medoid twice");
        seen[static_cast<std::size_t>(medoids(m))] = true;
    }
    // With 0 passes the medoids stay, and only labels and cost are found.
    require(max_passes >= 0, "max_passes is at least 0");
    kwise::Medoids found;
    without_lock([&] {
        found = kwise::swap_medoids(distances.data(), weights ? weights->data() : nullptr, n,
                                    medoids.data(), k, max_passes);
    });
    return nb::make_tuple(to_numpy(std::move(found.rows), {k}),
                          to_numpy(std::move(found.labels), {n}), found.cost, found.n_swaps,
                          found.n_passes, found.converged);
}

template <class T>
void bind_medoids(nb::module_& m) {
    m.def("swap_medoids", &swap_medoids<T>, "distances"_a.noconvert(),
          "weights"_a.none().noconvert(), "medoids"_a.noconvert(), "max_passes"_a);
}

}  // namespace

void bind_variants(nb::module_& m) {
    m.def("assign_within", &assign_within, "costs"_a.noconvert(), "least"_a.noconvert(),
          "most"_a.noconvert(), "prices"_a.noconvert());
    m.def("assign_mixed", &assign_mixed, "numbers"_a.noconvert(), "codes"_a.noconvert(),
          "weights"_a.none().noconvert(), "means"_a.noconvert(), "penalties"_a.noconvert(),
          "n_threads"_a);
    m.def("move_mixed", &move_mixed, "numbers"_a.noconvert(), "codes"_a.noconvert(),
          "weights"_a.none().noconvert(), "labels"_a.noconvert(), "firsts"_a.noconvert(), "gamma"_a,
          "n_clusters"_a, "max_passes"_a);
    bind_medoids<float>(m);
    bind_medoids<double>(m);
}
