#include "kwise/seeding/seed_distances.hpp"

#include <type_traits>

namespace kwise {

template <class T>
void NearestSeeds<T>::measure(ListedRows& listed, const double* center) const {
    for (std::size_t j = 0; j < listed.count; ++j) {
        __builtin_prefetch(&nearest_[listed.rows[j]], 1);
        if (labels_ != nullptr) __builtin_prefetch(labels_ + listed.rows[j], 1);
    }
    const Kernels& use = kernels();
    if constexpr (std::is_same_v<T, float>) {
        use.listed_distances_f32(points_.rows(), listed.rows, listed.count, center,
                                 points_.padded(), listed.distances.data());
    } else {
        use.listed_distances_f64(points_.rows(), listed.rows, listed.count, center,
                                 points_.padded(), listed.distances.data());
    }
}

template <class T>
void NearestSeeds<T>::keep_nearer(ListedRows& listed, std::int32_t* labels, std::size_t seed) {
    const NearestView<T> to{nearest_.data(), labels, stale_.data(),
                            static_cast<std::int32_t>(seed)};
    const auto keep = [&] {
        if constexpr (std::is_same_v<T, float>)
            return kernels().keep_nearer_f32;
        else
            return kernels().keep_nearer_f64;
    }();
    listed.count =
        keep(listed.rows, listed.count, to, listed.places.data(), listed.distances.data());
}

template <class T>
void NearestSeeds<T>::try_out(std::size_t chunk, ListedRows& listed, const double* center) {
    measure(listed, center);
    const auto falls = [&](std::size_t j) {
        return static_cast<T>(listed.distances[j]) < nearest_[listed.rows[j]];
    };
    std::size_t count = 0;
    for (std::size_t j = 0; j < listed.count; ++j) count += falls(j);
    before_[chunk].reserve(count);
    for (std::size_t j = 0; j < listed.count; ++j) {
        if (falls(j)) before_[chunk].push_back({listed.rows[j], nearest_[listed.rows[j]]});
    }
    keep_nearer(listed, nullptr, 0);
}

template <class T>
void NearestSeeds<T>::set_back(std::size_t chunk) {
    for (const Before& before : before_[chunk]) {
        nearest_[before.row] = before.distance;
        // Rows of a panel may lie in several chunks.
        __atomic_store_n(&stale_[before.row / panel_rows], std::uint8_t{0}, __ATOMIC_RELAXED);
    }
    before_[chunk] = {};
}

template <class T>
void NearestSeeds<T>::add_up(std::size_t chunk, bool tried) {
    const std::size_t first = chunk * chunk_panels;
    const std::size_t n_panels = std::min(chunk_panels, points_.n_panels() - first);
    std::uint8_t* const stale = stale_.data() + first;
    tried_sums_[chunk] = chunk_sums_[chunk];
    if (std::none_of(stale, stale + n_panels, [](std::uint8_t s) { return s != 0; })) return;
    double* const kept = panel_sums_.data() + first;
    double other[chunk_panels];
    double* const sums = tried ? std::copy(kept, kept + n_panels, other) - n_panels : kept;
    add_up_panels(first, stale, n_panels, sums);
    double sum = 0.0;
    for (std::size_t p = 0; p < n_panels; ++p) sum += sums[p];
    (tried ? tried_sums_ : chunk_sums_)[chunk] = sum;
    if (!tried) std::fill(stale, stale + n_panels, std::uint8_t{0});
}

// Weighted, in a fixed order; rows past the end are zeros.
template <class T>
void NearestSeeds<T>::add_up_panels(std::size_t first, const std::uint8_t* stale,
                                    std::size_t n_panels, double* sums) const {
    const T* const nearest = nearest_.data() + first * panel_rows;
    if (points_.weights() == nullptr) {
        if constexpr (std::is_same_v<T, float>) {
            kernels().panel_sums_f32(nearest, stale, n_panels, sums);
        } else {
            kernels().panel_sums_f64(nearest, stale, n_panels, sums);
        }
        return;
    }
    for (std::size_t p = 0; p < n_panels; ++p) {
        const std::size_t row = (first + p) * panel_rows;
        double products[panel_rows] = {};
        for (std::size_t r = 0; r < panel_rows && row + r < points_.n_rows(); ++r) {
            products[r] = points_.weight(row + r) * static_cast<double>(nearest_[row + r]);
        }
        kernels().panel_sums_f64(products, stale + p, 1, sums + p);
    }
}

template class NearestSeeds<float>;
template class NearestSeeds<double>;

}  // namespace kwise
