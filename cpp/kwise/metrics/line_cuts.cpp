// SMAWK on a matrix of totals that is never stored.
#include "kwise/metrics/line_cuts.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The totals of one layer as a matrix: rows are prefixes, columns the cuts before their last
// cluster. Any entry costs a few operations, and none is stored. Cuts at or behind the stop are
// infinite, which keeps the matrix totally monotone.
class Totals {
  public:
    Totals(const LineSums& sums, const double* before) : sums_(sums), before_(before) {}

    double operator()(std::size_t stop, std::size_t cut) const {
        // Cuts below `first` are never asked for.
        return cut < stop ? before_[cut] + cost(cut, stop) : infinity;
    }

  private:
    // What the stretch [start, stop) costs about its own mean; nothing where it weighs nothing, and
    // never less, whatever rounding says.
    double cost(std::size_t start, std::size_t stop) const {
        const double weight = sums_.weights[stop] - sums_.weights[start];
        const double value = sums_.values[stop] - sums_.values[start];
        const double mean_part = weight > 0.0 ? value * value / weight : 0.0;
        return std::max(sums_.squares[stop] - sums_.squares[start] - mean_part, 0.0);
    }

    const LineSums& sums_;
    const double* before_;
};

// The first of the least totals of every step-th prefix from `low` on, `count` of them, among some
// ascending cuts: SMAWK. find() leaves out cuts that cannot win, solves every second prefix, and
// fills in the others between their neighbors' cuts: O(count + cuts) in all.
class RowMinima {
  public:
    RowMinima(const Totals& totals, double* best, std::int32_t* cuts)
        : totals_(totals), best_(best), cuts_(cuts) {}

    void find(std::size_t low, std::size_t step, std::size_t count, std::vector<std::int32_t> all) {
        if (count == 0) return;
        // Levels halve, so that looks come often enough.
        poll_interrupt();
        const std::vector<std::int32_t> left = reduced(low, step, count, std::move(all));
        find(low + step, 2 * step, count / 2, left);
        interpolate(low, step, count, left);
    }

  private:
    // Leaves out cuts that are best for no prefix: at most one a prefix is left. A later cut that
    // is better at a prefix is better at all that follow. Ties keep the earlier cut, so that the
    // first of equals is found.
    std::vector<std::int32_t> reduced(std::size_t low, std::size_t step, std::size_t count,
                                      std::vector<std::int32_t>&& all) const {
        if (all.size() <= count) return std::move(all);
        std::size_t kept = 0;
        for (const std::int32_t cut : all) {
            while (kept > 0 && total(low + (kept - 1) * step, all[kept - 1]) >
                                   total(low + (kept - 1) * step, cut)) {
                --kept;
            }
            if (kept < count) all[kept++] = cut;
        }
        all.resize(kept);
        return std::move(all);
    }

    // Fills the prefixes in between: their cuts lie between those of their neighbors. `at` never
    // goes back, so that all prefixes together look at each cut about once.
    void interpolate(std::size_t low, std::size_t step, std::size_t count,
                     const std::vector<std::int32_t>& left) {
        std::size_t at = 0;
        for (std::size_t r = 0; r < count; r += 2) {
            const std::size_t stop = low + r * step;
            // The cut of the next prefix, which find() has set; behind the last one any is left.
            const std::int32_t last = r + 1 < count ? cuts_[stop + step] : left.back();
            best_[stop] = infinity;
            cuts_[stop] = left[at];
            for (std::size_t c = at; c < left.size() && left[c] <= last; at = c++) {
                const double found = total(stop, left[c]);
                if (found < best_[stop]) {
                    best_[stop] = found;
                    cuts_[stop] = left[c];
                }
            }
        }
    }

    double total(std::size_t stop, std::int32_t cut) const {
        return totals_(stop, static_cast<std::size_t>(cut));
    }

    const Totals& totals_;
    double* best_;
    std::int32_t* cuts_;
};

}  // namespace

// A prefix of s values has cuts first .. s - 1: with one cluster less it needs `first` values.
void next_layer(const LineSums& sums, const double* before, std::size_t first, double* best,
                std::int32_t* cuts) {
    std::vector<std::int32_t> all;
    for (std::size_t c = first; c < sums.n; ++c) all.push_back(static_cast<std::int32_t>(c));
    const Totals totals(sums, before);
    RowMinima(totals, best, cuts).find(first + 1, 1, sums.n - first, std::move(all));
}

}  // namespace kwise
