// Variants: one step of k-prototypes (Huang 1998): each row of numbers and categories to the
// nearest prototype, and the sums of which the next prototypes are made. Called by
// bindings/variants.cpp and variants/mixed_moves.hpp.
//
// A row's dissimilarity is the sum of squared differences, column by column, then of the penalties
// of its categories, column by column: in this order, in float64, so that no chunking or thread
// count changes a label.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kwise {

struct MixedRows {
    const double* numbers;      // n_rows x n_numbers
    const std::int32_t* codes;  // n_rows x n_categories: rows of the table of penalties, or -1
    const double* weights;      // n_rows, or null where each row weighs 1
    std::size_t n_rows, n_numbers, n_categories;
};

struct Prototypes {
    const double* means;      // n_clusters x n_numbers
    const double* penalties;  // n_levels x n_clusters: what a category costs with a prototype
    std::size_t n_clusters, n_levels;
};

struct MixedStep {
    std::vector<std::int32_t> labels;
    std::vector<double> nearest;  // each row's dissimilarity
    std::vector<double> sums;     // n_clusters x n_numbers
    std::vector<double> masses;   // n_clusters
    std::vector<double> counts;   // n_levels x n_clusters
};

// Labels all rows and adds up what they make. Null weights are ones. Arrays are the caller's,
// checked by the bindings.
MixedStep assign_mixed(const MixedRows& rows, const Prototypes& prototypes, int n_threads);

}  // namespace kwise
