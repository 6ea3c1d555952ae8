// How uniform numbers become rows, exactly as NumPy's functions in scikit-learn's seeding do it.
#pragma once

#include <cstddef>
#include <vector>

namespace kwise {

// One row with probability proportional to its weight, as numpy's choice(n, p=...): the first
// whose cumulative probability exceeds `uniform`. Null weights are equal.
template <class T>
std::size_t draw_weighted(const T* weights, std::size_t n_rows, double uniform);

// For each target the first row whose running sum of weight * distance is not below it. In
// float32 the sum is taken row after row, as NumPy's cumsum takes it, since its roundings decide.
// In float64 they do not, and the sums of blocks of 32 rows, where given, are passed over whole.
// In float32 blocks are summed in parallel where each addition rounds as it would in turn.
template <class T>
std::vector<std::size_t> look_up_running_sum(const T* distances, const T* weights,
                                             std::size_t n_rows, const double* block_sums,
                                             const std::vector<double>& targets);

}  // namespace kwise
