// Assign: the scanner of rows as they lie in the caller's array, for few centers, which are dear to
// pack rows for (docs/decisions/row-major.md). Called by assign/dense_assignment.cpp.
#pragma once

#include <cstddef>

#include "kwise/assign/scanner.hpp"
#include "kwise/data/dense_points.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace kwise {

template <class T>
class RowMajorScanner : public Scanner {
  public:
    // The points must outlive it, and be row-major for so many centers (DensePoints::is_row_major).
    RowMajorScanner(const DensePoints<T>& points, int n_threads);
    ~RowMajorScanner() override;

    bool prepare(const AssignmentStep& step) override;
    bool scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) override;

  private:
    struct Scratch;

    const DensePoints<T>& points_;
    // Packed for every assignment: centers are few.
    FilterCenters<float> filter_;
    ScratchOf<Scratch> scratch_;
};

}  // namespace kwise
