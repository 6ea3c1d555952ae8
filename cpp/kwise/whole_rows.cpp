#include "kwise/whole_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kwise/parallel.hpp"
#include "kwise/space_order.hpp"

namespace kwise {
namespace {

constexpr double largest_whole = 30000.0;  // norm of a row
}  // namespace

template <class T>
WholeRows::WholeRows(const Points<T>& points, bool sorted, int n_threads)
    : n_panels_(points.n_panels()),
      n_features_(points.n_features()),
      n_pairs_((n_features_ + 1) / 2),
      stride_((n_panels_ + chunk_panels - 1) / chunk_panels * chunk_panels),
      words_(n_panels_ * panel_words()),
      half_squares_(n_panels_ * panel_rows) {
    n_threads = useful_threads(static_cast<double>(points.n_rows() * n_features_), n_threads);
    find_frame(points, n_threads);
    if (sorted) {
        order_ = points.order(n_threads);
        lowest_ = Buffer<float>(n_features_ * stride_);
        highest_ = Buffer<float>(n_features_ * stride_);
    }
    pack(points, n_threads);
}

// Offset and scale. Any would do: they decide only how much the filter can tell.
template <class T>
void WholeRows::find_frame(const Points<T>& points, int n_threads) {
    float radius = points.largest_norm();
    if (radius > 0.0f) {
        offset_.assign(n_features_, 0.0f);
        largest_norm_ = static_cast<double>(radius);
    } else {
        offset_ = sample_spread(points).mean;
        radius = find_radius(points, n_threads);
    }
    if (radius > 0.0f) {
        scale_ = static_cast<float>(std::min(largest_whole / static_cast<double>(radius), 1e30));
    }
    unit_ = static_cast<double>(scale_) * points.frame().scale;
}

// The largest norm around the offset, rounded up.
template <class T>
float WholeRows::find_radius(const Points<T>& points, int n_threads) {
    std::vector<float> largest(points.n_chunks(), 0.0f), norms(points.n_chunks(), 0.0f);
    parallel_for(points.n_chunks(), n_threads, [&](std::size_t chunk, int) {
        std::vector<float> buffer(points.panel_stride());
        const std::size_t end = std::min(n_panels_, (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            const float* values = points.read_panel(p, buffer.data());
            const std::size_t count = std::min(panel_rows, points.n_rows() - p * panel_rows);
            float squares[panel_rows] = {};
            for (std::size_t i = 0; i < n_features_; ++i, values += panel_rows) {
                for (std::size_t r = 0; r < panel_rows; ++r) {
                    squares[r] += (values[r] - offset_[i]) * (values[r] - offset_[i]);
                }
            }
            largest[chunk] = std::max(largest[chunk], *std::max_element(squares, squares + count));
            norms[chunk] = std::max(norms[chunk], *std::max_element(values, values + count));
        }
    });
    largest_norm_ = static_cast<double>(*std::max_element(norms.begin(), norms.end()));
    return std::sqrt(*std::max_element(largest.begin(), largest.end())) *
           (1.0f + static_cast<float>(n_features_ + 32) * 0x1p-23f);
}

template <class T>
void WholeRows::pack(const Points<T>& points, int n_threads) {
    std::vector<float> errors(points.n_chunks(), 0.0f);
    parallel_for(points.n_chunks(), n_threads, [&](std::size_t chunk, int) {
        std::vector<float> buffer(points.panel_stride());
        const std::size_t end = std::min(n_panels_, (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            const std::size_t count = std::min(panel_rows, points.n_rows() - p * panel_rows);
            errors[chunk] = std::max(
                errors[chunk],
                kernels().whole_panel(values_of(points, p, count, buffer.data()), n_features_,
                                      offset_.data(), scale_, words_.data() + p * panel_words(),
                                      half_squares_.data() + p * panel_rows));
            if (order_ != nullptr) find_box(p, count);
        }
    });
    // The rounding to whole numbers, of float32 arithmetic on the way, and of the panel.
    residual_ = std::sqrt(static_cast<double>(*std::max_element(errors.begin(), errors.end()))) *
                    (1.0 + static_cast<double>(n_features_ + 16) * 0x1p-23) +
                0x1p-22 * largest_whole + 0x1p-23 * largest_norm_ * static_cast<double>(scale_);
}

// The rows at the places of one panel; what is past the end becomes zero.
template <class T>
const float* WholeRows::values_of(const Points<T>& points, std::size_t p, std::size_t count,
                                  float* buffer) const {
    const float* values = buffer;
    if (order_ == nullptr) {
        values = points.read_panel(p, buffer);
    } else {
        points.gather(0, order_ + p * panel_rows, count, buffer);
    }
    if (count == panel_rows) return values;
    if (values != buffer) std::copy(values, values + n_features_ * panel_rows, buffer);
    for (std::size_t i = 0; i < n_features_; ++i) {
        std::fill(buffer + i * panel_rows + count, buffer + (i + 1) * panel_rows, offset_[i]);
    }
    return buffer;
}

void WholeRows::gather(std::size_t first, const std::uint32_t* rows, std::size_t count,
                       std::int32_t* words, std::int32_t* half_squares) const {
    for (std::size_t r = 0; r < count; ++r) {
        const std::size_t p = first + rows[r] / panel_rows, lane = rows[r] % panel_rows;
        const std::int32_t* const from = panel(p) + lane;
        for (std::size_t at = 0; at < panel_words(); at += panel_rows) words[at + r] = from[at];
        half_squares[r] = this->half_squares(p)[lane];
    }
}

void WholeRows::find_box(std::size_t p, std::size_t count) {
    const std::int32_t* words = panel(p);
    for (std::size_t i = 0; i < n_features_; ++i) {
        std::int32_t low = std::numeric_limits<std::int32_t>::max(), high = -low;
        for (std::size_t r = 0; r < count; ++r) {
            const std::int32_t word = words[i / 2 * panel_rows + r];
            const std::int32_t value = i % 2 == 0 ? static_cast<std::int16_t>(word) : word >> 16;
            low = std::min(low, value);
            high = std::max(high, value);
        }
        lowest_[i * stride_ + p] = static_cast<float>(low);
        highest_[i * stride_ + p] = static_cast<float>(high);
    }
}

template <class T>
std::int32_t WholeRows::pack_row(const Points<T>& points, std::size_t row, std::int32_t* words,
                                 std::size_t stride) const {
    std::vector<float> values(points.panel_stride());
    std::vector<std::int32_t> packed(panel_words());
    std::int32_t half_squares[panel_rows];
    const std::uint32_t in_panel = row % panel_rows;
    points.gather(row / panel_rows, &in_panel, 1, values.data());
    kernels().whole_panel(values.data(), n_features_, offset_.data(), scale_, packed.data(),
                          half_squares);
    for (std::size_t j = 0; j < n_pairs_; ++j) words[j * stride] = packed[j * panel_rows];
    return half_squares[0];
}

template WholeRows::WholeRows(const Points<float>&, bool, int);
template WholeRows::WholeRows(const Points<double>&, bool, int);
template std::int32_t WholeRows::pack_row(const Points<float>&, std::size_t, std::int32_t*,
                                          std::size_t) const;
template std::int32_t WholeRows::pack_row(const Points<double>&, std::size_t, std::int32_t*,
                                          std::size_t) const;

}  // namespace kwise
