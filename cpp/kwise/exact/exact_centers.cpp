#include "kwise/exact/exact_centers.hpp"

#include <algorithm>

namespace kwise {

// float32 centers are held exactly. The end of each row is zeroed every time, since the width may
// have changed.
template <class T>
void ExactCenters::set(const T* centers, std::size_t n, std::size_t n_features) {
    n_centers = n;
    padded = pad_features(n_features);
    values.resize(n_centers * padded, 0.0);
    for (std::size_t c = 0; c < n_centers; ++c) {
        double* const row = values.data() + c * padded;
        for (std::size_t i = 0; i < n_features; ++i) {
            row[i] = static_cast<double>(centers[c * n_features + i]);
        }
        std::fill(row + n_features, row + padded, 0.0);
    }
}

template <class T>
ExactCenters ExactCenters::from(const T* centers, std::size_t n_centers, std::size_t n_features) {
    ExactCenters exact;
    exact.set(centers, n_centers, n_features);
    return exact;
}

// A number times 0 is 0, any other value times 0 is none. Padding is zeros.
bool ExactCenters::are_finite() const {
    double lane[8] = {};
    for (std::size_t i = 0; i < values.size(); i += 8) {
        for (std::size_t l = 0; l < 8; ++l) lane[l] += values[i + l] * 0.0;
    }
    for (std::size_t l = 1; l < 8; ++l) lane[0] += lane[l];
    return lane[0] == 0.0;
}

template void ExactCenters::set(const float*, std::size_t, std::size_t);
template void ExactCenters::set(const double*, std::size_t, std::size_t);
template ExactCenters ExactCenters::from(const float*, std::size_t, std::size_t);
template ExactCenters ExactCenters::from(const double*, std::size_t, std::size_t);

}  // namespace kwise
