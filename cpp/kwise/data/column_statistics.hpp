// Data: means and variance of the columns, as scikit-learn's centering and tolerance want them.
// Called by data/ and bindings/.
#pragma once

#include <vector>

#include "kwise/data/row_access.hpp"

namespace kwise {

// Means summed in T from the first row to the last, as NumPy sums a matrix over its rows: the
// centered rows are then scikit-learn's to the last bit.
template <class T>
std::vector<T> column_means(const RowView<T>& rows, int n_threads);

// Adds the rows to sums that others were added to, in the same order. Of one part of a data set:
// its means are then those of the whole.
template <class T>
void add_to_column_sums(const RowView<T>& rows, T* sums);

// For each chunk of rows and column the sums of differences from `means` and of their squares: what
// `mean_variance` adds up.
template <class T>
std::vector<double> chunk_squares(const RowView<T>& rows, const T* means, int n_threads);

// Mean of the columns' variances from the partial sums of chunks: for each chunk `width` sums of
// differences from nearly the mean and `width` of their squares, added in the order of chunks. Only
// the first n_features of `width` count.
double mean_variance(const std::vector<double>& partial, std::size_t n_rows, std::size_t n_features,
                     std::size_t width);

// Mean of the columns' variances around `means`, which may be rounded: in float64, chunk by
// chunk in a fixed order. Infinite where squares overflow.
template <class T>
double mean_variance(const RowView<T>& rows, const std::vector<T>& means, int n_threads);

}  // namespace kwise
