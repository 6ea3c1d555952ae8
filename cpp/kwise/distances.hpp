// Euclidean distances from every row to every center.
#pragma once

#include "kwise/certificate.hpp"
#include "kwise/points.hpp"

namespace kwise {

// Writes n_rows * n_centers distances, row by row: roots of the canonical squared distances,
// rounded to T.
template <class T>
void distances(const RowView<T>& rows, const ExactCenters& centers, int n_threads, T* out);

}  // namespace kwise
