// Assign: the scanner of float32 panels, which serves always: of whole chunks in place where panels
// are packed, else of active rows gathered. Others hand it what they are not sure of. Called by
// assign/dense_assignment.cpp and assign/scaled_int16_scanner.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kwise/assign/scanner.hpp"
#include "kwise/data/dense_points.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace kwise {

template <class T>
class Float32Scanner : public Scanner {
  public:
    // `in_panels`: packs all rows when first asked to prepare; otherwise rows are only gathered.
    Float32Scanner(const DensePoints<T>& points, bool in_panels, int n_threads);
    ~Float32Scanner() override;

    bool prepare(const AssignmentStep& step) override;
    bool scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) override;
    // The listed rows alone, gathered. prepare() must have been called for these centers.
    void scan_listed(std::size_t worker, const std::uint32_t* places, std::size_t n,
                     const ScanTarget& target);

  private:
    struct Scratch;
    Scratch& scratch_of(std::size_t worker);
    void scan_in_place(std::size_t n_rows, Scratch& scratch, const ScanTarget& target);
    void scan_gathered(const std::uint32_t* places, std::size_t count, Scratch& scratch,
                       const ScanTarget& target);

    const DensePoints<T>& points_;
    bool in_panels_;
    int n_threads_;
    // Packed by the first thread that has a row for it.
    LazyFilter<float> filter_;
    ScratchOf<Scratch> scratch_;
};

}  // namespace kwise
