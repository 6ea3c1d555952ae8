// Data: an order of rows of few features in which neighbors in space are neighbors in memory: by
// the cells of a grid, along a curve that takes the bits of their numbers in turn (Morton, "A
// computer oriented geodetic data base and a new technique in file sequencing", IBM 1966). Called
// by data/.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/data/dense_points.hpp"

namespace kwise {

// Means and standard deviations of the features, of some of the rows: for choices that no result
// depends on.
struct SampledSpread {
    std::vector<float> mean, deviation;
};
template <class T>
SampledSpread sample_spread(const DensePoints<T>& points);

// The row at each place, with the places of a last panel that no row is left for: these hold
// numbers from n_rows on, which are no rows. Up to morton_features features.
template <class T>
Buffer<std::uint32_t> morton_order(const DensePoints<T>& points, int n_threads);

}  // namespace kwise
