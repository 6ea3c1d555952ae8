// The unit and the offset for all rows, and how far a row may be from its int16 numbers.
#include "kwise/data/int16_quantizer.hpp"

#include <algorithm>
#include <cmath>

#include "kwise/base/parallel.hpp"
#include "kwise/data/morton_order.hpp"

namespace kwise {
namespace {

// Norm of a row once scaled: below 2^15, with room for rounding. With centers or trials about as
// long, no sum of products and half squares reaches 2^31.
constexpr double largest_norm = 30000.0;  // norm of a row
// A mean nearer to the origin than this share of the farthest row: the origin then is as good, up
// to a unit that is coarser by as much.
constexpr float near_origin = 0.2f;

float norm_of(const std::vector<float>& values) {
    float square = 0.0f;
    for (const float value : values) square += value * value;
    return std::sqrt(square);
}

}  // namespace

// Offset and scale. Any would do: they decide only how much the filter can tell. The unit is as
// fine as the row that is farthest from the offset allows.
template <class T>
Int16Quantizer::Int16Quantizer(const DensePoints<T>& points, int n_threads)
    : n_features_(points.n_features()) {
    float radius = points.largest_norm();
    offset_.assign(n_features_, 0.0f);
    if (points.rows().shift == nullptr || radius == 0.0f) offset_ = sample_spread(points).mean;
    // Rows around the origin whose largest norm is known need no pass to find it.
    if (norm_of(offset_) < near_origin * radius) {
        offset_.assign(n_features_, 0.0f);
        largest_norm_ = static_cast<double>(radius);
    } else {
        radius = find_radius(points, n_threads);
    }
    if (radius > 0.0f) {
        // The cap keeps the scale a number where all rows are nearly the same.
        scale_ = static_cast<float>(std::min(largest_norm / static_cast<double>(radius), 1e30));
    }
    unit_ = static_cast<double>(scale_) * points.transform().scale;
}

// `rounding` grows by the float32 arithmetic that measured it; the second term is subtraction and
// multiplication, rounded relative to scaled values of up to largest_norm; the third is what
// float32 took from the values before. All relative to norms, so by the triangle inequality they
// bound the error of a row as a whole.
double Int16Quantizer::residual(double rounding) const {
    return rounding * (1.0 + static_cast<double>(n_features_ + 16) * 0x1p-23) +
           0x1p-22 * largest_norm + 0x1p-23 * largest_norm_ * static_cast<double>(scale_);
}

// The largest norm around the offset, rounded up: float32 sums of d squares, roots and products.
// Also finds the largest norm about the origin, of which float32 rounding takes its share.
template <class T>
float Int16Quantizer::find_radius(const DensePoints<T>& points, int n_threads) {
    std::vector<float> largest(points.n_chunks(), 0.0f), norms(points.n_chunks(), 0.0f);
    parallel_for(points.n_chunks(), n_threads, [&](std::size_t chunk, int) {
        std::vector<float> buffer(points.panel_stride());
        const std::size_t end = std::min(points.n_panels(), (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            const float* values = points.read_panel(p, buffer.data());
            const std::size_t count = std::min(panel_rows, points.n_rows() - p * panel_rows);
            // All 32 lanes, of which those past the end do not count in what follows.
            float squares[panel_rows] = {};
            for (std::size_t i = 0; i < n_features_; ++i, values += panel_rows) {
                for (std::size_t r = 0; r < panel_rows; ++r) {
                    squares[r] += (values[r] - offset_[i]) * (values[r] - offset_[i]);
                }
            }
            largest[chunk] = std::max(largest[chunk], *std::max_element(squares, squares + count));
            // `values` is at the panel's last feature by now, the norms.
            norms[chunk] = std::max(norms[chunk], *std::max_element(values, values + count));
        }
    });
    largest_norm_ = static_cast<double>(*std::max_element(norms.begin(), norms.end()));
    return std::sqrt(*std::max_element(largest.begin(), largest.end())) *
           (1.0f + static_cast<float>(n_features_ + 32) * 0x1p-23f);
}

template Int16Quantizer::Int16Quantizer(const DensePoints<float>&, int);
template Int16Quantizer::Int16Quantizer(const DensePoints<double>&, int);

}  // namespace kwise
