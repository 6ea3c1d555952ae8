#include "kwise/seeding/weighted_draws.hpp"

#include <algorithm>
#include <type_traits>

#include "kwise/dispatch/kernels.hpp"

namespace kwise {

template <class T>
std::size_t draw_weighted(const T* weights, std::size_t n_rows, double uniform) {
    double weight_sum = weights == nullptr ? static_cast<double>(n_rows) : 0.0;
    for (std::size_t r = 0; r < n_rows && weights != nullptr; ++r) {
        weight_sum += static_cast<double>(weights[r]);
    }
    const T total_weight = static_cast<T>(weight_sum);
    const auto probability = [&](std::size_t r) {
        return static_cast<double>((weights == nullptr ? T(1) : weights[r]) / total_weight);
    };
    // The running sum, and what it was at the beginning of each block, of which one is looked into.
    constexpr std::size_t block = 1024;
    std::vector<double> before;
    double total = 0.0;
    for (std::size_t r = 0; r < n_rows; ++r) {
        if (r % block == 0) before.push_back(total);
        total += probability(r);
    }
    const auto after = std::find_if(before.begin() + 1, before.end(),
                                    [&](double sum) { return sum / total > uniform; });
    const auto found = static_cast<std::size_t>(after - before.begin()) - 1;
    double sum = before[found];
    for (std::size_t r = found * block; r + 1 < n_rows; ++r) {
        sum += probability(r);
        if (sum / total > uniform) return r;
    }
    return n_rows - 1;
}

namespace {

// The running sum of distances, block by block where only its end is asked for.
template <class T>
class RunningSum {
  public:
    RunningSum(const T* distances, const T* weights, const double* block_sums)
        : distances_(distances), weights_(weights), block_sums_(block_sums) {}

    static constexpr std::size_t block() {
        return std::is_same_v<T, float> ? running_block : std::size_t{32};
    }
    // Whether the block from `row` on ends below the target; if so it is added.
    bool skip(std::size_t row, double target) {
        if constexpr (std::is_same_v<T, float>) {
            float products[running_block], end = 0.0f;
            const float* values = distances_ + row;
            if (weights_ != nullptr) {
                for (std::size_t r = 0; r < running_block; ++r) {
                    products[r] = weights_[row + r] * values[r];
                }
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
    double add(std::size_t row) {
        sum_ += weights_ == nullptr ? distances_[row] : weights_[row] * distances_[row];
        return static_cast<double>(sum_);
    }

  private:
    const T *distances_, *weights_;
    const double* block_sums_;
    T sum_ = T(0);
};

}  // namespace

template <class T>
std::vector<std::size_t> look_up_running_sum(const T* distances, const T* weights,
                                             std::size_t n_rows, const double* block_sums,
                                             const std::vector<double>& targets) {
    constexpr std::size_t block = RunningSum<T>::block();
    std::vector<std::size_t> order(targets.size()), found(targets.size(), n_rows - 1);
    for (std::size_t t = 0; t < order.size(); ++t) order[t] = t;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return targets[a] < targets[b]; });
    RunningSum<T> sum(distances, weights, block_sums);
    std::size_t next = 0;
    for (std::size_t row = 0; row < n_rows && next < order.size(); row += block) {
        const bool is_full = row + block <= n_rows;
        if (is_full && sum.skip(row, targets[order[next]])) continue;
        for (std::size_t r = row; r < std::min(n_rows, row + block); ++r) {
            const double end = sum.add(r);
            while (next < order.size() && end >= targets[order[next]]) found[order[next++]] = r;
        }
    }
    return found;
}

template std::size_t draw_weighted(const float*, std::size_t, double);
template std::size_t draw_weighted(const double*, std::size_t, double);
template std::vector<std::size_t> look_up_running_sum(const float*, const float*, std::size_t,
                                                      const double*, const std::vector<double>&);
template std::vector<std::size_t> look_up_running_sum(const double*, const double*, std::size_t,
                                                      const double*, const std::vector<double>&);

}  // namespace kwise
