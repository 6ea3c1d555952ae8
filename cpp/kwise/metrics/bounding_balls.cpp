#include "kwise/metrics/bounding_balls.hpp"

#include <algorithm>
#include <limits>

namespace kwise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Rounding of sums of a million rows moves squares by less than this share.
constexpr double rounding = 1e-10;

}  // namespace

// In float64 from sums of the caller's, about an origin near the data, so that spread, a difference
// of squares, keeps its digits; what it loses is allowed for in find().
BoundingBalls::BoundingBalls(const double* sums, const double* masses, std::size_t n_clusters,
                             std::size_t n_features)
    : n_clusters_(n_clusters),
      n_features_(n_features),
      means_(n_features * n_clusters),
      spread_(n_clusters, infinity),
      square_(n_clusters, infinity) {
    for (std::size_t c = 0; c < n_clusters; ++c) {
        // Its spread stays infinite: never near.
        if (!(masses[c] > 0.0)) continue;
        const double* of = sums + c * (n_features + 1);
        double square = 0.0;
        for (std::size_t i = 0; i < n_features; ++i) {
            const double mean = of[i] / masses[c];
            means_[i * n_clusters + c] = mean;
            square += mean * mean;
        }
        square_[c] = of[n_features] / masses[c];
        spread_[c] = std::max(0.0, square_[c] - square);
    }
}

// Squares of the two bounds are compared: roots would only cost. `greatest` is the least upper
// bound of any cluster; whatever may lie below it is needed. If no other cluster has mass, none is,
// and the answer is `own`.
std::size_t BoundingBalls::find(const double* row, std::size_t own, double* scratch,
                                unsigned char* needed) const {
    double* least = scratch;
    std::fill_n(least, n_clusters_, 0.0);
    // Feature by feature over all clusters, which lie side by side: loops that compilers make
    // vectors of.
    for (std::size_t i = 0; i < n_features_; ++i) {
        const double value = row[i];
        const double* mean = means_.data() + i * n_clusters_;
        for (std::size_t c = 0; c < n_clusters_; ++c) {
            least[c] += (value - mean[c]) * (value - mean[c]);
        }
    }
    std::size_t nearest = own;
    double smallest = infinity, greatest = infinity;
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        if (c == own || spread_[c] == infinity) continue;
        if (least[c] < smallest) {
            smallest = least[c];
            nearest = c;
        }
        // Squares are off by a share of what was added up for them.
        const double slack = rounding * (least[c] + square_[c]);
        greatest = std::min(greatest, least[c] + spread_[c] + slack);
    }
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        const bool there = c != own && spread_[c] != infinity;
        needed[c] = there && least[c] - rounding * (least[c] + square_[c]) <= greatest;
    }
    return nearest;
}

}  // namespace kwise
