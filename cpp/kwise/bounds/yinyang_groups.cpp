#include "kwise/bounds/yinyang_groups.hpp"

#include <algorithm>
#include <numeric>

namespace kwise {
namespace {

// In one order, though no answer depends on groups: only how much they spare.
double square(const double* a, const double* b, std::size_t n) {
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

}  // namespace

// A group's blocks are whole, so that kernels take a group as it is. Places of a group follow from
// those of its blocks: FilterCenters' and ScaledInt16Filter's blocks differ by one center at most.
YinyangGroups::YinyangGroups(const ExactCenters& centers, std::size_t n_features,
                             std::size_t block_limit)
    : blocks_a_group_(largest / block_limit),
      n_blocks_((centers.n_centers + block_limit - 1) / block_limit),
      order_(centers.n_centers),
      of_center_(centers.n_centers) {
    const std::size_t n_groups = (n_blocks_ + blocks_a_group_ - 1) / blocks_a_group_;
    std::iota(order_.begin(), order_.end(), 0u);
    first_.resize(n_groups + 1);
    for (std::size_t g = 0; g <= n_groups; ++g) {
        first_[g] = static_cast<std::uint32_t>(first_block(g) * centers.n_centers / n_blocks_);
    }
    // Places first, then their centers: a group's size is fixed by the blocks.
    halve(centers, n_features, 0, n_groups);
    for (std::size_t g = 0; g < n_groups; ++g) {
        for (std::size_t place = first_[g]; place < first_[g + 1]; ++place) {
            of_center_[order_[place]] = static_cast<std::uint32_t>(g);
        }
    }
}

// Groups [begin, end): splits their centers in two halves by groups. `a` and `b` are far from each
// other, and which of the two a center is nearer to, and by how much, orders it along the line
// between them: a principal direction at the price of three passes. Ties go by number, so that the
// groups depend on the centers alone.
void YinyangGroups::halve(const ExactCenters& centers, std::size_t n_features, std::size_t begin,
                          std::size_t end) {
    if (end - begin < 2) return;
    const auto from = order_.begin() + first_[begin], to = order_.begin() + first_[end];
    const auto farthest = [&](std::uint32_t start) {
        return *std::max_element(from, to, [&](std::uint32_t a, std::uint32_t b) {
            return square(centers.row(a), centers.row(start), n_features) <
                   square(centers.row(b), centers.row(start), n_features);
        });
    };
    const std::uint32_t a = farthest(*from), b = farthest(a);
    // By groups, so that halves end where groups do.
    const std::size_t middle = (begin + end) / 2;
    std::vector<double> along(order_.size());
    for (auto c = from; c != to; ++c) {
        along[*c] = square(centers.row(*c), centers.row(a), n_features) -
                    square(centers.row(*c), centers.row(b), n_features);
    }
    std::nth_element(from, order_.begin() + first_[middle], to,
                     [&](std::uint32_t x, std::uint32_t y) {
                         return along[x] != along[y] ? along[x] < along[y] : x < y;
                     });
    halve(centers, n_features, begin, middle);
    halve(centers, n_features, middle, end);
}

}  // namespace kwise
