// What a clustering costs, added in a fixed order.
#pragma once

#include <cstdint>

#include "kwise/exact/exact_centers.hpp"

namespace kwise {

// Weighted sum of canonical squared distances of rows to the centers of their labels, added in a
// fixed order; `distances`, where given, receives each row's.
template <class T>
double inertia_of(const RowView<T>& rows, const T* weights, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* distances = nullptr);

}  // namespace kwise
