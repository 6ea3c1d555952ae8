// Filters: the filter past rows in scaled int16 (data/scaled_int16_rows.hpp). Called by bounds/,
// assign/ and predict/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/data/scaled_int16_rows.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace kwise {

// Centers rounded for the scaled int16 filter, with the bands.
class ScaledInt16Filter {
  public:
    // In the given order, if any. See the definition for worst_ratio; the order has n_centers
    // entries.
    void pack(const ExactCenters& centers, std::size_t n_features, const FilterTransform& transform,
              double worst_ratio, const std::uint32_t* order = nullptr);
    ScaledInt16Centers packed() const {
        return {words_.data(),
                n_words_,
                {score_factor_.data(), score_slope_.data(), score_constant_.data()},
                sizes_.data(),
                sizes_.size()};
    }
    // The int16 numbers of the last center, followed by zeros.
    const std::vector<std::int16_t>& last() const { return rounded_; }
    // Twice the error of a score for a row of norm |x| is constant + slope |x|, for each center by
    // place.
    Bands bands() const {
        return {band_constant_.data(), band_slope_.data(), largest_constant_, largest_slope_};
    }

  private:
    // Blocks of as many centers as kernels take at once.
    void set_blocks(std::size_t n_centers);
    void pack_center(const double* center, std::size_t n_features, const FilterTransform& transform,
                     double worst_ratio, std::size_t c);

    std::size_t n_words_ = 0;
    Buffer<std::int32_t> words_;
    std::vector<std::uint8_t> sizes_;
    std::vector<float> score_factor_, score_slope_, score_constant_;
    std::vector<float> band_constant_, band_slope_;
    // The center in hand, as the filter sees it; then its int16 numbers.
    std::vector<double> transformed_;
    std::vector<std::int16_t> rounded_;
    float largest_constant_ = 0, largest_slope_ = 0;
};

}  // namespace kwise
