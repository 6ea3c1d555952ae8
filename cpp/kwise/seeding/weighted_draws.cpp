// NumPy's choice and cumsum, in float32 to the bit, without adding row by row where a block's sum
// is enough.
#include "kwise/seeding/weighted_draws.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "kwise/dispatch/kernels.hpp"

namespace kwise {

// Probabilities are rounded to T first, as scikit-learn's weights / weights.sum() are, then added
// up in float64, as NumPy's choice does; the sum is divided by its end. The last row is left for
// what rounding keeps below the uniform.
template <class T>
std::size_t draw_weighted(const T* weights, std::size_t n_rows, double uniform) {
    // In float64, then rounded to T: as near as can be to NumPy's sum, which adds pairwise in T.
    double weight_sum = weights == nullptr ? static_cast<double>(n_rows) : 0.0;
    for (std::size_t r = 0; r < n_rows && weights != nullptr; ++r) {
        weight_sum += static_cast<double>(weights[r]);
    }
    const T total_weight = static_cast<T>(weight_sum);
    const auto probability = [&](std::size_t r) {
        return static_cast<double>((weights == nullptr ? T(1) : weights[r]) / total_weight);
    };
    // The running sum, and what it was at the beginning of each block, of which one is looked into:
    // one division a block, and the same row as dividing every sum.
    constexpr std::size_t block = 1024;
    std::vector<double> before;
    double total = 0.0;
    for (std::size_t r = 0; r < n_rows; ++r) {
        if (r % block == 0) before.push_back(total);
        total += probability(r);
    }
    // The first block after whose beginning the sum exceeds the uniform, less one.
    const auto after = std::find_if(before.begin() + 1, before.end(),
                                    [&](double sum) { return sum / total > uniform; });
    const auto found = static_cast<std::size_t>(after - before.begin()) - 1;
    double sum = before[found];
    // Within the block sum by sum, as the definition has it.
    for (std::size_t r = found * block; r + 1 < n_rows; ++r) {
        sum += probability(r);
        if (sum / total > uniform) return r;
    }
    return n_rows - 1;
}

namespace {

// The running sum of distances in Sum, block by block where only its end is asked for. In float32 a
// block that the kernel adds ends at the very number that adding in turn would; in float64
// roundings do not decide, and block sums are taken as they are.
template <class T, class Sum>
class RunningSum {
  public:
    RunningSum(const T* distances, const T* weights, const double* block_sums, double before)
        : distances_(distances),
          weights_(weights),
          block_sums_(block_sums),
          sum_(static_cast<Sum>(before)) {}

    double sum() const { return static_cast<double>(sum_); }

    // A block of float32 is the kernel's; of float64 a panel, whose sum seeding keeps.
    static constexpr std::size_t block() {
        return std::is_same_v<Sum, float> ? running_block : std::size_t{32};
    }
    // Whether the block from `row` on ends below the target; if so it is added. Sums never fall, so
    // that no target within a skipped block is missed. Needs a whole block.
    bool skip(std::size_t row, double target) {
        if constexpr (std::is_same_v<Sum, float>) {
            float products[running_block], end = 0.0f;
            const float* values = distances_ + row;
            if (weights_ != nullptr) {
                for (std::size_t r = 0; r < running_block; ++r) {
                    products[r] = weights_[row + r] * values[r];
                }
                // Weights times distances in T, as NumPy would make an array of them first.
                values = products;
            }
            if (!kernels().running_sum(values, sum_, &end)) return false;
            if (static_cast<double>(end) >= target) return false;
            sum_ = end;
        } else {
            if (block_sums_ == nullptr) return false;
            if (sum_ + block_sums_[row / block()] >= target) return false;
            sum_ += block_sums_[row / block()];
        }
        return true;
    }
    // Adds one row; returns the sum after it. Weights and distances are multiplied in T.
    double add(std::size_t row) {
        const Sum distance = distances_[row];
        sum_ += weights_ == nullptr ? distance : weights_[row] * distance;
        return static_cast<double>(sum_);
    }

