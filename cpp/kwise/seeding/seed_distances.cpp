// Distances that fall, sums that follow, and a trial's fall that is taken back.
#include "kwise/seeding/seed_distances.hpp"

namespace kwise {

// Canonical distances from the listed rows to one center. What they will be compared with is
// fetched meanwhile.
template <class T>
void SeedDistances<T>::measure(ListedRows& listed, const double* center) const {
    for (std::size_t j = 0; j < listed.count; ++j) {
        __builtin_prefetch(&nearest_[listed.rows[j]], 1);
        if (labels_ != nullptr) __builtin_prefetch(labels_ + listed.rows[j], 1);
    }
    kernels().seed<T>().listed_distances(points_.rows(), listed.rows, listed.count, center,
                                         points_.padded(), listed.distances.data());
}

// Only rows that came nearer stay listed; see SeedKernels::keep_nearer.
template <class T>
void SeedDistances<T>::keep_nearer(ListedRows& listed, std::int32_t* labels, std::size_t seed) {
    const SeedDistancesView<T> to{nearest_.data(), labels, stale_.data(),
                                  static_cast<std::int32_t>(seed)};
    listed.count = kernels().seed<T>().keep_nearer(listed.rows, listed.count, to,
                                                   listed.places.data(), listed.distances.data());
}

// As lower(), but remembers what was there before. Only falling rows are remembered, and room is
// made for just these: a trial may touch most rows. Labels are left alone, and with them the mark
// of rows that T cannot tell.
template <class T>
void SeedDistances<T>::try_out(std::size_t chunk, ListedRows& listed, const double* center) {
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

// Undoes try_out of a chunk: distances as before, and no panel is stale that was not before it,
// since tries begin when nothing is.
template <class T>
void SeedDistances<T>::set_back(std::size_t chunk) {
    for (const Before& before : before_[chunk]) {
        nearest_[before.row] = before.distance;
        // Rows of a panel may lie in several chunks.
        __atomic_store_n(&stale_[before.row / panel_rows], std::uint8_t{0}, __ATOMIC_RELAXED);
    }
    before_[chunk] = {};
}

// Sums of the chunk's panels that are stale, anew, and of the chunk, panel after panel: fixed
// orders. Tried sums are made beside the kept ones, and leave the marks, so that set_back finds
// them.
template <class T>
void SeedDistances<T>::add_up(std::size_t chunk, bool tried) {
    const std::size_t first = chunk * chunk_panels;
    const std::size_t n_panels = std::min(chunk_panels, points_.n_panels() - first);
    std::uint8_t* const stale = stale_.data() + first;
    tried_sums_[chunk] = chunk_sums_[chunk];
    if (std::none_of(stale, stale + n_panels, [](std::uint8_t s) { return s != 0; })) return;
    double* const kept = panel_sums_.data() + first;
    double other[chunk_panels];
    // The kept ones are copied, to be overwritten where stale.
    double* const sums = tried ? std::copy(kept, kept + n_panels, other) - n_panels : kept;
    add_up_panels(first, stale, n_panels, sums);
    double sum = 0.0;
    for (std::size_t p = 0; p < n_panels; ++p) sum += sums[p];
    (tried ? tried_sums_ : chunk_sums_)[chunk] = sum;
    if (!tried) std::fill(stale, stale + n_panels, std::uint8_t{0});
}

// Weighted, in a fixed order; rows past the end are zeros. Without weights a kernel adds up values
// as they are; weights make products first, so that both fold alike.
template <class T>
void SeedDistances<T>::add_up_panels(std::size_t first, const std::uint8_t* stale,
                                     std::size_t n_panels, double* sums) const {
    const T* const nearest = nearest_.data() + first * panel_rows;
    if (points_.weights() == nullptr) {
        kernels().seed<T>().panel_sums(nearest, stale, n_panels, sums);
        return;
    }
    for (std::size_t p = 0; p < n_panels; ++p) {
        const std::size_t row = (first + p) * panel_rows;
        double products[panel_rows] = {};
        for (std::size_t r = 0; r < panel_rows && row + r < points_.n_rows(); ++r) {
            products[r] = points_.weight(row + r) * static_cast<double>(nearest_[row + r]);
        }
        kernels().seed<double>().panel_sums(products, stale + p, 1, sums + p);
    }
}

template class SeedDistances<float>;
template class SeedDistances<double>;

}  // namespace kwise
