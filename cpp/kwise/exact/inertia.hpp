// Exact: what a clustering costs, added in a fixed order. Called by lloyd/, search/ and bindings/.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/exact/exact_centers.hpp"

namespace kwise {

// Weighted sum of canonical squared distances of rows to the centers of their labels, added in a
// fixed order: chunk by chunk of chunk_rows rows, then the chunks. `distances`, where given,
// receives each row's, without its weight. Null weights are ones; every label must be a center's.
template <class T>
std::vector<double> chunk_inertias(const RowView<T>& rows, const T* weights,
                                   const ExactCenters& centers, const std::int32_t* labels,
                                   int n_threads, double* distances = nullptr);
template <class T>
double inertia_of(const RowView<T>& rows, const T* weights, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* distances = nullptr);

}  // namespace kwise
