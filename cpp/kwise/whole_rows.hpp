// Rows rounded to whole numbers of 16 bits: half the memory of float32 and half the time of a
// product, with a proven rounding error. For seeding, which reads all rows once for every seed, and
// for descents over rows of few to some features.
//
// A row y = (value - offset) * unit is kept as whole numbers w with |y - w| <= residual; the unit
// is such that |w| stays below 2^15, so that products and sums of 32 bits never overflow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/points.hpp"

namespace kwise {

class WholeRows {
  public:
    // Bytes a row that they take, the order included.
    static constexpr std::size_t bytes_a_row(std::size_t n_features) {
        return (n_features + 1) / 2 * 4 + 8;
    }
    // Rows of few features are put in an order in which neighbors in space are neighbors in
    // memory, if `sorted`; others stay where they are.
    template <class T>
    WholeRows(const Points<T>& points, bool sorted, int n_threads);

    // Whether so many rows of so many features are compared with centers in whole numbers, by
    // measurement: few rows are not worth packing again, and of rows with many features those that
    // stay open are gathered from too many places.
    static constexpr bool serves(std::size_t n_rows, std::size_t n_features) {
        return n_rows >= 8192 && n_features >= 4 && n_features <= most_served;
    }
    static constexpr std::size_t most_served = 32;
    // Whether the rounding error is small enough for the products to fit.
    bool usable() const { return residual_ < 200.0; }
    std::size_t n_panels() const { return n_panels_; }
    std::size_t n_features() const { return n_features_; }
    std::size_t n_pairs() const { return n_pairs_; }
    const std::int32_t* panel(std::size_t p) const { return words_.data() + p * panel_words(); }
    // Half of each row's square, rounded down.
    const std::int32_t* half_squares(std::size_t p) const {
        return half_squares_.data() + p * panel_rows;
    }
    // Up to 32 rows as a panel, listed by their place after the first row of panel `first`; what is
    // left of the panel is not touched.
    void gather(std::size_t first, const std::uint32_t* rows, std::size_t count,
                std::int32_t* words, std::int32_t* half_squares) const;
    // The row at each place; null where every row is in its own.
    const std::uint32_t* order() const { return order_; }
    // Of the data's unit, and what a row's rounding error is below.
    double unit() const { return unit_; }
    // Of what the filter's frame makes of the data: a value there in whole units, not rounded.
    double unit_of_frame() const { return static_cast<double>(scale_); }
    double in_units(double value, std::size_t i) const {
        return (value - static_cast<double>(offset_[i])) * static_cast<double>(scale_);
    }
    double residual() const { return residual_; }
    // A row of the points, as everyone holds it: one word a pair, `stride` apart.
    template <class T>
    std::int32_t pack_row(const Points<T>& points, std::size_t row, std::int32_t* words,
                          std::size_t stride) const;
    // Smallest and largest numbers of each sorted panel, feature by feature, stride() apart.
    const float* lowest() const { return lowest_.data(); }
    const float* highest() const { return highest_.data(); }
    std::size_t stride() const { return stride_; }

  private:
    std::size_t panel_words() const { return n_pairs_ * panel_rows; }
    template <class T>
    void find_frame(const Points<T>& points, int n_threads);
    template <class T>
    float find_radius(const Points<T>& points, int n_threads);
    template <class T>
    void pack(const Points<T>& points, int n_threads);
    template <class T>
    const float* values_of(const Points<T>& points, std::size_t p, std::size_t count,
                           float* buffer) const;
    void find_box(std::size_t p, std::size_t count);

    std::size_t n_panels_, n_features_, n_pairs_, stride_;
    std::vector<float> offset_;  // means of some of the rows
    float scale_ = 1.0f;
    double unit_ = 1.0, residual_ = 0.0, largest_norm_ = 0.0;
    Buffer<std::int32_t> words_, half_squares_;
    const std::uint32_t* order_ = nullptr;  // the points' own
    Buffer<float> lowest_, highest_;
};

}  // namespace kwise
