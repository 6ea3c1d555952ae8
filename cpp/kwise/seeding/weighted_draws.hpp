// Seeding: how uniform numbers become rows, exactly as NumPy's functions in scikit-learn's seeding
// do it. Called by seeding/, sparse/ and bindings/.
#pragma once

#include <cstddef>
#include <vector>

namespace kwise {

// Whole numbers up to here float32 tells apart; a sum of more like values no longer grows.
constexpr std::size_t rows_float32_counts = std::size_t{1} << 24;

// One row with probability proportional to its weight, as numpy's choice(n, p=...): the first
// whose cumulative probability exceeds `uniform`. Null weights are equal.
template <class T>
std::size_t draw_weighted(const T* weights, std::size_t n_rows, double uniform);

// For each target the first row whose running sum of weight * distance is not below it. In
// float32 the sum is taken row after row, as NumPy's cumsum takes it, since its roundings decide.
// In float64 they do not, and the sums of blocks of 32 rows, where given, are passed over whole.
// Beyond rows_float32_counts rows a float32 sum would stand still, and float64 is taken instead.
// In float32 blocks are summed in parallel where each addition rounds as it would in turn.
template <class T>
std::vector<std::size_t> look_up_running_sum(const T* distances, const T* weights,
                                             std::size_t n_rows, const double* block_sums,
                                             const std::vector<double>& targets);

// The same for the rows of one part of n_rows_in_all: the targets ascend, the sum begins at what
// the rows before add up to, and its end is returned. Targets beyond it get n_rows.
template <class T>
double look_up_ascending(const T* distances, const T* weights, std::size_t n_rows,
                         const double* block_sums, const std::vector<double>& targets,
                         std::size_t n_rows_in_all, double before, std::vector<std::size_t>& found);

// The potential that uniform numbers are multiplied with: in T as scikit-learn holds it, unless the
// running sum of so many rows is not in T either: both must end at the same number.
template <class T>
double potential_to_draw_by(double potential, std::size_t n_rows);

}  // namespace kwise
