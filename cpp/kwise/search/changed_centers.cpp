// Labels stay, sums are regrouped, margins shrink: all roundings of margins go the safe way.
#include "kwise/search/changed_centers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kwise/filters/certify.hpp"
#include "kwise/search/row_squares.hpp"

namespace kwise {
namespace {

// More than the roundings of a distance.
constexpr double slack = 1e-9;

// Margins are in the units that filters see. Only dense rows have any.
template <class T>
double unit(const DensePoints<T>& points) {
    return points.transform().scale;
}
template <class T>
double unit(const SparsePoints<T>&) {
    return 1.0;
}

float round_down(double value) {
    return static_cast<float>(value - std::abs(value) * 0x1p-22);
}

// Of each of the first centers, a lower bound of its distance to the nearest one behind them.
std::vector<double> distances_to_added(const ExactCenters& centers, std::size_t n_first) {
    std::vector<double> nearest(n_first, std::numeric_limits<double>::infinity());
    for (std::size_t c = 0; c < n_first; ++c) {
        for (std::size_t a = n_first; a < centers.n_centers; ++a) {
            nearest[c] = std::min(nearest[c],
                                  square_between(centers.row(c), centers.row(a), centers.padded));
        }
        nearest[c] = std::sqrt(nearest[c]) * (1.0 - slack);
    }
    return nearest;
}

}  // namespace

// An added center is farther from a row than the row's own by at least the distance of the two
// centers less twice the row's distance.
template <class PointsType>
KnownRows with_added(const PointsType& points, const LloydResult<typename PointsType::Value>& run,
                     const ExactCenters& centers) {
    if (!run.known.sums) return {};
    const std::size_t n_first = run.centers.size() / points.n_features();
    KnownRows known{run.labels, run.known.margins, {}};
    std::vector<std::size_t> same(n_first);
    std::iota(same.begin(), same.end(), std::size_t{0});
    known.sums = run.known.sums->regrouped(same, centers.n_centers);
    const auto nearest = distances_to_added(centers, n_first);
    for (std::size_t r = 0; r < known.margins.size(); ++r) {
        const double twice = 2.0 * std::sqrt(run.row_squares[r]) * (1.0 + slack);
        const double gap = nearest[static_cast<std::size_t>(run.labels[r])] - twice;
        // In this order, so that a gap that is no number leaves no margin.
        known.margins[r] = std::min(round_down(gap * unit(points)), known.margins[r]);
    }
    return known;
}

// Fewer centers take nothing from the margins of rows that keep theirs; moves do, the row's own
// center's and the farthest one's.
template <class PointsType>
KnownRows with_taken(const PointsType& points, const LloydResult<typename PointsType::Value>& run,
                     const std::vector<std::size_t>& becomes, const std::vector<char>& gone,
                     const std::vector<double>& shifts, std::size_t n_left) {
    if (!run.known.sums) return {};
    KnownRows known{run.labels, run.known.margins, {}};
    known.sums = run.known.sums->regrouped(becomes, n_left);
    const double farthest = *std::max_element(shifts.begin(), shifts.end());
    const double scale = unit(points) * (1.0 + slack);
    for (std::size_t r = 0; r < known.labels.size(); ++r) {
        const auto c = static_cast<std::size_t>(run.labels[r]);
        known.labels[r] = static_cast<std::int32_t>(becomes[c]);
        if (known.margins.empty()) continue;
        known.margins[r] =
            gone[c] ? no_margin : round_down(known.margins[r] - (shifts[c] + farthest) * scale);
    }
    return known;
}

template KnownRows with_added(const DensePoints<float>&, const LloydResult<float>&,
                              const ExactCenters&);
template KnownRows with_added(const DensePoints<double>&, const LloydResult<double>&,
                              const ExactCenters&);
template KnownRows with_added(const SparsePoints<float>&, const LloydResult<float>&,
                              const ExactCenters&);
template KnownRows with_added(const SparsePoints<double>&, const LloydResult<double>&,
                              const ExactCenters&);
template KnownRows with_taken(const DensePoints<float>&, const LloydResult<float>&,
                              const std::vector<std::size_t>&, const std::vector<char>&,
                              const std::vector<double>&, std::size_t);
template KnownRows with_taken(const DensePoints<double>&, const LloydResult<double>&,
                              const std::vector<std::size_t>&, const std::vector<char>&,
                              const std::vector<double>&, std::size_t);
template KnownRows with_taken(const SparsePoints<float>&, const LloydResult<float>&,
                              const std::vector<std::size_t>&, const std::vector<char>&,
                              const std::vector<double>&, std::size_t);
template KnownRows with_taken(const SparsePoints<double>&, const LloydResult<double>&,
                              const std::vector<std::size_t>&, const std::vector<char>&,
                              const std::vector<double>&, std::size_t);

}  // namespace kwise
