// Neighboring centers in groups of at most eight, for bounds by group (bounds/yinyang.hpp).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/filters/certified_filter.hpp"

namespace kwise {

class CenterGroups {
  public:
    static constexpr std::size_t largest = 8;

    CenterGroups() = default;
    // Halves the centers across the direction in which they are spread, again and again. A group is
    // one or more of the groups, of `group_limit` centers at most, that kernels take at once.
    // O(n_centers n_features log n_centers).
    CenterGroups(const ExactCenters& centers, std::size_t n_features, std::size_t group_limit);

    std::size_t n_groups() const { return first_.size() - 1; }
    // The center at each place: a group has the places [first(g), first(g + 1)).
    const std::vector<std::uint32_t>& order() const { return order_; }
    std::size_t first(std::size_t group) const { return first_[group]; }
    std::size_t size(std::size_t group) const { return first_[group + 1] - first_[group]; }
    // The kernels' groups that make it up: from first_part(g) to first_part(g + 1).
    std::size_t first_part(std::size_t group) const { return std::min(group * parts_, n_parts_); }
    // By center, and by place.
    std::uint32_t group_of(std::int32_t center) const {
        return of_center_[static_cast<std::size_t>(center)];
    }
    std::uint32_t group_at(std::size_t place) const { return of_center_[order_[place]]; }

  private:
    void halve(const ExactCenters& centers, std::size_t n_features, std::size_t begin,
               std::size_t end);

    std::size_t parts_ = 1, n_parts_ = 0;  // of the kernels' groups in one of ours, and in all
    std::vector<std::uint32_t> order_, first_ = {0}, of_center_;
};

}  // namespace kwise
