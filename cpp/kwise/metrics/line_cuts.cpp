#include "kwise/metrics/line_cuts.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// What the stretch [start, stop) costs about its own mean; nothing where it weighs nothing, and
// never less, whatever rounding says.
double cost(const LineSums& sums, std::size_t start, std::size_t stop) {
    const double weight = sums.weights[stop] - sums.weights[start];
    const double value = sums.values[stop] - sums.values[start];
    const double mean_part = weight > 0.0 ? value * value / weight : 0.0;
    return std::max(sums.squares[stop] - sums.squares[start] - mean_part, 0.0);
}

// Prefixes low .. high whose best cuts are among left .. right.
struct Range {
    std::size_t low, high, left, right;
};

}  // namespace

void next_layer(const LineSums& sums, const double* before, std::size_t first, double* best,
                std::int64_t* cuts) {
    std::vector<Range> open{{first + 1, sums.n, first, sums.n - 1}};
    while (!open.empty()) {
        const Range range = open.back();
        open.pop_back();
        if (range.low > range.high) continue;
        const std::size_t middle = (range.low + range.high) / 2;
        double least = std::numeric_limits<double>::infinity();
        std::size_t at = range.left;
        for (std::size_t c = range.left; c <= std::min(range.right, middle - 1); ++c) {
            const double total = before[c] + cost(sums, c, middle);
            if (total < least) {
                least = total;
                at = c;
            }
        }
        best[middle] = least;
        cuts[middle] = static_cast<std::int64_t>(at);
        if (range.high - range.low > 4096) poll_interrupt();
        open.push_back({middle + 1, range.high, at, range.right});
        open.push_back({range.low, middle - 1, range.left, at});
    }
}

}  // namespace kwise
