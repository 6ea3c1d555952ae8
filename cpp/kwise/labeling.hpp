// Labels of rows for fixed centers, without packing all of them: for predict.
#pragma once

#include <cstdint>

#include "kwise/certificate.hpp"
#include "kwise/points.hpp"

namespace kwise {

template <class T>
void label_rows(const RowView<T>& rows, const ExactCenters& centers, int n_threads,
                std::int32_t* labels);

}  // namespace kwise
