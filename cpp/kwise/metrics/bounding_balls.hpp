// Metrics: which clusters may be the nearest other one of a row, without looking at their rows.
// Called by metrics/silhouette.hpp.
//
// The mean distance from x to the rows of a cluster with mean m and mean squared distance s to m
// is at least |x - m| (Jensen) and at most sqrt(|x - m|^2 + s) (Cauchy and Schwarz). A cluster
// whose least possible mean distance is above the greatest possible one of another is not the
// nearest. Both bounds are widened by far more than rounding can move them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kwise {

class BoundingBalls {
  public:
    BoundingBalls() = default;
    // sums: n_clusters rows of n_features + 1 weighted sums, of the values and of |x|^2.
    // Clusters without mass are never near.
    BoundingBalls(const double* sums, const double* masses, std::size_t n_clusters,
                  std::size_t n_features);

    // Sets needed[c] to 1 where cluster c may be the nearest one to a row of cluster `own`, other
    // than that, and returns the one of nearest mean. `scratch`: n_clusters values.
    std::size_t find(const double* row, std::size_t own, double* scratch,
                     unsigned char* needed) const;

  private:
    std::size_t n_clusters_ = 0, n_features_ = 0;
    std::vector<double> means_;            // (n_features, n_clusters)
    std::vector<double> spread_, square_;  // by cluster: s, and the mean of |x|^2
};

}  // namespace kwise
