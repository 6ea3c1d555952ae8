// Centers that move between two assignments of a check.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

// Moves all centers, some of them far (by `rate` times their number's square, relatively); returns
// upper bounds of how far each went.
template <class T>
std::vector<double> move_centers(std::vector<T>& centers, std::size_t k, std::size_t d,
                                 double rate) {
    std::vector<double> shifts;
    for (std::size_t c = 0; c < k; ++c) {
        double square = 0.0;
        for (std::size_t i = 0; i < d; ++i) {
            T& value = centers[c * d + i];
            const T moved = static_cast<T>(value * (1.0 + rate * static_cast<double>(c * c)));
            const double shift = static_cast<double>(moved) - static_cast<double>(value);
            square += shift * shift;
            value = moved;
        }
        shifts.push_back(std::sqrt(square) * (1.0 + 1e-12));
    }
    return shifts;
}
