// Looks for the nearest centers of listed rows, from the cheapest filter to finer ones: scaled
// int16, then float32 for the rows that it leaves uncertain; or float32 at once, of rows as they
// are. What is undecided then is decided by filters/certified_filter.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/data/dense_points.hpp"
#include "kwise/data/scaled_int16_rows.hpp"
#include "kwise/filters/certified_filter.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {

// The centers of one assignment as the filters want them; `row_major` is null unless rows are read
// row-major, `scaled_int16` where it does not pay.
struct Filters {
    const FilterCenters<float>* row_major;
    const ScaledInt16Filter* scaled_int16;
    LazyFilter<float>* float32;
};

// Where a scan writes, by place after row `first`, which begins a panel.
struct ScanTarget {
    std::size_t first;
    std::int32_t* labels;
    float* margins;  // null: not kept; see bounds/hamerly.hpp
    const float* drift;
    std::vector<std::uint32_t>* undecided;  // by row of the data
};

template <class T>
class RowScanner {
  public:
    explicit RowScanner(const DensePoints<T>& points);
    // Labels n rows, listed by place after target.first, as far as filters can; the others go to
    // target.undecided. The list is filled up to whole panels and needs room for that.
    void scan(std::uint32_t* rows, std::size_t n, const Filters& filters, const ScanTarget& target);
    // The same in float32, of those of n_seen rows that scaled int16 left uncertain.
    void scan_again(std::vector<std::uint32_t>& rows, std::size_t n_seen,
                    LazyFilter<float>* float32, const ScanTarget& target);
    // Rows that the scaled int16 filter saw, and those that it left uncertain, since the last call.
    void take_counts(std::size_t& n_seen, std::size_t& n_uncertain);

  private:
    void scan_row_major(const std::uint32_t* rows, std::size_t n,
                        const FilterCenters<float>& filter, const ScanTarget& target);
    void scan_scaled_int16(const std::uint32_t* rows, std::size_t n,
                           const ScaledInt16Filter& filter, const ScanTarget& target);
    void scan_float32(const std::uint32_t* rows, std::size_t count,
                      const FilterCenters<float>& filter, const ScanTarget& target);
    void write(const std::uint32_t* rows, std::size_t count, const ScanTarget& target);

    const DensePoints<T>& points_;
    Buffer<std::int32_t> words_;
    Buffer<float> panel_, kept_;
    std::vector<std::uint32_t> uncertain_, again_;
    std::size_t n_seen_ = 0, n_uncertain_ = 0;
    // Of the panel in hand. Rows that it lacks are looked up like others, so these hold valid
    // numbers from the start.
    float factors_[panel_rows] = {}, norms_[panel_rows] = {}, best_[panel_rows] = {},
          second_[panel_rows] = {}, margins_[panel_rows] = {};
    std::int32_t index_[panel_rows] = {};
    std::uint32_t bits_ = 0;
};

}  // namespace kwise
