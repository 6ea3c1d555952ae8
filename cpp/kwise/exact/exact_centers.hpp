// Exact: centers as the exact numbers that canonical distances are computed from. Called by exact/,
// filters/, seeding/, assign/ and search/.
#pragma once

#include <cstddef>
#include <vector>

#include "kwise/data/row_access.hpp"

namespace kwise {

// Centers as exact float64 rows, padded with zeros to a multiple of 8: canonical distances add
// padding as zeros, which changes nothing.
struct ExactCenters {
    std::size_t n_centers = 0, padded = 0;
    // n_centers rows of `padded` values.
    std::vector<double> values;

    // `centers` is n_centers x n_features, row after row.
    template <class T>
    static ExactCenters from(const T* centers, std::size_t n_centers, std::size_t n_features);
    // Takes other centers, in the same memory if they are as many.
    template <class T>
    void set(const T* centers, std::size_t n_centers, std::size_t n_features);
    bool are_finite() const;
    const double* row(std::size_t c) const { return values.data() + c * padded; }
};

}  // namespace kwise
