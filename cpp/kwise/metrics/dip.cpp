#include "kwise/metrics/dip.hpp"

#include <algorithm>
#include <vector>

namespace kwise {
namespace {

// The steps of an empirical distribution function: distinct values, with its height just below and
// at each. Equal values make one step as high as they are many.
struct Steps {
    std::vector<double> at, below, up_to;
};

Steps steps_of(const double* sorted, std::size_t n) {
    Steps steps;
    for (std::size_t i = 0; i < n;) {
        std::size_t end = i + 1;
        while (end < n && sorted[end] == sorted[i]) ++end;
        steps.at.push_back(sorted[i]);
        steps.below.push_back(static_cast<double>(i) / static_cast<double>(n));
        steps.up_to.push_back(static_cast<double>(end) / static_cast<double>(n));
        i = end;
    }
    return steps;
}

// The same steps seen from the right and upside down, where concave becomes convex.
Steps turned(const Steps& steps) {
    Steps other;
    for (std::size_t i = steps.at.size(); i-- > 0;) {
        other.at.push_back(-steps.at[i]);
        other.below.push_back(1.0 - steps.up_to[i]);
        other.up_to.push_back(1.0 - steps.below[i]);
    }
    return other;
}

// Largest gap between the first `count` steps and the greatest convex minorant of their feet: a
// lower hull by Andrew's monotone chain, O(count). `hull` is room for it, kept from call to call.
double convex_gap(const Steps& steps, std::size_t count, std::vector<std::size_t>& hull) {
    hull.clear();
    for (std::size_t i = 0; i < count; ++i) {
        while (hull.size() > 1) {
            const std::size_t a = hull[hull.size() - 2], b = hull.back();
            // Slopes are compared by products, without dividing; equal ones are dropped.
            const double left = (steps.below[b] - steps.below[a]) * (steps.at[i] - steps.at[a]);
            const double right = (steps.below[i] - steps.below[a]) * (steps.at[b] - steps.at[a]);
            if (left < right) break;
            hull.pop_back();
        }
        hull.push_back(i);
    }
    double gap = 0.0;
    for (std::size_t h = 0; h + 1 < hull.size(); ++h) {
        const std::size_t a = hull[h], b = hull[h + 1];
        const double slope = (steps.below[b] - steps.below[a]) / (steps.at[b] - steps.at[a]);
        // The step at the right end is the next segment's, or the mode's, which may be an atom.
        for (std::size_t i = a; i < b; ++i) {
            const double chord = steps.below[a] + slope * (steps.at[i] - steps.at[a]);
            gap = std::max(gap, steps.up_to[i] - chord);
        }
    }
    return gap;
}

}  // namespace

// O(n log n): two hulls for each bisection, then four.
double dip(const double* sorted, std::size_t n) {
    const Steps forward = steps_of(sorted, n);
    const Steps backward = turned(forward);
    const std::size_t distinct = forward.at.size();
    std::vector<std::size_t> hull;
    const auto left = [&](std::size_t count) { return convex_gap(forward, count, hull); };
    const auto right = [&](std::size_t count) { return convex_gap(backward, count, hull); };
    // Both sides hold the mode, the step number count - 1. The first count from which the left
    // side is the worse one, or the one before it, is best.
    const auto worse = [&](std::size_t count) {
        return std::max(left(count), right(distinct - count + 1));
    };
    // Bisection between counts of steps on the left side.
    std::size_t low = 1, high = distinct;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (left(middle) < right(distinct - middle + 1)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    // At the crossing the better of two neighbors.
    const double width = low > 1 ? std::min(worse(low), worse(low - 1)) : worse(low);
    // No band is narrower than a step.
    return std::max(width, 1.0 / static_cast<double>(n)) / 2.0;
}

}  // namespace kwise
