#include "kwise/draws.hpp"

#include <algorithm>
#include <type_traits>

namespace kwise {

template <class T>
std::size_t draw_weighted(const T* weights, std::size_t n_rows, double uniform) {
    double weight_sum = 0.0;
    for (std::size_t r = 0; r < n_rows; ++r) {
        weight_sum += weights == nullptr ? 1.0 : static_cast<double>(weights[r]);
    }
    const T whole = static_cast<T>(weight_sum);
    const auto probability = [&](std::size_t r) {
        return static_cast<double>((weights == nullptr ? T(1) : weights[r]) / whole);
    };
    double total = 0.0, sum = 0.0;
    for (std::size_t r = 0; r < n_rows; ++r) total += probability(r);
    for (std::size_t r = 0; r + 1 < n_rows; ++r) {
        sum += probability(r);
        if (sum / total > uniform) return r;
    }
    return n_rows - 1;
}

template <class T>
std::vector<std::size_t> look_up_running_sum(const T* distances, const T* weights,
                                             std::size_t n_rows, const double* block_sums,
                                             const std::vector<double>& targets) {
    constexpr std::size_t block = 32;
    const bool by_blocks = std::is_same_v<T, double> && block_sums != nullptr;
    std::vector<std::size_t> order(targets.size()), found(targets.size(), n_rows - 1);
    for (std::size_t t = 0; t < order.size(); ++t) order[t] = t;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return targets[a] < targets[b]; });
    T sum = T(0);
    std::size_t row = 0, next = 0;
    while (row < n_rows && next < order.size()) {
        if (by_blocks && row % block == 0 &&
            static_cast<double>(sum) + block_sums[row / block] < targets[order[next]]) {
            sum += static_cast<T>(block_sums[row / block]);
            row += block;
            continue;
        }
        sum += weights == nullptr ? distances[row] : weights[row] * distances[row];
        while (next < order.size() && static_cast<double>(sum) >= targets[order[next]]) {
            found[order[next++]] = row;
        }
        ++row;
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
