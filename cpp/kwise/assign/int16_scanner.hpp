// Assign: the scanner of int16 rows with one scale, for some features. Where centers lie too far
// out for 16 bits, or too much is left uncertain, it serves no more. Called by
// assign/dense_assignment.cpp.
#pragma once

#include <cstddef>

#include "kwise/assign/scanner.hpp"
#include "kwise/data/filter_transform.hpp"
#include "kwise/data/int16_rows.hpp"
#include "kwise/filters/int16_filter.hpp"

namespace kwise {

class Int16Scanner : public Scanner {
  public:
    // The rows and their transform must outlive it. So many rows in all.
    Int16Scanner(const Int16Rows& rows, const FilterTransform& transform, std::size_t n_rows,
                 int n_threads);
    ~Int16Scanner() override;

    bool prepare(const AssignmentStep& step) override;
    bool scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) override;
    void adapt(std::size_t n_scanned) override;

  private:
    struct Scratch;
    void scan_in_place(std::size_t n_rows, Scratch& scratch, const ScanTarget& target) const;
    void scan_active(const ActiveRows& rows, Scratch& scratch, const ScanTarget& target) const;

    const Int16Rows& rows_;
    const FilterTransform& transform_;
    std::size_t n_rows_;
    // Once false, for the rest of the run.
    bool serves_ = true;
    Int16Filter filter_;
    ScratchOf<Scratch> scratch_;
};

}  // namespace kwise
