// Filters: rows that a filter leaves undecided: the float64 filter, then canonical distances.
// Called by assign/dense_assignment.cpp and predict/predict_labels.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/filters/certified_filter.hpp"

namespace kwise {

// What one worker needs to decide rows; reused from chunk to chunk, so that nothing is allocated in
// an iteration's inner loops.
struct DecideScratch {
    explicit DecideScratch(std::size_t n_features);
    std::vector<double> row, panel;
    std::vector<std::uint32_t> undecided;
};

// Decides the rows listed in scratch.undecided (indices into the view) and writes their labels to
// labels[row - first_row]: first by the float64 filter, then by canonical distances. Empties the
// list. Safe on several threads, each with its scratch and its labels; the filter packs itself
// once.
template <class T>
void decide_rows(const RowView<T>& rows, const ExactCenters& centers,
                 LazyFilter<double>& fine_filter, const FilterTransform& transform,
                 std::size_t first_row, DecideScratch& scratch, std::int32_t* labels);

}  // namespace kwise
