#include "kwise/search/center_shares.hpp"

#include <algorithm>
#include <limits>

#include "kwise/base/parallel.hpp"
#include "kwise/search/squared_distances.hpp"

namespace kwise {
namespace {

constexpr std::size_t rows_per_center = 64;
// Rows that are looked at together: part of the answer, since sums are added block by block.
constexpr std::size_t block_rows = 256;
constexpr double pair_cost = 0.3;  // rough nanoseconds a feature: only to judge whether threads pay

struct Sums {
    std::vector<double> costs, savings;
    double mass = 0.0;
};

// The two smallest of the n squares, the first of equals, and whose the smallest is.
struct TwoNearest {
    TwoNearest(const double* squares, std::size_t n) {
        for (std::size_t c = 0; c < n; ++c) {
            if (squares[c] < own) {
                other = own;
                own = squares[c];
                center = c;
            } else if (squares[c] < other) {
                other = squares[c];
            }
        }
    }
    double own = std::numeric_limits<double>::infinity();
    double other = std::numeric_limits<double>::infinity();
    std::size_t center = 0;
};

}  // namespace

template <class PointsType>
CenterShares center_shares(const PointsType& points, const ExactCenters& centers, int n_threads) {
    const std::size_t k = centers.n_centers;
    CenterShares found;
    found.step = std::max<std::size_t>(1, points.n_rows() / (rows_per_center * k));
    const std::size_t n_seen = (points.n_rows() + found.step - 1) / found.step;
    found.labels.resize(n_seen);
    found.row_costs.resize(n_seen);
    const SquaredDistances<PointsType> distances(points, centers);
    const std::size_t n_blocks = (n_seen + block_rows - 1) / block_rows;
    std::vector<Sums> sums(n_blocks);
    const double work = pair_cost * static_cast<double>(n_seen * k * (points.n_features() + 8));
    parallel_for(n_blocks, useful_threads(work, n_threads), [&](std::size_t b, int) {
        const std::size_t first = b * block_rows, n = std::min(block_rows, n_seen - first);
        std::vector<double> squares;
        distances.write(first * found.step, found.step, n, squares);
        Sums& mine = sums[b];
        mine.costs.assign(k, 0.0);
        mine.savings.assign(k, 0.0);
        for (std::size_t r = 0; r < n; ++r) {
            const TwoNearest two(squares.data() + r * k, k);
            const double weight = points.weight((first + r) * found.step);
            const double cost = weight * two.own;
            found.labels[first + r] = static_cast<std::int32_t>(two.center);
            found.row_costs[first + r] = cost;
            mine.costs[two.center] += cost;
            mine.savings[two.center] += k > 1 ? weight * two.other - cost : 0.0;
            mine.mass += weight;
        }
    });
    found.costs.assign(k, 0.0);
    found.savings.assign(k, 0.0);
    for (const Sums& each : sums) {
        for (std::size_t c = 0; c < k; ++c) {
            found.costs[c] += each.costs[c];
            found.savings[c] += each.savings[c];
        }
        found.mass += each.mass;
    }
    for (const double cost : found.costs) found.cost += cost;
    return found;
}

template CenterShares center_shares(const DensePoints<float>&, const ExactCenters&, int);
template CenterShares center_shares(const DensePoints<double>&, const ExactCenters&, int);
template CenterShares center_shares(const SparsePoints<float>&, const ExactCenters&, int);
template CenterShares center_shares(const SparsePoints<double>&, const ExactCenters&, int);

}  // namespace kwise
