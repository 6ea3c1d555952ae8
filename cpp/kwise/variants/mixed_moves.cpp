// Rows one after the other, each to where the total of all costs falls most.
#include "kwise/variants/mixed_moves.hpp"

#include <algorithm>
#include <limits>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// What rounding alone could have made of a cost is no saving.
constexpr double rounding = 1e-12;

// Clusters whose sums, counts, means and modes follow every move; what a move changes is exact,
// since both are where they will be. One thread: each move changes what the next row sees.
class Moving {
  public:
    Moving(const MixedRows& rows, const std::int32_t* labels, std::size_t n_clusters,
           std::size_t n_levels, const MixedLevels& levels)
        : rows_(rows),
          levels_(levels),
          k_(n_clusters),
          modes_(rows.n_categories * n_clusters),
          means_(n_clusters * rows.n_numbers),
          sizes_(n_clusters, 0),
          added_(n_clusters) {
        // What is handed back is kept up to date from here on.
        found_.labels.assign(labels, labels + rows.n_rows);
        found_.sums.assign(k_ * rows.n_numbers, 0.0);
        found_.masses.assign(k_, 0.0);
        found_.counts.assign(n_levels * k_, 0.0);
        for (std::size_t i = 0; i < rows.n_rows; ++i) {
            const auto c = static_cast<std::size_t>(labels[i]);
            add(i, c, weight(i));
            ++sizes_[c];
        }
        for (std::size_t c = 0; c < k_; ++c) renew(c);
    }

    // Tries every row; returns how many moved. A cluster's last row stays, weightless rows change
    // nothing.
    std::size_t pass() {
        std::size_t n_moves = 0;
        for (std::size_t i = 0; i < rows_.n_rows; ++i) {
            if (i % 256 == 0) poll_interrupt();
            const auto own = static_cast<std::size_t>(found_.labels[i]);
            const double w = weight(i);
            if (sizes_[own] < 2 || w <= 0.0) continue;
            // What leaving saves against the least that joining costs: the row moves if that lowers
            // the total.
            const double saved = saved_without(i, own, w);
            const std::size_t best = cheapest(i, own, w);
            // With one cluster best is the row's own, which costs infinity.
            if (added_[best] >= saved - rounding * saved) continue;
            move(i, own, best, w);
            ++n_moves;
        }
        found_.n_moves += n_moves;
        return n_moves;
    }

    MixedMoves take() { return std::move(found_); }

  private:
    double weight(std::size_t i) const { return rows_.weights == nullptr ? 1.0 : rows_.weights[i]; }
    const double* numbers(std::size_t i) const { return rows_.numbers + i * rows_.n_numbers; }
    std::int32_t code(std::size_t i, std::size_t j) const {
        return rows_.codes[i * rows_.n_categories + j];
    }

    // A row into a cluster's sums, or out of them with a negative weight. Sums of weights are exact
    // where these are whole numbers.
    void add(std::size_t i, std::size_t c, double w) {
        found_.masses[c] += w;
        double* const sum = found_.sums.data() + c * rows_.n_numbers;
        for (std::size_t j = 0; j < rows_.n_numbers; ++j) sum[j] += w * numbers(i)[j];
        for (std::size_t j = 0; j < rows_.n_categories; ++j) {
            const std::int32_t level = code(i, j);
            if (level >= 0) found_.counts[static_cast<std::size_t>(level) * k_ + c] += w;
        }
    }

    // The largest count of a column's categories in a cluster, one of them less `w`. O(levels of
    // the column).
    double mode_without(std::size_t j, std::size_t c, std::size_t level, double w) const {
        double most = 0.0;
        for (auto l = static_cast<std::size_t>(levels_.firsts[j]);
             l < static_cast<std::size_t>(levels_.firsts[j + 1]); ++l) {
            most = std::max(most, found_.counts[l * k_ + c] - (l == level ? w : 0.0));
        }
        return most;
    }

