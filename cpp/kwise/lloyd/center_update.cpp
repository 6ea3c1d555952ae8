// From exact sums to centers, in scikit-learn's order of steps; and which rows fill empty clusters.
#include "kwise/lloyd/center_update.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kwise/base/lanes.hpp"

namespace kwise {

// Exactly zero: sums of masses are exact, so that a cluster that rows have left has nothing left.
template <class T>
std::vector<std::size_t> CenterUpdate<T>::empty_clusters(const ExactSums& sums,
                                                         std::size_t n_clusters) {
    std::vector<std::size_t> empty;
    for (std::size_t c = 0; c < n_clusters; ++c) {
        if (sums.mass(c) == 0.0) empty.push_back(c);
    }
    return empty;
}

// In the order of the clusters, into memory of its own, then swapped: the old centers are needed
// until all have moved. A center is its sum over its mass, in float64, rounded to T once.
template <class T>
double CenterUpdate<T>::move(const ExactSums& sums, const std::vector<Relocation>& relocations,
                             std::vector<T>& centers) {
    for (std::size_t c = 0; c < k_; ++c) mass_[c] = sums.mass(c);
    // Each relocated row leaves the cluster that it was in, so that it counts once.
    for (const Relocation& each : relocations) {
        // It was empty, so the row's weight is all of it.
        mass_[each.to] = each.weight;
        mass_[each.from] -= each.weight;
    }
    // The first of the heaviest.
    const auto heaviest =
        static_cast<std::size_t>(std::max_element(mass_.begin(), mass_.end()) - mass_.begin());
    parallel_for(k_, n_threads_, [&](std::size_t c, int worker) {
        // A cluster without mass goes to the heaviest one's center, as in scikit-learn.
        const std::size_t from = mass_[c] > 0.0 ? c : heaviest;
        double* const own = sums_[static_cast<std::size_t>(worker)].data();
        write_sums(from, sums, relocations, own);
        squares_[c] =
            move_center(own, mass_[from], centers.data() + c * d_, moved_.data() + c * d_);
    });
    double total = 0.0;
    for (std::size_t c = 0; c < k_; ++c) {
        // Upper bounds, as the bounds of rows want them.
        shifts_[c] = std::sqrt(squares_[c]) * (1.0 + 1e-12);
        total += squares_[c];
    }
    // Now all at once: a cluster without mass took the heaviest one's new place, not its old one.
    centers.swap(moved_);
    return total;
}

// The sums of one cluster's rows, with the relocated ones where they are now. A filled cluster
// holds its one row alone. Taking a row away rounds: in the order of relocations, which is fixed.
template <class T>
void CenterUpdate<T>::write_sums(std::size_t cluster, const ExactSums& sums,
                                 const std::vector<Relocation>& relocations, double* to) const {
    sums.write_sums(cluster, d_, to);
    for (const Relocation& each : relocations) {
        if (each.from != cluster && each.to != cluster) continue;
        for (std::size_t i = 0; i < d_; ++i) {
            double& sum = to[i];
            sum = each.to == cluster ? each.row[i] * each.weight : sum - each.row[i] * each.weight;
        }
    }
}

// Divides the cluster's sums by its mass; returns the square of the way from `was`, of the centers
// as T holds them, feature i added up in lane i mod 8.
template <class T>
double CenterUpdate<T>::move_center(const double* sums, double mass, const T* was, T* to) const {
    double lane[n_lanes] = {};
    const auto move = [&](std::size_t i, std::size_t l) {
        to[i] = static_cast<T>(sums[i] / mass);
        const double shift = static_cast<double>(to[i]) - static_cast<double>(was[i]);
        lane[l] += shift * shift;
    };
    std::size_t i = 0;
    for (; i + n_lanes <= d_; i += n_lanes) {
        for (std::size_t l = 0; l < n_lanes; ++l) move(i + l, l);
    }
    for (std::size_t l = 0; i < d_; ++i, ++l) move(i, l);
    return add_lanes(lane);
}

// A heap of `count` rows: n log(count) at most, without sorting all. `count` may be more than there
// are rows.
template <class T>
std::vector<std::size_t> farthest_rows(const double* distances, std::size_t n_rows,
                                       std::size_t count) {
    // Ranks before: farther, or as far and later in the data.
    using Far = std::pair<T, std::size_t>;
    const auto before = [](const Far& a, const Far& b) {
        return a.first > b.first || (a.first == b.first && a.second > b.second);
    };
    std::vector<Far> kept;  // a heap with the last of them in front
    // One more than is kept: pushed first, then the last of them popped.
    kept.reserve(count + 1);
    for (std::size_t row = 0; row < n_rows; ++row) {
        const Far far{static_cast<T>(distances[row]), row};
        if (kept.size() == count && !before(far, kept.front())) continue;
        kept.push_back(far);
        std::push_heap(kept.begin(), kept.end(), before);
        if (kept.size() <= count) continue;
        std::pop_heap(kept.begin(), kept.end(), before);
        kept.pop_back();
    }
    std::sort_heap(kept.begin(), kept.end(), before);
    std::vector<std::size_t> rows;
    for (const Far& far : kept) rows.push_back(far.second);
    return rows;
}

template class CenterUpdate<float>;
template class CenterUpdate<double>;
template std::vector<std::size_t> farthest_rows<float>(const double*, std::size_t, std::size_t);
template std::vector<std::size_t> farthest_rows<double>(const double*, std::size_t, std::size_t);

}  // namespace kwise
