// Assign: one thread's part of assign/yinyang_scanner.hpp. Looks for the nearest centers of listed
// rows in scaled int16, in those groups of centers only that Yinyang bounds leave active
// (bounds/yinyang.hpp): first in the group of the row's label, then in whatever is not farther.
// Where most groups are active all are scanned, which needs no lists. Called by
// assign/yinyang_scanner.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/assign/scanner.hpp"
#include "kwise/bounds/yinyang.hpp"

namespace kwise {

class YinyangScan {
  public:
    YinyangScan(const ScaledInt16Rows& scaled_int16, std::size_t n_features, std::size_t n_groups);

    // Labels n rows of a chunk, listed by place after target.first, with their labels so far by the
    // same places; fills `uncertain` with the places of those that it could not decide. `bounds` is
    // written for these rows only, so that threads do not meet. target.margins must not be null.
    void scan(YinyangBounds& bounds, const std::uint32_t* rows, std::size_t n,
              const std::int32_t* labels, const ScanTarget& target,
              std::vector<std::uint32_t>& uncertain);

    // Rows that it saw, and those of them for which all groups were scanned, since the last call.
    void take_counts(std::size_t& n_seen, std::size_t& n_all);

  private:
    // Nothing is found yet for the rows of the call.
    void reset();
    Top2State state_at(std::size_t position);
    // The rows at listed positions (null: neighbors from `first` on), up to 32.
    void gather(const std::uint32_t* positions, std::size_t first, std::size_t count);
    // One group's centers for the panel in hand.
    void scan_panel(std::size_t group, const Top2State& state, std::uint16_t* kept);
    void scan_group(std::size_t group, const std::uint32_t* positions, std::size_t count);
    void scan_own(const std::int32_t* labels);
    // Lists which groups each row's bound leaves active; false where scanning all is cheaper.
    bool find_active(const std::int32_t* labels);
    void scan_active();
    void scan_all();
    // Labels and margins of what is certain to the target, the others to the list.
    void finish(const ScanTarget& target, std::vector<std::uint32_t>& uncertain);
    // Of the distance to the best center so far, from above.
    float own_bound(std::size_t position) const;

    const ScaledInt16Rows& rows16_;
    std::size_t n_active_words_;
    // Of the call.
    YinyangBounds* bounds_ = nullptr;
    const std::uint32_t* rows_ = nullptr;
    // The chunk's first row, and how many rows are listed.
    std::size_t first_ = 0, n_ = 0;
    std::size_t n_seen_ = 0, n_all_ = 0;
    // By position in the list.
    Buffer<float> best_, second_, second_in_group_, norms_;
    Buffer<std::int32_t> index_;
    Buffer<std::uint32_t> active_;  // bits by group
    // Positions, group by group.
    std::vector<std::uint32_t> positions_, ends_;
    // The panel in hand.
    Buffer<std::int32_t> words_;
    std::uint32_t listed_[panel_rows];
    float factors_[panel_rows], panel_norms_[panel_rows], low_[panel_rows], next_[panel_rows];
    std::int32_t nearest_[panel_rows];
    Buffer<std::uint16_t> kept_;  // by group and row
    Top2State panel_state_;
    float panel_best_[panel_rows], panel_second_[panel_rows], panel_second_in_group_[panel_rows];
    std::int32_t panel_index_[panel_rows];
};

}  // namespace kwise
