// Data: how rows are rounded to int16: half the memory of float32 and half the time of a product,
// with a proven rounding error. Called by data/int16_panels.hpp and data/int16_rows.hpp.
//
// A row y = (value - offset) * unit is kept as int16 numbers w with |y - w| <= residual; the unit
// is such that |w| stays below 2^15, so that products and sums of 32 bits never overflow. Two
// features share a word.
#pragma once

#include <cstddef>
#include <vector>

#include "kwise/data/dense_points.hpp"

namespace kwise {

class Int16Quantizer {
  public:
    template <class T>
    Int16Quantizer(const DensePoints<T>& points, int n_threads);

    std::size_t n_features() const { return n_features_; }
    std::size_t n_pairs() const { return (n_features_ + 1) / 2; }
    const std::vector<float>& offset() const { return offset_; }
    float scale() const { return scale_; }
    // What a row's rounding error is below, where rounding alone takes at most `rounding` of it:
    // float32 arithmetic on the way, and values that are float32 already, add to that. In quantizer
    // units, a bound of the norm of y - w.
    double residual(double rounding) const;
    // Of the data's unit.
    double unit() const { return unit_; }
    // Of what the filter's transform makes of the data: a value there in quantizer units, not
    // rounded.
    double unit_of_transform() const { return static_cast<double>(scale_); }
    // For centers, which float64 holds: what their own rounding takes is measured by whoever rounds
    // them.
    double in_units(double value, std::size_t i) const {
        return (value - static_cast<double>(offset_[i])) * static_cast<double>(scale_);
    }

  private:
    template <class T>
    float find_radius(const DensePoints<T>& points, int n_threads);

    std::size_t n_features_;
    std::vector<float> offset_;  // means of some of the rows
    float scale_ = 1.0f;
    double unit_ = 1.0, largest_norm_ = 0.0;
};

}  // namespace kwise
