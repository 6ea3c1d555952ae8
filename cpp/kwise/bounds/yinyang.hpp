// Bounds: Yinyang bounds: what Yinyang k-means keeps (Ding et al., ICML 2015), shaped for vectors.
// For each row and group a lower bound of the distance to the group's centers, in two bytes:
// n_centers / 4 bytes a row. Called by assign/yinyang_scan.hpp and assign/yinyang_scanner.hpp.
//
// Distances are counted in integer units, rounded down. When centers move, a group's bounds shrink
// by the largest shift of its centers; as in bounds/hamerly.hpp that drift is accumulated per
// group, and a row keeps bound + drift as it was when it was written. A group is active for a row
// while this does not exceed the drift of now and an upper bound of the row's distance to a center.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/bounds/yinyang_groups.hpp"
#include "kwise/data/scaled_int16_rows.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {

class YinyangBounds {
  public:
    YinyangBounds(const ScaledInt16Rows& rows, std::size_t n_rows, const ExactCenters& centers,
                  std::size_t n_features);

    // Takes the centers of an assignment, and the drift of each (bounds/hamerly.hpp). The order of
    // the groups is that of the first centers for good: neighbors then stay neighbors for the few
    // moves that are left.
    void begin(const ExactCenters& centers, std::size_t n_features,
               const FilterTransform& transform, double worst_ratio, const float* drift);
    // Upper bounds of how far each center moved since then.
    void centers_moved(const std::vector<double>& shifts, double scale);

    const YinyangGroups& groups() const { return groups_; }
    // The filter, and the drift, by the centers' places.
    const ScaledInt16Filter& filter() const { return filter_; }
    ScaledInt16Centers centers_of(std::size_t group) const;
    const float* drift_at_places() const { return drift_at_places_.data(); }

    // In units; one more than `active_limit` would not fit beside the drift.
    static constexpr std::int32_t largest_drift = 30000, active_limit = 35000;
    float unit() const { return unit_; }
    // The bounds of a row, one a group. Rows are written by the thread that scans them.
    std::uint16_t* of_row(std::size_t row) { return bounds_.data() + row * groups_.n_groups(); }
    const std::uint16_t* drift_up() const { return drift_up_.data(); }
    // What is kept is a distance and this, at most 65535: drift when it was written, rounded down.
    std::int32_t drift_down(std::size_t group) const { return drift_down_[group]; }
    // Nothing is known yet: all groups are active.
    bool is_fresh() const { return is_fresh_; }

  private:
    void forget();
    void set_drift();

    YinyangGroups groups_;
    ScaledInt16Filter filter_;
    float unit_;
    bool is_fresh_ = true, was_used_ = false;
    Buffer<std::uint16_t> bounds_;
    std::vector<double> drift_;
    std::vector<std::uint16_t> drift_up_;
    std::vector<std::int32_t> drift_down_;
    std::vector<float> drift_at_places_;
};

}  // namespace kwise
