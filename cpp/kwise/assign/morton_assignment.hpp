// Assign: the assignment step for rows of few features, block by block. Called by lloyd/lloyd.cpp.
//
// Rows lie in an order in which neighbors in space are neighbors in memory. For the box around a
// chunk of rows, and then around each of its panels, the centers are found that may be nearest to
// something in there: a center is out where even the corner that is best for it lies on the other
// side of the bisecting plane between it and the center nearest to the box's middle. Most panels
// are left with a single center, and no row of them is looked at (the idea of Kanungo et al., "An
// efficient k-means clustering algorithm", IEEE TPAMI 24(7), 2002, with blocks for the nodes of a
// tree and exact corners for its midpoints). The rows of the others are decided among the centers
// left, by the canonical distance itself. Roundings are allowed for: labels are exactly those of
// looking at all rows and centers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kwise/data/morton_points.hpp"
#include "kwise/exact/exact_sums.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace kwise {

template <class T>
class MortonAssignment {
  public:
    MortonAssignment(const MortonPoints<T>& points, std::size_t n_centers, int n_threads);
    ~MortonAssignment();
    MortonAssignment(const MortonAssignment&) = delete;
    MortonAssignment& operator=(const MortonAssignment&) = delete;

    // As DenseAssignment::assign.
    std::size_t assign(const ExactCenters& centers, ExactSums& sums);
    // Nothing is bounded, so nothing is to be told.
    void centers_moved(const std::vector<double>&) {}

    // In the caller's order of rows; they take memory of their own from when first asked for.
    const std::int32_t* labels() const;
    void write_labels(std::int32_t* to) const;

  private:
    struct Worker;
    void assign_chunk(std::size_t chunk, Worker& worker);
    // Chunks with one possible center are taken whole, others panel by panel, mixed panels row by
    // row.
    void assign_panels(std::size_t chunk, Worker& worker);
    void take_panel(std::size_t p, std::int32_t label, Worker& worker);
    void scan_panel(std::size_t p, Worker& worker);
    void prefetch_panel(std::size_t p) const;
    void apply_moves(std::size_t p, Worker& worker);

    const MortonPoints<T>& points_;
    std::size_t n_centers_;
    int n_threads_;
    Buffer<std::int32_t> labels_;          // by place
    mutable Buffer<std::int32_t> by_row_;  // made when asked for
    mutable bool is_by_row_ = false;
    std::vector<std::int32_t> panel_label_;  // of all rows of a panel; -1 where they may differ
    std::vector<std::int32_t> all_;          // every center
    std::vector<std::uint64_t> possible_;    // for each batch of chunks, of every center
    const ExactCenters* centers_ = nullptr;
    std::size_t n_scanned_;  // panels whose rows were looked at in the last assignment
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace kwise
