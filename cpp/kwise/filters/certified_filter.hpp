// Filters: labels that are certainly right: a fast score with a proven error band decides almost
// every row, and the few that it cannot decide are decided by the canonical distance. Called by
// filters/, bounds/, seeding/, sparse/, assign/ and predict/.
//
// The label of a row is by definition the index of the smallest canonical squared distance
// (float64 sum of squared differences in a fixed order, see canonical_row), the lowest on ties.
// The filter computes instead, in float32 (or float64),
//     score(x, c) = |c|^2 - 2 x.c  =  |x - c|^2 - |x|^2.
// With u the unit roundoff and d features, the computed score differs from the true one by at
// most e(x, c) = g (|c|^2 + 2 |x||c|), g = (d + 16) u: Higham's bound for a sum of d products,
// plus the roundings of x, of c, of the constant and of the comparisons. Where each lane of a
// vector adds up its own share of the products and the lanes' sums are folded in halves then, no
// product takes part in more than (d / lanes + 16) roundings, and g is as much smaller. The band is
// folded into the score: the constant is |c|^2 (1 - g), and one more feature, the row's norm, has
// the coefficient -2 g |c|. So the filter ranks *lower bounds*, for each center its own, and the
// smallest one is certainly the nearest center when the second smallest exceeds
//     smallest + 2 e(x, c of the smallest).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <type_traits>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/data/filter_transform.hpp"
#include "kwise/dispatch/kernels.hpp"
#include "kwise/exact/exact_centers.hpp"

namespace kwise {

// Centers packed for the filter in float32 or float64, with the bands. Pack in one of the two forms
// before reading it; views are valid until the next pack. Constant once packed, so that threads
// share it.
template <class F>
class FilterCenters {
  public:
    // n_features + 1 coefficients a center are read by kernels: the norm is the last feature.
    void pack(const ExactCenters& centers, std::size_t n_features,
              const FilterTransform& transform);
    // As pack(), for up to most_numbered centers whose numbers take the last bits of scores.
    void pack_numbered(const ExactCenters& centers, std::size_t n_features,
                       const FilterTransform& transform);
    // One after the other, for row-major rows.
    void pack_row_major(const ExactCenters& centers, std::size_t n_features,
                        const FilterTransform& transform);
    std::size_t n_centers() const { return band_constant_.size(); }
    // Templates, since clang 14 makes these for float64 too where they are not.
    template <class Float32 = F>
        requires std::is_same_v<Float32, float>
    RowMajorCenters row_major() const {
        return {rows_.data() + rows_start, rows_.size() / n_centers(), n_centers()};
    }
    PackedCenters<F> packed() const { return {values_.data(), sizes_.data(), sizes_.size()}; }
    // After pack_numbered().
    template <class Float32 = F>
        requires std::is_same_v<Float32, float>
    NumberedCenters numbered() const {
        return {packed(),  rows_.data(), n_centers(),         number_bits_,
                constant_, slope_,       constant_of_square_, slope_of_square_};
    }
    // Twice the error band of center c for a row of norm |x| is constant[c] + slope[c] |x|.
    const F* band_constant() const { return band_constant_.data(); }
    const F* band_slope() const { return band_slope_.data(); }
    template <class Float32 = F>
        requires std::is_same_v<Float32, float>
    Bands bands() const {
        return {band_constant(), band_slope(), largest_constant_, largest_slope_};
    }

  private:
    // The s-th of a block of `width` centers. `n_added`: products added up one after the other,
    // which the error grows with.
    void pack_center(const double* center, std::size_t n_features, const FilterTransform& transform,
                     std::size_t c, F* center_block, std::size_t s, std::size_t width,
                     std::size_t n_added);
    void find_largest();

    static constexpr std::size_t rows_start = 16;  // keeps coefficients aligned
    Buffer<F> rows_;
    std::vector<F> values_, band_constant_, band_slope_;
    F largest_constant_ = 0, largest_slope_ = 0;
    double largest_square_ = 0.0;
    // Of numbered centers.
    std::int32_t number_bits_ = 0;
    F constant_ = 0, slope_ = 0, constant_of_square_ = 0, slope_of_square_ = 0;
    std::vector<std::uint8_t> sizes_;
};

// A filter that is packed by the first worker that needs it: most assignments need no finer one.
template <class F>
class LazyFilter {
  public:
    // Before each assignment, on one thread, while nobody reads.
    // The centers and the transform must outlive the use of the filter.
    void expect(const ExactCenters& centers, std::size_t n_features,
                const FilterTransform& transform) {
        centers_ = &centers;
        n_features_ = n_features;
        transform_ = &transform;
        ready_.store(false, std::memory_order_relaxed);
    }
    // Safe on several threads: one packs, the others wait for it.
    const FilterCenters<F>& get() {
        if (!ready_.load(std::memory_order_acquire)) {
            std::lock_guard<std::mutex> lock(mutex_);
            if (!ready_.load(std::memory_order_relaxed)) {
                filter_.pack(*centers_, n_features_, *transform_);
                ready_.store(true, std::memory_order_release);
            }
        }
        return filter_;
    }

  private:
    const ExactCenters* centers_ = nullptr;
    std::size_t n_features_ = 0;
    const FilterTransform* transform_ = nullptr;
    std::atomic<bool> ready_{false};
    std::mutex mutex_;
    FilterCenters<F> filter_;
};

}  // namespace kwise
