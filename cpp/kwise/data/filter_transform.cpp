#include "kwise/data/filter_transform.hpp"

#include <algorithm>
#include <cmath>

namespace kwise {

// Squares of 2^17 values below 2^55 stay below float32's limit of 2^128, and squares of those above
// 2^-45 above its smallest normal number. A power of two changes no digit. Values that are all zero
// need no scale.
double filter_scale(double largest) {
    if (largest == 0.0 || (largest < 0x1p55 && largest > 0x1p-45)) return 1.0;
    if (!std::isfinite(largest)) return 1.0;  // refused later, in words
    return std::ldexp(1.0, -std::ilogb(largest));
}

// In float64, value by value: for data of unusual scale or layout, where the time does not matter.
// Norms are of the values before they are rounded to float32, and bound those after it, too: 2^-22
// is four of its roundings.
template <class T>
void pack_panel(const RowView<T>& rows, const FilterTransform& transform, std::size_t first,
                float* panel) {
    const std::size_t count = std::min(panel_rows, rows.n_rows - first);
    const std::size_t d = rows.n_features;
    double squares[panel_rows] = {};
    for (std::size_t i = 0; i < d; ++i) {
        const double offset = transform.offset.empty() ? 0.0 : transform.offset[i];
        float* to = panel + i * panel_rows;
        for (std::size_t r = 0; r < count; ++r) {
            const double v =
                (static_cast<double>(value_of(rows, first + r, i)) - offset) * transform.scale;
            to[r] = static_cast<float>(v);
            squares[r] += v * v;
        }
        for (std::size_t r = count; r < panel_rows; ++r) to[r] = 0.0f;
    }
    float* norms = panel + d * panel_rows;
    for (std::size_t r = 0; r < panel_rows; ++r) {
        norms[r] = static_cast<float>(std::sqrt(squares[r]) * (1.0 + 0x1p-22));
    }
}

template void pack_panel(const RowView<float>&, const FilterTransform&, std::size_t, float*);
template void pack_panel(const RowView<double>&, const FilterTransform&, std::size_t, float*);

}  // namespace kwise
