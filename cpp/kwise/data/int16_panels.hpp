// Data: rows in int16 (data/int16_quantizer.hpp) in panels, a row in a lane: what seeding reads
// once for every seed. Called by seeding/kmeans_plusplus.cpp and seeding/trial_filter_int16.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/data/int16_quantizer.hpp"

namespace kwise {

class Int16Panels {
  public:
    // Bytes a row that they take, the order included.
    static constexpr std::size_t bytes_a_row(std::size_t n_features) {
        return (n_features + 1) / 2 * 4 + 8;
    }
    // Rows of few features are put in an order in which neighbors in space are neighbors in memory,
    // if `sorted`; others stay where they are. The points must outlive it where it is sorted.
    template <class T>
    Int16Panels(const DensePoints<T>& points, bool sorted, int n_threads);

    // Whether the rounding error is small enough for the products to fit.
    bool usable() const { return residual_ < 200.0; }
    std::size_t n_panels() const { return n_panels_; }
    std::size_t n_pairs() const { return n_pairs_; }
    const std::int32_t* panel(std::size_t p) const { return words_.data() + p * panel_words(); }
    // Half of each row's square, rounded down.
    const std::int32_t* half_squares(std::size_t p) const {
        return half_squares_.data() + p * panel_rows;
    }
    // Half of each row's square past the first pairs, rounded up; null where all pairs are first.
    std::size_t n_first() const { return n_first_; }
    const std::int32_t* rest(std::size_t p) const {
        return rest_.size() == 0 ? nullptr : rest_.data() + p * panel_rows;
    }
    // The row at each place; null where every row is in its own.
    const std::uint32_t* order() const { return order_; }
    // Of the data's unit, and what a row's rounding error is below.
    double unit() const { return quantizer_.unit(); }
    double residual() const { return residual_; }
    // A row of the points, as everyone holds it: one word a pair, `stride` apart.
    struct HalfSquares {
        std::int32_t all, rest;  // rounded down and up
    };
    template <class T>
    HalfSquares pack_row(const DensePoints<T>& points, std::size_t row, std::int32_t* words,
                         std::size_t stride) const;
    // Smallest and largest numbers of each sorted panel, feature by feature, stride() apart, in
    // quantizer units: a box around what the filter sees, up to the residual.
    const float* lowest() const { return lowest_.data(); }
    const float* highest() const { return highest_.data(); }
    std::size_t stride() const { return stride_; }

  private:
    std::size_t panel_words() const { return n_pairs_ * panel_rows; }
    template <class T>
    void pack(const DensePoints<T>& points, int n_threads);
    template <class T>
    const float* values_of(const DensePoints<T>& points, std::size_t p, std::size_t count,
                           float* buffer) const;
    void find_box(std::size_t p, std::size_t count);

    std::size_t n_panels_, n_features_, n_pairs_, stride_, n_first_;
    Int16Quantizer quantizer_;
    // Measured by pack().
    double residual_ = 0.0;
    Buffer<std::int32_t> words_, half_squares_, rest_;
    const std::uint32_t* order_ = nullptr;  // the points' own
    Buffer<float> lowest_, highest_;
};

}  // namespace kwise
