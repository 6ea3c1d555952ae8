// Sparse: what columns of sparse rows hold. Called by sparse/sparse_points.cpp and bindings/.
#pragma once

#include <vector>

#include "kwise/sparse/transposed_centers.hpp"

namespace kwise {

// The largest absolute value stored in each column; `padded` numbers.
template <class T>
std::vector<double> largest_by_column(const SparseView<T>& rows, std::size_t padded, int n_threads);

// The variance of each column in float64, what is not stored being 0: by two passes with what the
// rounded means are off by taken out, entry by entry as scikit-learn's mean_variance_axis does, to
// the bit.
template <class T>
std::vector<double> column_variances(const SparseView<T>& rows, int n_threads);

}  // namespace kwise
