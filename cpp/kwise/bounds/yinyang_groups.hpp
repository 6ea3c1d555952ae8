// Bounds: neighboring centers in groups of at most eight, for Yinyang bounds (bounds/yinyang.hpp).
// Called by bounds/yinyang.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/filters/certified_filter.hpp"

namespace kwise {

class YinyangGroups {
  public:
    static constexpr std::size_t largest = 8;

    YinyangGroups() = default;
    // Halves the centers across the direction in which they are spread, again and again. A group is
    // one or more of the blocks of centers, of `block_limit` at most, that kernels take at once.
    // O(n_centers n_features log n_centers).
    YinyangGroups(const ExactCenters& centers, std::size_t n_features, std::size_t block_limit);

    std::size_t n_groups() const { return first_.size() - 1; }
    // The center at each place: a group has the places [first(g), first(g + 1)).
    const std::vector<std::uint32_t>& order() const { return order_; }
    std::size_t first(std::size_t group) const { return first_[group]; }
    std::size_t size(std::size_t group) const { return first_[group + 1] - first_[group]; }
    // The blocks of centers that make it up: from first_block(g) to first_block(g + 1).
    std::size_t first_block(std::size_t group) const {
        return std::min(group * blocks_a_group_, n_blocks_);
    }
    // By center, and by place.
    std::uint32_t group_of(std::int32_t center) const {
        return of_center_[static_cast<std::size_t>(center)];
    }
    std::uint32_t group_at(std::size_t place) const { return of_center_[order_[place]]; }

  private:
    void halve(const ExactCenters& centers, std::size_t n_features, std::size_t begin,
               std::size_t end);

    std::size_t blocks_a_group_ = 1,
                n_blocks_ = 0;  // blocks of centers in a group, and in all
    // The center at each place; each group's first place; each center's group.
    std::vector<std::uint32_t> order_, first_ = {0}, of_center_;
};

}  // namespace kwise
