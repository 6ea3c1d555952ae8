// Lloyd: one part of a data set whose other parts lie elsewhere, or are not in memory now: its rows
// are labeled, and their sums kept, in the units of the whole, so that any cut of a data set into
// parts gives the same centers. Called by bindings/parts.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kwise/assign/dense_assignment.hpp"
#include "kwise/data/dense_points.hpp"

namespace kwise {

// What must be known of all rows, wherever they are, before the first part is labeled: it makes the
// units of the sums.
struct WholeRanges {
    std::size_t n_rows;
    std::vector<double> largest;  // absolute value of each feature, less the shift
    double largest_weight;
    bool weighted;

    template <class T>
    ExactSums sums(std::size_t n_centers) const;
};

template <class T>
class Part {
  public:
    // The view's data, shift and weights must outlive the object. Rows that are `kept` are packed
    // once, and bounds spare most of later scans; others are packed again each time, block by
    // block, and only their labels stay.
    Part(const RowView<T>& rows, const T* weights, const WholeRanges& whole, std::size_t n_clusters,
         bool kept, int n_threads);

    // Labels every row for these centers and brings the sums up to date. Returns how many rows
    // changed their label.
    std::size_t assign(const ExactCenters& centers);
    // Tells how far each center moved since (upper bounds). Rows that are not kept have no bounds
    // to tell.
    void centers_moved(const std::vector<double>& shifts) {
        if (assignment_ != nullptr) assignment_->centers_moved(shifts);
    }
    const ExactSums& sums() const { return sums_; }
    const std::int32_t* labels() const {
        return assignment_ != nullptr ? assignment_->labels() : labels_.data();
    }
    const RowView<T>& rows() const { return rows_; }
    const T* weights() const { return weights_; }
    int n_threads() const { return n_threads_; }

  private:
    std::size_t assign_block(std::size_t first, std::size_t n, const ExactCenters& centers);

    RowView<T> rows_;
    const T* weights_;
    std::size_t n_clusters_;
    int n_threads_;
    ExactSums sums_;
    std::unique_ptr<DensePoints<T>> points_;
    std::unique_ptr<DenseAssignment<T>> assignment_;
    Buffer<std::int32_t> labels_;  // of rows that are not kept
};

}  // namespace kwise
