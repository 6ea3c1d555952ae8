// Assign: a scanner that labels whole chunks in int8, from the rows as they lie, while so many rows
// change their labels that bounds would spare few: it keeps none. Called by
// assign/dense_assignment.cpp.
#pragma once

#include <vector>

#include "kwise/assign/scaled_int16_scanner.hpp"
#include "kwise/assign/scanner.hpp"
#include "kwise/data/dense_points.hpp"
#include "kwise/filters/int8_labeling.hpp"

namespace kwise {

template <class T>
class Int8Scanner : public Scanner {
  public:
    // Both must outlive it.
    Int8Scanner(const DensePoints<T>& points, ScaledInt16Scanner<T>& next, int n_threads);
    ~Int8Scanner() override;

    bool prepare(const AssignmentStep& step) override;
    bool scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) override;
    void adapt(std::size_t n_scanned) override;

  private:
    struct Scratch;

    const DensePoints<T>& points_;
    // Asked to scan what int8 tells too little of.
    ScaledInt16Scanner<T>& next_;
    Int8Labeling<T> labeling_;
    std::size_t cooldown_ = 0;  // assignments for which it stays out
    ScratchOf<Scratch> scratch_;
};

}  // namespace kwise
