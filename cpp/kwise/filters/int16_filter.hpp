// Filters: nearest centers of rows of few to some features in int16 (data/int16_rows.hpp): half the
// memory of float32, half the products, and no rounding. Called by assign/int16_scanner.hpp.
//
// With w and v the int16 numbers of a row and a center, |w - v|^2 = |w|^2 + |v|^2 - 2 w.v is exact
// but for the halves that are rounded down and for its last bits, which the center's number takes,
// so that ranking keeps it for nothing. In quantizer units the row is within the rows' residual of
// w and the center within its own of v; so a distance is known to their sum, and the nearest center
// is certain where the second is farther by twice that.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/data/int16_rows.hpp"
#include "kwise/dispatch/kernels.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace kwise {

class Int16Filter {
  public:
    // Takes these centers; false where one of them is too far from the rows for 16 bits. At least
    // two centers (simd/scan/int16_top2.inl). The rows' quantizer and residual are read, not the
    // rows.
    bool pack(const ExactCenters& centers, const Int16Rows& rows, const FilterTransform& transform);
    Int16Centers packed() const {
        return {words_.data(),     constants_.data(), sizes_.data(), sizes_.size(),
                constants_.size(), label_bits_,       error_,        gap_,
                to_transformed_};
    }

  private:
    std::vector<std::int32_t> words_, constants_;
    std::vector<std::uint8_t> sizes_;
    std::vector<std::int16_t> rounded_;
    std::int32_t label_bits_ = 0;
    float error_ = 0.0f, gap_ = 0.0f, to_transformed_ = 1.0f;
};

}  // namespace kwise
