// Predict: labels of rows for fixed centers, without packing all of them: for predict. Called by
// bindings/points.cpp.
#pragma once

#include <cstdint>

#include "kwise/data/row_access.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace kwise {

// The canonical labels of rows for any centers, as a fit would give them. False where values may
// not be finite: float32 cannot hold a row's norm, or a center is not; labels of rows that are not
// finite mean nothing. The view has no shift of its own: one is chosen here, which changes no
// label.
template <class T>
bool predict_labels(const RowView<T>& rows, const ExactCenters& centers, int n_threads,
                    std::int32_t* labels);

}  // namespace kwise
