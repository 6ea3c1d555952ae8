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
#include "kwise/data/dense_rows.hpp"
#include "kwise/exact/exact_sums.hpp"
#include "kwise/filters/certified_filter.hpp"
#include "kwise/filters/int16_filter.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {

template <class T>
class Assignment {
  public:
    Assignment(const Points<T>& points, std::size_t n_centers, int n_threads);
    ~Assignment();
    Assignment(const Assignment&) = delete;
    Assignment& operator=(const Assignment&) = delete;

    // Tells the labels that the rows have for the centers of the first assignment, -1 where that is
    // not known. Takes the memory over; n_panels() * panel_rows of them.
    void know_labels(Buffer<std::int32_t>&& labels);
    // Labels every row for these centers, and keeps `sums` the sums by label. Returns how many
    // rows changed their label.
    std::size_t assign(const ExactCenters& centers, ExactSums& sums);
    // Tells how far each center moved since the last assign (upper bounds, in data units).
    void centers_moved(const std::vector<double>& shifts) {
        bounds_.centers_moved(shifts, points_.frame().scale);
        if (groups_ != nullptr) groups_->centers_moved(shifts, points_.frame().scale);
    }

    const std::int32_t* labels() const { return labels_.data(); }
    void write_labels(std::int32_t* to) const {
        std::copy(labels_.data(), labels_.data() + points_.n_rows(), to);
    }

  private:
    struct Worker;
    void assign_chunk(std::size_t chunk, Worker& worker);
    void scan_whole_chunk(std::size_t first, std::size_t n_panels, Worker& worker);
    void scan_whole_rows(std::size_t first, std::size_t n_open, Worker& worker);
    void leave_whole();
    bool take_known(std::size_t first_row, std::size_t n_rows, Worker& worker);
    void scan_chunk(std::size_t first, std::size_t n_panels, std::size_t n_rows, Worker& worker);
    void scan_open_rows(std::size_t first, std::size_t n_open, Worker& worker);
    void scan_listed(std::size_t first_row, std::size_t n_open, Worker& worker);
    void pack_fixed(const ExactCenters& centers);
    void scan_groups(std::size_t first_row, std::size_t n_open, const std::int32_t* labels,
                     Worker& worker);
    void judge_fixed();
    void judge_groups(std::size_t n_moved);
    void scan_gathered(std::size_t first_row, const std::uint32_t* rows, std::size_t count,
                       Worker& worker);
    void leave_undecided(std::size_t row, Worker& worker);

    const Points<T>& points_;
    std::size_t n_centers_;
    int n_threads_;
    Buffer<std::int32_t> labels_;
    bool are_known_ = false;  // they are those of the centers to come, and not in the sums yet
    Bounds bounds_;
    const WholeLines* whole_ = nullptr;  // or null: they do not serve here
    WholeFilter whole_filter_;
    bool streams_;
    FilterCenters<float> streamed_filter_;
    FixedFilter fixed_filter_;
    std::unique_ptr<GroupBounds> groups_;  // or null: not now
    std::size_t groups_rest_ = 0;          // assignments for which there are none
    bool is_settling_ = false;             // few rows change their labels by now
    std::size_t fixed_rests_ = 0;          // assignments for which the fixed-point filter stays out
    LateFilter<float> filter_;
    LateFilter<double> fine_filter_;
    const ExactCenters* centers_ = nullptr;
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace kwise
