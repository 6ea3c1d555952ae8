// Data: the rows of a data set of few features in an order in which neighbors in space are
// neighbors in memory, with the boxes around panels and chunks of them: what
// assign/morton_assignment.hpp reads. Called by assign/morton_assignment.hpp and
// data/dense_points.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/data/dense_points.hpp"

namespace kwise {

// Boxes in batches of box_batch, feature by feature, as middles and half widths: that is what the
// kernel's bound needs (simd/scan/morton_blocks.inl). Those past the last one are points at 0.
class BoxSet {
  public:
    BoxSet(std::size_t count, std::size_t n_features);
    std::size_t n_batches() const { return stride_ / box_batch; }
    Boxes batch(std::size_t g) const {
        return {middle_.data() + g * box_batch, half_.data() + g * box_batch, stride_, n_features_};
    }
    // The box around values in [low, high] of one feature.
    void set(std::size_t box, std::size_t i, double low, double high);
    // The ends that set() was given, up to roundings.
    double low(std::size_t box, std::size_t i) const {
        return middle_[i * stride_ + box] - half_[i * stride_ + box];
    }
    double high(std::size_t box, std::size_t i) const {
        return middle_[i * stride_ + box] + half_[i * stride_ + box];
    }
    // Squared half diagonal.
    double half_diagonal(std::size_t box) const;

  private:
    std::size_t n_features_, stride_;
    std::vector<double> middle_, half_;
};

template <class T>
class MortonPoints {
  public:
    using Value = T;

    // The points must outlive it, and keep their order. Memory: the exact values once more,
    // weights, boxes.
    MortonPoints(const DensePoints<T>& points, int n_threads);

    // Whether so many clusters are large beside most panels.
    bool pays(std::size_t n_centers) const;

    std::size_t n_rows() const { return points_.n_rows(); }
    std::size_t n_features() const { return points_.n_features(); }
    std::size_t padded() const { return points_.padded(); }
    std::size_t n_panels() const { return points_.n_panels(); }
    std::size_t n_chunks() const { return points_.n_chunks(); }
    const std::vector<double>& column_largest() const { return points_.column_largest(); }
    double largest_weight() const { return points_.largest_weight(); }
    // By the caller's row numbers, as everything that Lloyd's loop asks for.
    double weight(std::size_t row) const { return points_.weight(row); }
    void exact_row(std::size_t row, double* out) const { points_.exact_row(row, out); }
    const DensePoints<T>& source() const { return points_; }

    // By place: the caller's row at each, its exact values by panels (panel[i * 32 + r]; what is
    // past the end repeats the last row), and its weight, or null where all weigh 1.
    const std::uint32_t* order() const { return order_; }
    const T* panel(std::size_t p) const { return values_.data() + p * n_features() * panel_rows; }
    const T* weights() const { return weights_.size() == 0 ? nullptr : weights_.data(); }
    const BoxSet& panel_boxes() const { return panel_boxes_; }
    const BoxSet& chunk_boxes() const { return chunk_boxes_; }

  private:
    void fill_panel(std::size_t p);
    void fill_chunk_box(std::size_t chunk);

    const DensePoints<T>& points_;
    const std::uint32_t* order_;
    double variance_;  // all features', roughly
    Buffer<T> values_, weights_;
    BoxSet panel_boxes_, chunk_boxes_;
};

}  // namespace kwise
