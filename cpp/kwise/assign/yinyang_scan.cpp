// Three words count rows here: a row's place in its chunk, its position in the list of active rows,
// and its lane in the panel in hand. Positions are listed group by group, so that panels are full
// although each row wants groups of its own.
#include "kwise/assign/yinyang_scan.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "kwise/dispatch/policy.hpp"
#include "kwise/filters/certify.hpp"

namespace kwise {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

}  // namespace

// For one thread: memory for a chunk of rows and their groups.
YinyangScan::YinyangScan(const ScaledInt16Rows& scaled_int16, std::size_t n_features,
                         std::size_t n_groups)
    : rows16_(scaled_int16),
      n_active_words_((n_groups + 31) / 32),
      best_(chunk_rows),
      second_(chunk_rows),
      second_in_group_(chunk_rows),
      norms_(chunk_rows),
      index_(chunk_rows),
      active_(chunk_rows * n_active_words_),
      ends_(n_groups + 1),
      words_(panel_words(n_features) * panel_rows),
      kept_(n_groups * panel_rows),
      panel_state_{panel_best_, panel_second_, panel_second_in_group_, panel_index_} {}

// A fresh start scans all groups, which writes every bound. Otherwise each row's own group first,
// for an upper bound of its distance; then the groups that this bound does not rule out. If these
// are too many, all groups without lists.
void YinyangScan::scan(YinyangBounds& bounds, const std::uint32_t* rows, std::size_t n,
                       const std::int32_t* labels, const ScanTarget& target,
                       std::vector<std::uint32_t>& uncertain) {
    // Of this call: rows_ are places in the chunk, positions count in their list.
    bounds_ = &bounds;
    rows_ = rows;
    first_ = target.first;
    n_ = n;
    reset();
    if (bounds.is_fresh()) {
        scan_all();
    } else {
        scan_own(labels);
        if (find_active(labels)) {
            scan_active();
        } else {
            reset();
            // What scan_own found would be counted twice: the second smallest would be the smallest
            // once more.
            scan_all();
            n_all_ += n;
        }
        n_seen_ += n;
    }
    finish(target, uncertain);
}

// Adds to the arguments, and begins anew.
void YinyangScan::take_counts(std::size_t& n_seen, std::size_t& n_all) {
    n_seen += n_seen_;
    n_all += n_all_;
    n_seen_ = n_all_ = 0;
}

// Whole panels, so that the rows that the last one lacks are looked up like others. Nothing is
// found yet: infinite scores.
void YinyangScan::reset() {
    const std::size_t n = (n_ + panel_rows - 1) / panel_rows * panel_rows;
    std::fill(best_.data(), best_.data() + n, infinity);
    std::fill(second_.data(), second_.data() + n, infinity);
    std::fill(second_in_group_.data(), second_in_group_.data() + n, infinity);
    std::fill(norms_.data(), norms_.data() + n, 0.0f);
    std::fill(index_.data(), index_.data() + n, 0);
}

// A panel's part of the state, where neighbors in the list are scanned in place.
Top2State YinyangScan::state_at(std::size_t position) {
    return {best_.data() + position, second_.data() + position, second_in_group_.data() + position,
            index_.data() + position};
}

// The first row stands in for those that are missing.
void YinyangScan::gather(const std::uint32_t* positions, std::size_t first, std::size_t count) {
    for (std::size_t r = 0; r < panel_rows; ++r) {
        const std::size_t at = r < count ? r : 0;
        listed_[r] = rows_[positions == nullptr ? first + at : positions[at]];
    }
    rows16_.gather(first_, listed_, words_.data(), factors_, panel_norms_);
}

// One group for the rows that were gathered: their state is updated, and their bounds for the group
// go to `kept`, 32 of them.
void YinyangScan::scan_panel(std::size_t group, const Top2State& state, std::uint16_t* kept) {
    kernels().top2_scaled_int16(words_.data(), factors_, panel_norms_, bounds_->centers_of(group),
                                low_, next_, nearest_);
    kernels().merge_group(low_, next_, nearest_,
                          static_cast<std::int32_t>(bounds_->groups().first(group)), panel_norms_,
                          1.0f / bounds_->unit(), bounds_->drift_down(group), state, kept);
}

