// Assign: the scanner of int16 rows with a scale each, for many features; what it is not sure of
// goes on to float32. Where that is most rows it cools down for some assignments. Called by
// assign/dense_assignment.cpp and assign/yinyang_scanner.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/assign/float32_scanner.hpp"
#include "kwise/assign/scanner.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {

template <class T>
class ScaledInt16Scanner : public Scanner {
  public:
    // Both must outlive it.
    ScaledInt16Scanner(const DensePoints<T>& points, Float32Scanner<T>& next, int n_threads);
    ~ScaledInt16Scanner() override;

    bool prepare(const AssignmentStep& step) override;
    bool scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) override;
    void adapt(std::size_t n_scanned) override;

    bool cools_down() const { return cooldown_ > 0; }
    // What follows a scan of n_seen rows in scaled int16, by this scanner or by Yinyang groups: the
    // listed rows, which it left uncertain, in float32.
    void scan_again(std::size_t worker, const std::vector<std::uint32_t>& uncertain,
                    std::size_t n_seen, const ScanTarget& target);

  private:
    struct Scratch;
    Scratch& scratch_of(std::size_t worker);

    const DensePoints<T>& points_;
    // Asked to scan what is uncertain here.
    Float32Scanner<T>& next_;
    ScaledInt16Filter filter_;
    std::size_t cooldown_ = 0;  // assignments for which it stays out
    ScratchOf<Scratch> scratch_;
};

}  // namespace kwise
