#include "kwise/data/int16_panels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kwise/base/parallel.hpp"
#include "kwise/data/morton_order.hpp"
#include "kwise/dispatch/policy.hpp"

namespace kwise {
// Offset and scale come from the points (Int16Quantizer). The order is the points' own and must
// stay: release it only when this is gone. Boxes are for sorted panels alone; those past the last
// panel of the last chunk are never filled, and callers mask them out.
template <class T>
Int16Panels::Int16Panels(const DensePoints<T>& points, bool sorted, int n_threads)
    : n_panels_(points.n_panels()),
      n_features_(points.n_features()),
      n_pairs_((n_features_ + 1) / 2),
      stride_((n_panels_ + chunk_panels - 1) / chunk_panels * chunk_panels),
      n_first_(first_pairs(n_features_)),
      quantizer_(points, n_threads),
      words_(n_panels_ * panel_words()),
      half_squares_(n_panels_ * panel_rows),
      rest_(n_first_ == n_pairs_ ? 0 : n_panels_ * panel_rows) {
    n_threads = useful_threads(static_cast<double>(points.n_rows() * n_features_), n_threads);
    if (sorted) {
        order_ = points.order(n_threads);
        lowest_ = Buffer<float>(n_features_ * stride_);
        highest_ = Buffer<float>(n_features_ * stride_);
    }
    pack(points, n_threads);
}

// The residual is measured, the largest of all rows, rather than counted as half a unit a value:
// seeding tells trials apart by it, so that a narrow bound pays for the pass.
template <class T>
void Int16Panels::pack(const DensePoints<T>& points, int n_threads) {
    std::vector<float> errors(points.n_chunks(), 0.0f);
    parallel_for(points.n_chunks(), n_threads, [&](std::size_t chunk, int) {
        std::vector<float> buffer(points.panel_stride());
        const std::size_t end = std::min(n_panels_, (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            const std::size_t count = std::min(panel_rows, points.n_rows() - p * panel_rows);
            errors[chunk] = std::max(
                errors[chunk],
                kernels().quantize_int16_panel(
                    values_of(points, p, count, buffer.data()), count, n_features_,
                    quantizer_.offset().data(), quantizer_.scale(),
                    words_.data() + p * panel_words(), half_squares_.data() + p * panel_rows,
                    n_first_, rest_.size() == 0 ? nullptr : rest_.data() + p * panel_rows));
            if (order_ != nullptr) find_box(p, count);
        }
    });
    // The largest error of any row bounds all.
    residual_ = quantizer_.residual(
        std::sqrt(static_cast<double>(*std::max_element(errors.begin(), errors.end()))));
}

// The rows at the places of one panel, as float32. The buffer has panel_stride() values; without an
// order the panel itself may be returned.
template <class T>
const float* Int16Panels::values_of(const DensePoints<T>& points, std::size_t p, std::size_t count,
                                    float* buffer) const {
    if (order_ == nullptr) return points.read_panel(p, buffer);
    // Places are rows of the data, counted from the first panel.
    points.gather(0, order_ + p * panel_rows, count, buffer);
    return buffer;
}

// Smallest and largest int16 numbers of the panel's rows, feature by feature: places past the end
// do not count. Exact as float32.
void Int16Panels::find_box(std::size_t p, std::size_t count) {
    const std::int32_t* words = panel(p);
    for (std::size_t i = 0; i < n_features_; ++i) {
        std::int32_t low = std::numeric_limits<std::int32_t>::max(), high = -low;
        for (std::size_t r = 0; r < count; ++r) {
            // The first of two features is in the lower half, with its sign.
            const std::int32_t word = words[i / 2 * panel_rows + r];
            const std::int32_t value = i % 2 == 0 ? static_cast<std::int16_t>(word) : word >> 16;
            low = std::min(low, value);
            high = std::max(high, value);
        }
        lowest_[i * stride_ + p] = static_cast<float>(low);
        highest_[i * stride_ + p] = static_cast<float>(high);
    }
}

// As it is packed, or by the same kernel where its place is not known, so that a row that is a
// trial gets the very numbers that it has as a row, and its score is exact at itself.
template <class T>
Int16Panels::HalfSquares Int16Panels::pack_row(const DensePoints<T>& points, std::size_t row,
                                               std::int32_t* words, std::size_t stride) const {
    const std::size_t p = row / panel_rows, r = row % panel_rows;
    if (order_ == nullptr) {
        for (std::size_t j = 0; j < n_pairs_; ++j) words[j * stride] = panel(p)[j * panel_rows + r];
        return {half_squares(p)[r], rest_.size() == 0 ? 0 : rest(p)[r]};
    }
    std::vector<float> values(points.panel_stride());
    std::vector<std::int32_t> packed(panel_words());
    std::int32_t half_squares[panel_rows];
    const auto in_panel = static_cast<std::uint32_t>(r);
    points.gather(p, &in_panel, 1, values.data());
    kernels().quantize_int16_panel(values.data(), 1, n_features_, quantizer_.offset().data(),
                                   quantizer_.scale(), packed.data(), half_squares, 0, nullptr);
    for (std::size_t j = 0; j < n_pairs_; ++j) words[j * stride] = packed[j * panel_rows];
    // Rows that are sorted have few features, and no rest.
    return {half_squares[0], 0};
}

template Int16Panels::Int16Panels(const DensePoints<float>&, bool, int);
template Int16Panels::Int16Panels(const DensePoints<double>&, bool, int);
template Int16Panels::HalfSquares Int16Panels::pack_row(const DensePoints<float>&, std::size_t,
                                                        std::int32_t*, std::size_t) const;
template Int16Panels::HalfSquares Int16Panels::pack_row(const DensePoints<double>&, std::size_t,
                                                        std::int32_t*, std::size_t) const;

}  // namespace kwise