    // Means and modes after a cluster has changed. Means come from sums, so that errors do not add
    // up as they would by differences.
    void renew(std::size_t c) {
        const double mass = found_.masses[c];
        for (std::size_t j = 0; j < rows_.n_numbers; ++j) {
            const std::size_t at = c * rows_.n_numbers + j;
            // An empty cluster's mean does not count: its mass is a factor of every cost.
            means_[at] = mass > 0.0 ? found_.sums[at] / mass : 0.0;
        }
        const std::size_t none = std::numeric_limits<std::size_t>::max();
        for (std::size_t j = 0; j < rows_.n_categories; ++j) {
            // No level is `none`: the plain largest count.
            modes_[j * k_ + c] = mode_without(j, c, none, 0.0);
        }
    }

    // From a row's numbers to a cluster's mean.
    double square(std::size_t i, std::size_t c) const {
        double sum = 0.0;
        const double* const mean = means_.data() + c * rows_.n_numbers;
        for (std::size_t j = 0; j < rows_.n_numbers; ++j) {
            const double away = numbers(i)[j] - mean[j];
            sum += away * away;
        }
        return sum;
    }

    // What the cost of its cluster falls by without row i: for numbers w m / (m - w) |x - mean|^2,
    // as means move away; for each category gamma times what the cluster's rows outside the mode
    // lose.
    double saved_without(std::size_t i, std::size_t own, double w) const {
        const double mass = found_.masses[own];
        // The last weight of a cluster: it costs nothing where it is.
        if (mass <= w) return 0.0;
        double saved = w * mass / (mass - w) * square(i, own);
        for (std::size_t j = 0; j < rows_.n_categories; ++j) {
            if (code(i, j) < 0) continue;
            const auto level = static_cast<std::size_t>(code(i, j));
            const double mode = modes_[j * k_ + own];
            double less = mode;
            // Only if its category is the most frequent may the mode fall.
            if (found_.counts[level * k_ + own] >= mode) less = mode_without(j, own, level, w);
            saved += levels_.gamma * (w - (mode - less));
        }
        return saved;
    }

    // The other cluster whose cost row i raises least, the lowest on ties; what it raises each by
    // is left in `added_`. An empty cluster takes a row for nothing. The mode rises only where the
    // row's category becomes more frequent than it.
    std::size_t cheapest(std::size_t i, std::size_t own, double w) {
        std::size_t best = own;
        added_[own] = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < k_; ++c) {
            if (c == own) continue;
            const double mass = found_.masses[c];
            double cost = w * mass / (mass + w) * square(i, c);
            for (std::size_t j = 0; j < rows_.n_categories; ++j) {
                if (code(i, j) < 0) continue;
                const auto level = static_cast<std::size_t>(code(i, j));
                // By how much the row's category would lead: the mode rises by that, at most by w.
                const double above = found_.counts[level * k_ + c] + w - modes_[j * k_ + c];
                cost += levels_.gamma * (w - std::max(0.0, above));
            }
            added_[c] = cost;
            if (cost < added_[best]) best = c;
        }
        return best;
    }

    // Two clusters change, and nothing else.
    void move(std::size_t i, std::size_t from, std::size_t to, double w) {
        add(i, from, -w);
        add(i, to, w);
        --sizes_[from];
        ++sizes_[to];
        renew(from);
        renew(to);
        found_.labels[i] = static_cast<std::int32_t>(to);
    }

    MixedRows rows_;
    MixedLevels levels_;
    std::size_t k_;
    std::vector<double> modes_, means_;  // modes: the count of the most frequent category
    std::vector<std::size_t> sizes_;
    std::vector<double> added_;
    MixedMoves found_;
};

}  // namespace

MixedMoves move_mixed(const MixedRows& rows, const std::int32_t* labels, std::size_t n_clusters,
                      std::size_t n_levels, const MixedLevels& levels, int max_passes) {
    Moving moving(rows, labels, n_clusters, n_levels, levels);
    // The work is done in the condition.
    for (int pass = 0; pass < max_passes && moving.pass() > 0; ++pass) {
    }
    return moving.take();
}

}  // namespace kwise
