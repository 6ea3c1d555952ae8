// What centers cost and save, read off labels and a few distances.
#include "kwise/search/center_shares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kwise/search/row_squares.hpp"

namespace kwise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// A row whose center goes is taken to go to one of so many that are nearest to that center.
constexpr std::size_t most_heirs = 16;
// What merging costs is known, what spreading costs is an upper bound that the next descent lowers.
constexpr double merging_markup = 1.2;

// A center that rows may go to, and how far it is from theirs.
struct Heir {
    double distance;
    std::size_t center;
};

// The centers nearest to one, nearest first, of equal ones the first: a fixed order, since searches
// follow it.
std::vector<Heir> heirs_of(const ExactCenters& centers, std::size_t c) {
    std::vector<Heir> heirs;
    for (std::size_t other = 0; other < centers.n_centers; ++other) {
        if (other == c) continue;
        const double square = square_between(centers.row(c), centers.row(other), centers.padded);
        heirs.push_back({square, other});
    }
    const std::size_t n = std::min(most_heirs, heirs.size());
    // Only the first n are wanted in order: the rest need not be sorted.
    std::partial_sort(heirs.begin(), heirs.begin() + static_cast<std::ptrdiff_t>(n), heirs.end(),
                      [](const Heir& a, const Heir& b) {
                          return a.distance < b.distance ||
                                 (a.distance == b.distance && a.center < b.center);
                      });
    heirs.resize(n);
    for (Heir& heir : heirs) heir.distance = std::sqrt(heir.distance);
    return heirs;
}

// Of every center its nearest other, and the cheapest one to be merged with (Ward's criterion):
// two clusters of masses a and b together cost a b / (a + b) times the squared distance of their
// means more. O(k^2 n_features).
Savings by_merging(const ExactCenters& centers, const std::vector<double>& masses) {
    const std::size_t k = centers.n_centers;
    Savings found{std::vector<double>(k, infinity), std::vector<std::size_t>(k, k),
                  std::vector<std::size_t>(k, 0)};
    // Another one in any case, also where distances overflow.
    if (k > 0) found.nearest[0] = std::min<std::size_t>(1, k - 1);
    std::vector<double> squares(k, infinity);
    const auto meet = [&](std::size_t c, std::size_t other, double square, double cost) {
        if (square < squares[c]) {
            squares[c] = square;
            found.nearest[c] = other;
        }
        if (cost < found.amounts[c]) {
            found.amounts[c] = cost;
            found.partners[c] = other;
        }
    };
    for (std::size_t a = 0; a < k; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            const double square = square_between(centers.row(a), centers.row(b), centers.padded);
            const double both = masses[a] + masses[b];
            // Weightless clusters cost nothing.
            const double cost = both > 0.0 ? masses[a] * masses[b] / both * square : 0.0;
            meet(a, b, square, cost);
            meet(b, a, square, cost);
        }
    }
    return found;
}

// The least squared distance of the row loaded, which is `own` from its center, to an heir of that.
// By the triangle inequality no heir from here on is nearer than its distance less the row's own.
template <class PointsType>
double least_square(const RowSquares<PointsType>& row, const std::vector<Heir>& heirs, double own) {
    double least = infinity;
    for (const Heir& heir : heirs) {
        // Less what rounding could feign.
        const double gap = heir.distance * (1.0 - 1e-9) - own;
        if (gap > 0.0 && gap * gap > least) break;
        least = std::min(least, row.to(heir.center));
    }
    return least;
}

}  // namespace

// Row after row on the caller's thread: sums in one order.
template <class PointsType>
CenterShares center_shares(const PointsType& points,
                           const LloydResult<typename PointsType::Value>& run,
                           const ExactCenters& centers) {
    CenterShares found;
    found.row_costs = run.row_squares;
    found.costs.assign(centers.n_centers, 0.0);
    found.masses.assign(centers.n_centers, 0.0);
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

// First what every center saves by being merged, from centers alone. Then, of as many as are wanted
// that save least so, what their rows cost at the nearest of some heirs: rows may have a nearer
// center beyond these, so that this is an upper bound, too. Where groups are far apart merging is
// what happens; elsewhere rows are spread. O(k^2 n_features) and a pass over the rows of the
// centers looked at.
template <class PointsType>
Savings least_savings(const PointsType& points, const LloydResult<typename PointsType::Value>& run,
                      const ExactCenters& centers, const CenterShares& shares, std::size_t wanted) {
    const std::size_t k = centers.n_centers;
    Savings found = by_merging(centers, shares.masses);
    const auto order = ascending(found.amounts);
    std::vector<std::vector<Heir>> heirs(k);
    std::vector<double> spread(k, 0.0);
    for (std::size_t i = 0; i < std::min(wanted, k); ++i) {
        heirs[order[i]] = heirs_of(centers, order[i]);
    }
    RowSquares<PointsType> row(points, centers);
    for (std::size_t r = 0; r < points.n_rows(); ++r) {
        const auto label = static_cast<std::size_t>(run.labels[r]);
        const double weight = points.weight(r);
        // Rows of centers that are not looked at closely cost nothing here, nor do weightless ones.
        if (heirs[label].empty() || weight == 0.0) continue;
        row.load(r);
        const double own = std::sqrt(run.row_squares[r]);
        // Not below 0 but for rounding: the row is at its nearest center.
        spread[label] += weight * least_square(row, heirs[label], own) - shares.row_costs[r];
    }
    for (std::size_t c = 0; c < k; ++c) {
        found.amounts[c] *= merging_markup;
        if (heirs[c].empty() || found.amounts[c] < spread[c]) continue;
        found.amounts[c] = spread[c];
        found.partners[c] = k;
    }
    return found;
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
                                    const ExactCenters&);
template CenterShares center_shares(const DensePoints<double>&, const LloydResult<double>&,
                                    const ExactCenters&);
template CenterShares center_shares(const SparsePoints<float>&, const LloydResult<float>&,
                                    const ExactCenters&);
template CenterShares center_shares(const SparsePoints<double>&, const LloydResult<double>&,
                                    const ExactCenters&);
template Savings least_savings(const DensePoints<float>&, const LloydResult<float>&,
                               const ExactCenters&, const CenterShares&, std::size_t);
template Savings least_savings(const DensePoints<double>&, const LloydResult<double>&,
                               const ExactCenters&, const CenterShares&, std::size_t);
template Savings least_savings(const SparsePoints<float>&, const LloydResult<float>&,
                               const ExactCenters&, const CenterShares&, std::size_t);
template Savings least_savings(const SparsePoints<double>&, const LloydResult<double>&,
                               const ExactCenters&, const CenterShares&, std::size_t);

}  // namespace kwise
