// Centers as bytes, and by how much scores must differ.
#include "kwise/filters/int8_filter.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "kwise/dispatch/policy.hpp"

namespace kwise {

bool Int8Filter::pack(const ExactCenters& centers, std::size_t n_features,
                      const FilterTransform& transform) {
    const std::size_t k = centers.n_centers, d = n_features;
    const auto value_of = [&](std::size_t c, std::size_t i) {
        return centers.row(c)[i] - (transform.offset.empty() ? 0.0 : transform.offset[i]);
    };
    double peak = 0.0;
    for (std::size_t c = 0; c < k; ++c) {
        for (std::size_t i = 0; i < d; ++i) peak = std::max(peak, std::fabs(value_of(c, i)));
    }
    if (!(peak >= 0x1p-40 && peak <= 0x1p40 && centers.are_finite())) return false;
    const double factor = peak / 127.0;
    constants_.resize(k);
    by_tiles_ = kernels().label_int8_by_tiles != nullptr && int8_tiles_pay(d, k);
    // Of whole tiles, of 64 features, or of words.
    set_blocks(k, by_tiles_ ? (d + 63) / 64 * 16 : (d + 3) / 4);
    std::vector<std::uint8_t> bytes(4 * n_words_, 128);
    double largest = 0.0, lost = 0.0;
    for (std::size_t c = 0; c < k; ++c) {
        double square = 0.0, error = 0.0;
        for (std::size_t i = 0; i < d; ++i) {
            const double value = value_of(c, i), rounded = std::nearbyint(value / factor);
            bytes[i] = static_cast<std::uint8_t>(static_cast<int>(rounded) + 128);
            square += value * value;
            error += (value - rounded * factor) * (value - rounded * factor);
        }
        constants_[c] = static_cast<float>(-0.5 * square / factor);
        largest = std::max(largest, square);
        lost = std::max(lost, error);
        for (std::size_t w = 0; w < n_words_; ++w) {
            std::memcpy(words_.data() + places_[c].first + w * places_[c].width,
                        bytes.data() + 4 * w, sizeof(std::int32_t));
        }
    }
    const double norm = std::sqrt(largest), rounding = std::sqrt(lost);
    const auto bits = static_cast<std::int32_t>(std::bit_ceil(k)) - 1;
    // Twice the error of a score, in units of both factors; 1.01 covers the roundings here and of
    // the gap. What does not hang on the row: half a unit a feature, that of a constant, and what
    // its number takes from a score. Then what norm / factor, 1 / factor and norm^2 / factor weigh:
    // rounding of centers and float32 roundings of rows; of constants; of canonical distances.
    const double half = 0.5 * (1.0 + 0x1p-10) * std::sqrt(static_cast<double>(d));
    const double gap = 2.02 * (half * (norm + rounding) / factor + bits + 3.0);
    const double gap_of_norm = 2.02 * (rounding + 0x1p-20 * norm) / factor;
    const double gap_of_unit = 2.02 * 0x1p-20 * largest / factor;
    const double gap_of_square = 2.02 * 0x1p-36 / factor;
    const double least_factor = largest / (2.0 * factor) * 0x1p-29;
    view_ = {words_.data(),
             n_words_,
             constants_.data(),
             sizes_.data(),
             sizes_.size(),
             k,
             bits,
             static_cast<float>(std::max(least_factor, 0x1p-60)),
             static_cast<float>(gap),
             static_cast<float>(gap_of_norm),
             static_cast<float>(gap_of_unit),
             static_cast<float>(gap_of_square)};
    return true;
}

// Blocks of as many centers as kernels take at once, which differ by one at most.
void Int8Filter::set_blocks(std::size_t n_centers, std::size_t n_words) {
    const std::size_t limit = kernels().block_limit, n_blocks = (n_centers + limit - 1) / limit;
    n_words_ = n_words;
    words_ = Buffer<std::int32_t>(n_centers * n_words);
    sizes_.clear();
    places_.clear();
    for (std::size_t b = 0, begin = 0; b < n_blocks; ++b) {
        const std::size_t end = (b + 1) * n_centers / n_blocks;
        sizes_.push_back(static_cast<std::uint8_t>(end - begin));
        for (std::size_t c = begin; c < end; ++c) {
            places_.push_back(by_tiles_ ? Place{c * n_words, 1}
                                        : Place{begin * n_words + c - begin, end - begin});
        }
        begin = end;
    }
}

}  // namespace kwise
