// What centers cost and save, read off labels and a few distances.
#include "kwise/search/center_shares.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "kwise/exact/inertia.hpp"
#include "kwise/search/row_squares.hpp"

namespace kwise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// A row whose center goes is taken to go to one of so many that are nearest to that center.
constexpr std::size_t most_heirs = 16;

// The canonical squared distance of every row, without its weight.
template <class T>
void write_squares(const DensePoints<T>& points, const ExactCenters& centers,
                   const std::int32_t* labels, int n_threads, double* squares) {
    inertia_of(points.rows(), points.weights(), centers, labels, n_threads, squares);
}
template <class T>
void write_squares(const SparsePoints<T>& points, const ExactCenters& centers,
                   const std::int32_t* labels, int n_threads, double* squares) {
    points.inertia(centers, labels, n_threads, squares);
}

// Squared distances of one center to all; infinite to itself.
void write_squares_of(const ExactCenters& centers, std::size_t c, std::vector<double>& squares) {
    for (std::size_t other = 0; other < centers.n_centers; ++other) {
        squares[other] = square_between(centers.row(c), centers.row(other), centers.padded);
    }
    // No center is its own heir.
    squares[c] = infinity;
}

// The n nearest others, nearest first, of equal ones the first: a fixed order, since searches
// follow it.
std::vector<std::size_t> nearest(const std::vector<double>& squares, std::size_t n) {
    std::vector<std::size_t> order(squares.size());
    // Only the first n are wanted in order: the rest need not be sorted.
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), order.end(),
                      [&](std::size_t a, std::size_t b) {
                          return squares[a] < squares[b] || (squares[a] == squares[b] && a < b);
                      });
    order.resize(n);
    return order;
}

}  // namespace

// Row after row on the caller's thread: sums in one order.
template <class PointsType>
CenterShares center_shares(const PointsType& points,
                           const LloydResult<typename PointsType::Value>& run,
                           const ExactCenters& centers, int n_threads) {
    CenterShares found;
    found.row_costs.resize(points.n_rows());
    found.costs.assign(centers.n_centers, 0.0);
    found.masses.assign(centers.n_centers, 0.0);
    write_squares(points, centers, run.labels.data(), n_threads, found.row_costs.data());
    for (std::size_t r = 0; r < points.n_rows(); ++r) {
        const auto label = static_cast<std::size_t>(run.labels[r]);
        const double weight = points.weight(r);
        // Weighted from here on: what a row adds to the inertia.
        found.row_costs[r] *= weight;
        found.costs[label] += found.row_costs[r];
        found.masses[label] += weight;
    }
    for (std::size_t c = 0; c < centers.n_centers; ++c) {
        found.cost += found.costs[c];
        found.mass += found.masses[c];
    }
    return found;
}

// First an upper bound for every center, from centers alone: its rows could all go to the nearest
// other one. Then, of as many as are wanted with the least bounds, what their rows cost at the
// nearest of some heirs: rows may have a nearer center beyond these, so that this is an upper
// bound, too, though a close one. O(k^2 n_features) and a pass over the rows of the centers looked
// at.
template <class PointsType>
std::vector<double> least_savings(const PointsType& points,
                                  const LloydResult<typename PointsType::Value>& run,
                                  const ExactCenters& centers, const CenterShares& shares,
                                  std::size_t wanted) {
    const std::size_t k = centers.n_centers;
    std::vector<double> savings(k), squares(k);
    for (std::size_t c = 0; c < k; ++c) {
        write_squares_of(centers, c, squares);
        savings[c] = shares.masses[c] * *std::min_element(squares.begin(), squares.end());
    }
    // Of those that seem to save least: what their rows would cost at the nearest other centers.
    const auto order = ascending(savings);
    std::vector<std::vector<std::size_t>> heirs(k);
    for (std::size_t i = 0; i < std::min(wanted, k); ++i) {
        write_squares_of(centers, order[i], squares);
        heirs[order[i]] = nearest(squares, std::min(most_heirs, k - 1));
        // Begins at nothing: the bound gives way to the sum.
        savings[order[i]] = 0.0;
    }
    RowSquares<PointsType> row(points, centers);
    for (std::size_t r = 0; r < points.n_rows(); ++r) {
        const auto label = static_cast<std::size_t>(run.labels[r]);
        // Rows of centers that are not looked at closely cost nothing here.
        if (heirs[label].empty()) continue;
        row.load(r);
        double least = infinity;
        for (const std::size_t heir : heirs[label]) least = std::min(least, row.to(heir));
        // Not below 0 but for rounding: the row is at its nearest center.
        savings[label] += points.weight(r) * least - shares.row_costs[r];
    }
    return savings;
}

// Stable: the search takes equal ones in order.
std::vector<std::size_t> ascending(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

template CenterShares center_shares(const DensePoints<float>&, const LloydResult<float>&,
                                    const ExactCenters&, int);
template CenterShares center_shares(const DensePoints<double>&, const LloydResult<double>&,
                                    const ExactCenters&, int);
template CenterShares center_shares(const SparsePoints<float>&, const LloydResult<float>&,
                                    const ExactCenters&, int);
template CenterShares center_shares(const SparsePoints<double>&, const LloydResult<double>&,
                                    const ExactCenters&, int);
template std::vector<double> least_savings(const DensePoints<float>&, const LloydResult<float>&,
                                           const ExactCenters&, const CenterShares&, std::size_t);
template std::vector<double> least_savings(const DensePoints<double>&, const LloydResult<double>&,
                                           const ExactCenters&, const CenterShares&, std::size_t);
template std::vector<double> least_savings(const SparsePoints<float>&, const LloydResult<float>&,
                                           const ExactCenters&, const CenterShares&, std::size_t);
template std::vector<double> least_savings(const SparsePoints<double>&, const LloydResult<double>&,
                                           const ExactCenters&, const CenterShares&, std::size_t);

}  // namespace kwise
