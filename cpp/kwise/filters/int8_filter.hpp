// Filters: rows and centers in int8, for labels alone. Called by filters/int8_labeling.
//
// Where a machine multiplies four pairs of bytes a lane (VNNI), half of the pairs that scaled int16
// takes. Every row is rounded to multiples of a factor of its own, all centers to those of one.
// With x = x' + xr and c = c' + cr,
//     |x.c - x'.c'| <= |xr||c| + |x'||cr|,
// where |xr| is at most half a factor times sqrt(d): about sqrt(d) / 250 |x||c| |largest value| /
// |usual value|. That decides most rows, and leaves the others a few candidates, which float32
// scores decide. Sums stay below 2^31 for up to 2^14 features: 128 * 255 * 2^14 < 2^29, and the
// least factor keeps constants below 2^29.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/data/filter_transform.hpp"
#include "kwise/dispatch/kernels.hpp"
#include "kwise/exact/exact_centers.hpp"

namespace kwise {

class Int8Filter {
  public:
    // False where int8 cannot hold the centers: then nothing is packed.
    bool pack(const ExactCenters& centers, std::size_t n_features,
              const FilterTransform& transform);
    Int8Centers packed() const { return view_; }
    // What labels a panel with these centers.
    auto label() const { return by_tiles_ ? kernels().label_int8_by_tiles : kernels().label_int8; }

  private:
    void set_blocks(std::size_t n_centers, std::size_t n_words);

    // Where the first word of a center lies, and how far its words are apart.
    struct Place {
        std::size_t first, width;
    };
    bool by_tiles_ = false;
    std::size_t n_words_ = 0;
    Buffer<std::int32_t> words_;
    std::vector<Place> places_;
    std::vector<float> constants_;
    std::vector<std::uint8_t> sizes_;
    Int8Centers view_{};
};

}  // namespace kwise