// Rows lie anywhere in the list, so their state is copied to a panel and back. Bounds are written
// for rows that are there only.
void YinyangScan::scan_group(std::size_t group, const std::uint32_t* positions, std::size_t count) {
    for (std::size_t start = 0; start < count; start += panel_rows, positions += panel_rows) {
        // The last panel of a group repeats its first row; what it finds for that is not copied
        // back.
        const std::size_t n = std::min(panel_rows, count - start);
        gather(positions, 0, n);
        for (std::size_t r = 0; r < panel_rows; ++r) {
            const std::size_t at = positions[r < n ? r : 0];
            panel_best_[r] = best_[at];
            panel_second_[r] = second_[at];
            panel_second_in_group_[r] = second_in_group_[at];
            panel_index_[r] = index_[at];
        }
        scan_panel(group, panel_state_, kept_.data());
        for (std::size_t r = 0; r < n; ++r) {
            const std::size_t at = positions[r];
            best_[at] = panel_best_[r];
            second_[at] = panel_second_[r];
            second_in_group_[at] = panel_second_in_group_[r];
            index_[at] = panel_index_[r];
            norms_[at] = panel_norms_[r];
            bounds_->of_row(first_ + rows_[at])[group] = kept_[r];
        }
    }
}

// A counting sort of the positions by group. Labels must be known.
void YinyangScan::scan_own(const std::int32_t* labels) {
    const YinyangGroups& groups = bounds_->groups();
    // ends_[g + 1] counts group g, then becomes its end.
    std::fill(ends_.begin(), ends_.end(), 0u);
    for (std::size_t m = 0; m < n_; ++m) ++ends_[groups.group_of(labels[rows_[m]]) + 1];
    for (std::size_t g = 0; g < groups.n_groups(); ++g) ends_[g + 1] += ends_[g];
    positions_.resize(n_);
    // Where the next row of each group goes.
    std::vector<std::uint32_t> next(ends_.begin(), ends_.end() - 1);
    for (std::size_t m = 0; m < n_; ++m) {
        positions_[next[groups.group_of(labels[rows_[m]])]++] = static_cast<std::uint32_t>(m);
    }
    for (std::size_t g = 0; g < groups.n_groups(); ++g) {
        scan_group(g, positions_.data() + ends_[g], ends_[g + 1] - ends_[g]);
    }
}

// An upper bound of the distance to the nearest center so far, in the filter's units: the score's
// upper bound plus the norm's square, rounded up.
float YinyangScan::own_bound(std::size_t position) const {
    const Bands bands = bounds_->filter().bands();
    const float norm = norms_[position];
    const auto place = static_cast<std::size_t>(index_[position]);
    const float upper = best_[position] + (bands.constant[place] + bands.slope[place] * norm);
    return std::sqrt(std::max(0.0f, upper + norm * norm * (1.0f + 0x1p-20f))) * (1.0f + 0x1p-19f);
}

// Lists the active groups but the rows' own; false where they are too many, or where a distance
// does not fit beside the drift. Bits go to active_, counts to ends_, which then say where each
// group's list begins.
bool YinyangScan::find_active(const std::int32_t* labels) {
    const YinyangGroups& groups = bounds_->groups();
    const std::size_t limit = most_active_groups(n_, groups.n_groups());
    std::size_t n_active = 0;
    // Counts by group again: of the active ones this time.
    std::fill(ends_.begin(), ends_.end(), 0u);
    for (std::size_t m = 0; m < n_; ++m) {
        std::uint32_t* const active = active_.data() + m * n_active_words_;
        // Rounded up to whole units; what is no number is too much.
        const float units = own_bound(m) / bounds_->unit() + 2.0f;
        if (!(units < static_cast<float>(YinyangBounds::active_limit))) return false;
        const std::uint32_t own = groups.group_of(labels[rows_[m]]);
        n_active +=
            kernels().active_groups(bounds_->of_row(first_ + rows_[m]), bounds_->drift_up(),
                                    groups.n_groups(), static_cast<std::int32_t>(units), active);
        // Own groups are among the active ones, one a row.
        if (n_active > limit + n_) return false;
        active[own / 32] &= ~(1u << own % 32);
        for (std::size_t w = 0; w < n_active_words_; ++w) {
            for (std::uint32_t bits = active[w]; bits != 0; bits &= bits - 1) {
                ++ends_[w * 32 + static_cast<std::size_t>(std::countr_zero(bits)) + 1];
            }
        }
    }
    for (std::size_t g = 0; g < groups.n_groups(); ++g) ends_[g + 1] += ends_[g];
    return true;
}