  private:
    const T *distances_, *weights_;
    const double* block_sums_;
    Sum sum_;
};

// Targets ascend. found[] is left alone where the sum ends below a target.
template <class Sum, class T>
double look_up(const T* distances, const T* weights, std::size_t n_rows, const double* block_sums,
               const std::vector<double>& targets, double before, std::vector<std::size_t>& found) {
    constexpr std::size_t block = RunningSum<T, Sum>::block();
    RunningSum<T, Sum> sum(distances, weights, block_sums, before);
    std::size_t next = 0;
    for (std::size_t row = 0; row < n_rows; row += block) {
        // The kernel, and panels' sums, take whole blocks.
        const bool is_full = row + block <= n_rows;
        const double target =
            next < targets.size() ? targets[next] : std::numeric_limits<double>::infinity();
        if (is_full && sum.skip(row, target)) continue;
        for (std::size_t r = row; r < std::min(n_rows, row + block); ++r) {
            const double end = sum.add(r);
            // Several targets may end in one row.
            while (next < targets.size() && end >= targets[next]) found[next++] = r;
        }
    }
    return sum.sum();
}

}  // namespace

// T's sum may stand still past 2^24 rows (see the header): then in float64, whose blocks need no
// proof.
template <class T>
double look_up_ascending(const T* distances, const T* weights, std::size_t n_rows,
                         const double* block_sums, const std::vector<double>& targets,
                         std::size_t n_rows_in_all, double before,
                         std::vector<std::size_t>& found) {
    // What no row reaches is told so.
    found.assign(targets.size(), n_rows);
    if (n_rows_in_all > rows_float32_counts) {
        return look_up<double>(distances, weights, n_rows, block_sums, targets, before, found);
    }
    return look_up<T>(distances, weights, n_rows, block_sums, targets, before, found);
}

// Draws come in any order: sorted first, answers by draw. A target beyond the end, by rounding,
// gets the last row.
template <class T>
std::vector<std::size_t> look_up_running_sum(const T* distances, const T* weights,
                                             std::size_t n_rows, const double* block_sums,
                                             const std::vector<double>& targets) {
    // Targets are few: as many as trials.
    std::vector<std::size_t> order(targets.size()), place, found(targets.size());
    for (std::size_t t = 0; t < order.size(); ++t) order[t] = t;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return targets[a] < targets[b]; });
    std::vector<double> ascending;
    for (const std::size_t t : order) ascending.push_back(targets[t]);
    look_up_ascending(distances, weights, n_rows, block_sums, ascending, n_rows, 0.0, place);
    for (std::size_t t = 0; t < order.size(); ++t) {
        found[order[t]] = std::min(place[t], n_rows - 1);
    }
    return found;
}

template <class T>
double potential_to_draw_by(double potential, std::size_t n_rows) {
    if (n_rows > rows_float32_counts) return potential;
    return static_cast<double>(static_cast<T>(potential));
}

template double potential_to_draw_by<float>(double, std::size_t);
template double potential_to_draw_by<double>(double, std::size_t);
template double look_up_ascending(const float*, const float*, std::size_t, const double*,
                                  const std::vector<double>&, std::size_t, double,
                                  std::vector<std::size_t>&);
template double look_up_ascending(const double*, const double*, std::size_t, const double*,
                                  const std::vector<double>&, std::size_t, double,
                                  std::vector<std::size_t>&);
template std::size_t draw_weighted(const float*, std::size_t, double);
template std::size_t draw_weighted(const double*, std::size_t, double);
template std::vector<std::size_t> look_up_running_sum(const float*, const float*, std::size_t,
                                                      const double*, const std::vector<double>&);
template std::vector<std::size_t> look_up_running_sum(const double*, const double*, std::size_t,
                                                      const double*, const std::vector<double>&);

}  // namespace kwise
