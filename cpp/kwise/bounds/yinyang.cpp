// Bounds in units of 16 bits, and the drift that is taken off them. Whatever is rounded makes a
// bound smaller, a distance to be passed over larger.
#include "kwise/bounds/yinyang.hpp"

#include <algorithm>
#include <cmath>

namespace kwise {

// A unit is 2^-14 of the longest row: distances between two rows or means, up to twice that, then
// take 15 bits and leave the 16th for drift. Largest norms that are 0 or unknown get some unit that
// is not.
YinyangBounds::YinyangBounds(const ScaledInt16Rows& rows, std::size_t n_rows,
                             const ExactCenters& centers, std::size_t n_features)
    : groups_(centers, n_features, kernels().block_limit),
      // No distance of rows to their centers is much longer than the longest row.
      unit_(std::max(rows.largest_norm(), 0x1p-60f) * 0x1p-14f),
      bounds_(n_rows * groups_.n_groups()),
      drift_(groups_.n_groups()),
      drift_up_(groups_.n_groups()),
      drift_down_(groups_.n_groups()),
      drift_at_places_(centers.n_centers) {
    forget();
}

// No bound at all: all are 0, and so is the drift. is_fresh_ tells scans not to look at them.
void YinyangBounds::forget() {
    std::fill(bounds_.data(), bounds_.data() + bounds_.size(), std::uint16_t(0));
    std::fill(drift_.begin(), drift_.end(), 0.0);
    is_fresh_ = true;
    was_used_ = false;
    set_drift();
}

// Bounds are fresh in the first assignment, and again where forget() was called since the last one:
// there the next scan writes all.
void YinyangBounds::begin(const ExactCenters& centers, std::size_t n_features,
                          const FilterTransform& transform, double worst_ratio,
                          const float* drift) {
    filter_.pack(centers, n_features, transform, worst_ratio, groups_.order().data());
    // Margins are by center; scans rank places.
    for (std::size_t place = 0; place < drift_at_places_.size(); ++place) {
        drift_at_places_[place] = drift[groups_.order()[place]];
    }
    is_fresh_ = !was_used_;
    was_used_ = true;
}

// Drift grows by the farthest mover of the group, which bounds every member. Once it might leave no
// room for distances in 16 bits, all bounds are forgotten rather than written anew.
void YinyangBounds::centers_moved(const std::vector<double>& shifts, double scale) {
    for (std::size_t g = 0; g < groups_.n_groups(); ++g) {
        double largest = 0.0;
        for (std::size_t s = 0; s < groups_.size(g); ++s) {
            largest = std::max(largest, shifts[groups_.order()[groups_.first(g) + s]]);
        }
        drift_[g] += largest * scale * (1.0 + 1e-12);
    }
    const double limit = static_cast<double>(largest_drift) * static_cast<double>(unit_);
    if (*std::max_element(drift_.begin(), drift_.end()) * (1.0 + 1e-12) < limit) {
        set_drift();
    } else {
        forget();
    }
}

// Rounded down where it is added to a bound, up where it is taken off again.
void YinyangBounds::set_drift() {
    for (std::size_t g = 0; g < drift_.size(); ++g) {
        // Below largest_drift, so that both fit 16 bits.
        const double units = drift_[g] / static_cast<double>(unit_);
        drift_down_[g] = static_cast<std::int32_t>(units * (1.0 - 1e-12));
        drift_up_[g] = static_cast<std::uint16_t>(std::ceil(units * (1.0 + 1e-12)));
    }
}

// A part of the whole filter: groups begin at blocks, so that their words lie together.
ScaledInt16Centers YinyangBounds::centers_of(std::size_t group) const {
    const ScaledInt16Centers all = filter_.packed();
    const std::size_t first = groups_.first(group), part = groups_.first_block(group);
    const ScaledInt16Scores& scores = all.scores;
    return {all.words + first * all.n_words,
            all.n_words,
            {scores.factor + first, scores.slope + first, scores.constant + first},
            all.block_sizes + part,
            groups_.first_block(group + 1) - part};
}

}  // namespace kwise
