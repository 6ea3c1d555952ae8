// A search over all cuts that passes over blocks of them by one bound each.
#include "kwise/metrics/segment_cuts.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// Starts of a block, and of a group of blocks that is passed over as one: long orders then cost
// little more than the groups.
constexpr std::size_t block_starts = 32, group_starts = 512;
// Stops that one thread takes in turn.
constexpr std::size_t chunk_stops = 256;
// What rounding may hide of a bound, as a share of all squares: differences of sums over the whole
// order lose that much.
constexpr double rounding = 1e-12;

class SegmentLayer {
  public:
    // The leasts of all blocks and groups are found once for the layer, in O(n n_features) each.
    SegmentLayer(const SegmentSums& sums, const double* before, std::size_t first)
        : sums_(sums),
          before_(before),
          first_(first),
          slack_(rounding * sums.squares[sums.n]),
          blocks_(leasts(block_starts)),
          groups_(leasts(group_starts)) {}

    // Finds the best cut of the prefix; `at` holds one that is likely to be good, the last
    // prefix's, and gets the answer: the first of the best, whatever was tried first. Starts near
    // the stop, where cuts are usually good, are looked at before others, so that more of these are
    // passed over.
    double find(std::size_t stop, std::size_t& at) const {
        // A good total from the start lets bounds pass over most blocks.
        double least = before_[at] + cost(at, stop);
        const std::size_t n_groups = (stop - first_) / group_starts;
        look_at_blocks(first_ + n_groups * group_starts, stop, stop, least, at);
        for (std::size_t g = 0; g < n_groups; ++g) {
            const std::size_t begin = first_ + g * group_starts, end = begin + group_starts;
            if (groups_[g] + cost(end, stop) - slack_ <= least) {
                look_at_blocks(begin, end, stop, least, at);
            }
        }
        return least;
    }

  private:
    // Looks at the starts low .. high - 1, block by block; `low` begins one. The end that fills no
    // block has no bound and is looked at as it is.
    void look_at_blocks(std::size_t low, std::size_t high, std::size_t stop, double& least,
                        std::size_t& at) const {
        for (; low + block_starts <= high; low += block_starts) {
            const std::size_t block = (low - first_) / block_starts;
            if (blocks_[block] + cost(low + block_starts, stop) - slack_ <= least) {
                look(low, low + block_starts, stop, least, at);
            }
        }
        look(low, high, stop, least, at);
    }

    // At most block_starts of them.
    void look(std::size_t low, std::size_t high, std::size_t stop, double& least,
              std::size_t& at) const {
        double totals[block_starts] = {};
        write_totals(low, high, stop, totals);
        for (std::size_t t = low; t < high; ++t) {
            const double total = totals[t - low];
            // Ties go to the earlier cut.
            if (total < least || (total == least && t < at)) {
                least = total;
                at = t;
            }
        }
    }

    // For each stretch of so many starts: the least that one of them costs up to its end.
    std::vector<double> leasts(std::size_t n_starts) const {
        std::vector<double> found((sums_.n - first_) / n_starts);
        for (std::size_t b = 0; b < found.size(); ++b) {
            const std::size_t begin = first_ + b * n_starts, end = begin + n_starts;
            found[b] = before_[begin] + cost(begin, end);
            for (std::size_t t = begin + 1; t < end; ++t) {
                found[b] = std::min(found[b], before_[t] + cost(t, end));
            }
        }
        return found;
    }

    // Totals of the starts low .. high - 1 for one stop: apart from the search for the least, so
    // that compilers may compute several at once.
    void write_totals(std::size_t low, std::size_t high, std::size_t stop, double* totals) const {
        for (std::size_t t = low; t < high; ++t) {
            totals[t - low] = before_[t] + cost(t, stop);
        }
    }

    // What the stretch costs about its own mean; nothing where it is empty, and never less,
    // whatever rounding says.
    double cost(std::size_t start, std::size_t stop) const {
        const std::size_t d = sums_.n_features;
        const double weight = sums_.weights[stop] - sums_.weights[start];
        const double* const from = sums_.values + start * d;
        const double* const to = sums_.values + stop * d;
        double square = 0.0;
        for (std::size_t i = 0; i < d; ++i) {
            const double sum = to[i] - from[i];
            square += sum * sum;
        }
        const double mean_part = weight > 0.0 ? square / weight : 0.0;
        return std::max(sums_.squares[stop] - sums_.squares[start] - mean_part, 0.0);
    }

    const SegmentSums& sums_;
    const double* before_;
    const std::size_t first_;
    const double slack_;
    const std::vector<double> blocks_, groups_;
};

}  // namespace

// Prefixes are independent once the layer before is known: threads take chunks of stops. `at`
// begins anew in each chunk, and the answer does not depend on it.
void next_segments(const SegmentSums& sums, const double* before, std::size_t first,
                   std::size_t low, int n_threads, double* best, std::int32_t* cuts) {
    const SegmentLayer layer(sums, before, first);
    const std::size_t n_chunks = (sums.n + 1 - low + chunk_stops - 1) / chunk_stops;
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int) {
        const std::size_t begin = low + chunk * chunk_stops;
        // A start that is valid for the chunk's first stop; the others begin with their neighbor's.
        std::size_t at = first;
        for (std::size_t s = begin; s < std::min(sums.n + 1, begin + chunk_stops); ++s) {
            best[s] = layer.find(s, at);
            cuts[s] = static_cast<std::int32_t>(at);
        }
    });
}

}  // namespace kwise
