// Predict: Euclidean distances from every row to every center. Called by bindings/measures.cpp.
//
// Up to 4 features they are roots of the canonical squared distances. With more, squares come from
//     |x - c|^2 = (|x|^2 + |c|^2) - 2 x.c
// in float64, in one fixed order, with half the operations. Of float32 rows and centers all
// products are exact in float64, so that fused operations round as others do; those of float64
// values are never fused. With u = 2^-53 and d features the sum is off by at most
//     g (|x|^2 + |c|^2),  g = (1.2 d + 20) u,
// or, with products added up in blocks of 32, g = (d / 32 + d / 8 + 60) u: Higham's bounds for the
// norms, added up in 8 lanes, and for the product. Distances whose square is not certainly right to
// `tolerance` of itself (rows close to a center, data far from the origin) are roots of canonical
// squared distances instead: a row on its center has distance 0. Which they are depends on the row
// and the center alone.
#pragma once

#include <cstdint>

#include "kwise/data/row_access.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace kwise {

// Largest relative errors of squares by expansion: those of roots are half as large.
constexpr double float_tolerance = 0x1p-24, double_tolerance = 0x1p-39;

// Writes n_rows * n_centers distances, row by row, rounded to T. The centers are values of T. False
// where values may not be finite: a row's squared norm or a center is not.
template <class T>
bool distances(const RowView<T>& rows, const ExactCenters& centers, int n_threads, T* out);

// Of every row the distance to the center of its label, and to the nearest other one (the lowest of
// equals), of which there must be one. False as above.
template <class T>
bool own_and_next(const RowView<T>& rows, const ExactCenters& centers, const std::int32_t* labels,
                  int n_threads, T* own, T* next, std::int32_t* which);

}  // namespace kwise
