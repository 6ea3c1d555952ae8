// Data: the affine map that filters see rows and centers through. DensePoints chooses one for a
// data set, prediction one for its centers. Called by data/, filters/ and assign/.
#pragma once

#include <cstddef>
#include <vector>

#include "kwise/data/row_access.hpp"

namespace kwise {

// (value - offset) * scale as float32. The offset centers data that the view does not center
// already; the scale is a power of two that keeps squares in range. Labels do not depend on it:
// distances are all scaled alike, and bands count the roundings. Rows and centers must be seen
// through the same one.
struct FilterTransform {
    std::vector<double> offset;  // empty: none
    double scale = 1.0;
};

// A power of two that brings numbers as large as `largest` to a range where float32 squares
// neither overflow nor vanish; 1 for ordinary data.
double filter_scale(double largest);

// Packs rows [first, first + 32) of the view, transformed, into one panel of n_features + 1
// features, the last being an upper bound of the norm; rows past the end are zeros.
template <class T>
void pack_panel(const RowView<T>& rows, const FilterTransform& transform, std::size_t first,
                float* panel);

}  // namespace kwise