// A list of positions for each group, in ascending order, so that panels are full; then group by
// group.
void YinyangScan::scan_active() {
    const std::size_t n_groups = bounds_->groups().n_groups();
    // As many as pairs of a row and an active group.
    positions_.resize(ends_[n_groups]);
    std::vector<std::uint32_t> next(ends_.begin(), ends_.end() - 1);
    for (std::size_t m = 0; m < n_; ++m) {
        const std::uint32_t* const active = active_.data() + m * n_active_words_;
        for (std::size_t w = 0; w < n_active_words_; ++w) {
            for (std::uint32_t bits = active[w]; bits != 0; bits &= bits - 1) {
                const std::size_t group = w * 32 + static_cast<std::size_t>(std::countr_zero(bits));
                positions_[next[group]++] = static_cast<std::uint32_t>(m);
            }
        }
    }
    for (std::size_t g = 0; g < n_groups; ++g) {
        scan_group(g, positions_.data() + ends_[g], ends_[g + 1] - ends_[g]);
    }
}

// Panel by panel, all groups in turn: rows are gathered once.
void YinyangScan::scan_all() {
    for (std::size_t start = 0; start < n_; start += panel_rows) {
        const std::size_t count = std::min(panel_rows, n_ - start);
        gather(nullptr, start, count);
        // Whole panels: places past the last row get the first one's, which finish() may look up.
        std::copy(panel_norms_, panel_norms_ + panel_rows, norms_.data() + start);
        const std::size_t n_groups = bounds_->groups().n_groups();
        for (std::size_t g = 0; g < n_groups; ++g) {
            scan_panel(g, state_at(start), kept_.data() + g * panel_rows);
        }
        for (std::size_t r = 0; r < count; ++r) {
            // Turned: found group by group, kept row by row.
            std::uint16_t* const to = bounds_->of_row(first_ + listed_[r]);
            for (std::size_t g = 0; g < n_groups; ++g) to[g] = kept_[g * panel_rows + r];
        }
    }
}

// As every scanner: certain rows get their labels and margins, others go on. Margins are the lesser
// of two bounds: certify's, of what was scanned now, and that of the groups, which also covers
// those that were passed over.
void YinyangScan::finish(const ScanTarget& target, std::vector<std::uint32_t>& uncertain) {
    const YinyangGroups& groups = bounds_->groups();
    float margins[panel_rows];
    std::int32_t units[panel_rows];
    for (std::size_t start = 0; start < n_; start += panel_rows) {
        const std::size_t count = std::min(panel_rows, n_ - start);
        std::uint32_t bits = 0;
        certify({best_.data() + start, second_.data() + start, index_.data() + start,
                 norms_.data() + start, 0},
                count, bounds_->filter().bands(), bounds_->drift_at_places(), margins,
                [&](std::size_t r) { bits |= 1u << r; });
        kernels().bound_units(second_in_group_.data() + start, norms_.data() + start,
                              1.0f / bounds_->unit(), units);
        for (std::size_t r = 0; r < count; ++r) {
            const std::uint32_t row = rows_[start + r];
            // Its margin is left to whoever decides it: scan_again writes one.
            if (bits >> r & 1u) {
                uncertain.push_back(row);
                continue;
            }
            const auto place = static_cast<std::size_t>(index_[start + r]);
            target.labels[row] = static_cast<std::int32_t>(groups.order()[place]);
            // Without the row's own center, from here on: the group's bound must hold for the
            // others only.
            const std::uint32_t group = groups.group_at(place);
            std::uint16_t* const kept = bounds_->of_row(first_ + row);
            kept[group] =
                static_cast<std::uint16_t>(std::min(65535, units[r] + bounds_->drift_down(group)));
            // The least bound of any group for what is left of the drift, in units, then rounded
            // down. Uncertain rows keep the bounds that they have: these hold whatever center is
            // the nearest.
            const std::int32_t least =
                kernels().least_bound(kept, bounds_->drift_up(), groups.n_groups());
            const float others = static_cast<float>(least) * bounds_->unit() * (1.0f - 0x1p-19f);
            const float margin = others - own_bound(start + r) +
                                 bounds_->drift_at_places()[place] * (1.0f - 0x1p-21f);
            target.margins[row] = std::min(margins[r], margin);
        }
    }
}

}  // namespace kwise
