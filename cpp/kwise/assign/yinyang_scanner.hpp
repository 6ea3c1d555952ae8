// Assign: the scanner of scaled int16 rows by Yinyang groups of centers, where scans are dear and
// few rows move; what it is not sure of goes the way of scaled int16. Where most groups are active
// for most rows it cools down for some assignments. Called by assign/dense_assignment.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kwise/assign/scaled_int16_scanner.hpp"
#include "kwise/assign/scanner.hpp"
#include "kwise/assign/yinyang_scan.hpp"
#include "kwise/bounds/yinyang.hpp"

namespace kwise {

template <class T>
class YinyangScanner : public Scanner {
  public:
    // All must outlive it.
    YinyangScanner(const DensePoints<T>& points, ScaledInt16Scanner<T>& scaled_int16,
                   Float32Scanner<T>& float32, std::size_t n_centers, int n_threads);

    bool prepare(const AssignmentStep& step) override;
    bool scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) override;
    void adapt(std::size_t n_scanned) override;
    void centers_moved(const std::vector<double>& shifts, double scale) override;

  private:
    struct Scratch {
        Scratch(const ScaledInt16Rows& rows, std::size_t n_features, std::size_t n_groups)
            : scan(rows, n_features, n_groups) {}
        // Its memory and counts, kept from chunk to chunk.
        YinyangScan scan;
        std::vector<std::uint32_t> uncertain;
    };

    const DensePoints<T>& points_;
    ScaledInt16Scanner<T>& scaled_int16_;
    Float32Scanner<T>& float32_;
    std::size_t n_centers_;
    std::size_t cooldown_ = 0;               // assignments for which it stays out
    std::unique_ptr<YinyangBounds> bounds_;  // or null: not now
    // By thread; visited between assignments for its counts.
    ScratchOf<Scratch> scratch_;
};

}  // namespace kwise
