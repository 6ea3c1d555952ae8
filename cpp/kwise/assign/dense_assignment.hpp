// The assignment step of one run over dense rows: certified labels, with bounds that let rows be
// skipped, and the moves of rows between centers handed to exact sums.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kwise/assign/row_scanner.hpp"
#include "kwise/bounds/hamerly.hpp"
#include "kwise/bounds/yinyang.hpp"
#include "kwise/data/dense_points.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/exact/exact_sums.hpp"
#include "kwise/filters/certified_filter.hpp"
#include "kwise/filters/int16_filter.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {

template <class T>
class DenseAssignment {
  public:
    DenseAssignment(const DensePoints<T>& points, std::size_t n_centers, int n_threads);
    ~DenseAssignment();
    DenseAssignment(const DenseAssignment&) = delete;
    DenseAssignment& operator=(const DenseAssignment&) = delete;

    // Tells the labels that the rows have for the centers of the first assignment, -1 where that is
    // not known. Takes the memory over; n_panels() * panel_rows of them.
    void set_initial_labels(Buffer<std::int32_t>&& labels);
    // Labels every row for these centers, and keeps `sums` the sums by label. Returns how many
    // rows changed their label.
    std::size_t assign(const ExactCenters& centers, ExactSums& sums);
    // Tells how far each center moved since the last assign (upper bounds, in data units).
    void centers_moved(const std::vector<double>& shifts) {
        bounds_.centers_moved(shifts, points_.transform().scale);
        if (groups_ != nullptr) groups_->centers_moved(shifts, points_.transform().scale);
    }

    const std::int32_t* labels() const { return labels_.data(); }
    void write_labels(std::int32_t* to) const {
        std::copy(labels_.data(), labels_.data() + points_.n_rows(), to);
    }

  private:
    struct Worker;
    void assign_chunk(std::size_t chunk, Worker& worker);
    void scan_int16_chunk(std::size_t first, std::size_t n_panels, Worker& worker);
    void scan_int16_active(std::size_t first, std::size_t n_active, Worker& worker);
    void fall_back_to_float32();
    bool take_initial_labels(std::size_t first_row, std::size_t n_rows, Worker& worker);
    void scan_chunk(std::size_t first, std::size_t n_panels, std::size_t n_rows, Worker& worker);
    void scan_active_rows(std::size_t first, std::size_t n_active, Worker& worker);
    void scan_listed(std::size_t first_row, std::size_t n_active, Worker& worker);
    void pack_scaled_int16(const ExactCenters& centers);
    void scan_yinyang(std::size_t first_row, std::size_t n_active, const std::int32_t* labels,
                      Worker& worker);
    void adapt_filter();
    void adapt_bounds(std::size_t n_moved);
    void scan_gathered(std::size_t first_row, const std::uint32_t* rows, std::size_t count,
                       Worker& worker);
    void leave_undecided(std::size_t row, Worker& worker);

    const DensePoints<T>& points_;
    std::size_t n_centers_;
    int n_threads_;
    Buffer<std::int32_t> labels_;
    bool has_initial_labels_ =
        false;  // they are those of the centers to come, and not in the sums yet
    Shape shape_;
    Bounds bounds_;
    const Int16Rows* int16_ = nullptr;  // or null: they do not serve here
    Int16Filter int16_filter_;
    bool is_row_major_;
    FilterCenters<float> row_major_filter_;
    ScaledInt16Filter scaled_int16_filter_;
    std::unique_ptr<YinyangBounds> groups_;  // or null: not now
    std::size_t yinyang_cooldown_ = 0;       // assignments for which there are none
    bool few_moves_ = false;                 // few rows change their labels by now
    std::size_t scaled_int16_cooldown_ =
        0;  // assignments for which the scaled int16 filter stays out
    LazyFilter<float> filter_;
    LazyFilter<double> fine_filter_;
    const ExactCenters* centers_ = nullptr;
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace kwise
