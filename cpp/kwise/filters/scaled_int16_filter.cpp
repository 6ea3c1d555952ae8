// Centers rounded as rows are, and a slope that covers what both lost.
#include "kwise/filters/scaled_int16_filter.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kwise/base/lanes.hpp"

namespace kwise {
namespace {

// float32 roundings of a score, relative to |c|^2 + 2 |x||c|: eight at most, counted double.
constexpr double score_error = 0x1p-20;
// What underflow can take from a score.
constexpr double least_score = 0x1p-140;
// Scores stay numbers: a center beyond float32 is far away.
constexpr double most = 3e38;

}  // namespace

// `worst_ratio` bounds |rounding error| / |row| of all rows that will be ranked; rows beyond it
// must be left out by the caller. With an order, place c holds center order[c], and everything that
// the filter tells is by place.
void ScaledInt16Filter::pack(const ExactCenters& centers, std::size_t n_features,
                             const FilterTransform& transform, double worst_ratio,
                             const std::uint32_t* order) {
    const std::size_t k = centers.n_centers;
    n_words_ = int16_words(n_features);
    // A multiple of 8, so that the loops over lanes have no rest; what is past the features stays
    // 0.
    transformed_.assign((2 * n_words_ + n_lanes - 1) / n_lanes * n_lanes, 0.0);
    rounded_.resize(transformed_.size());
    band_constant_.resize(k);
    band_slope_.resize(k);
    set_blocks(k);
    std::int32_t* center_block = words_.data();
    std::size_t c = 0;
    for (const std::size_t size : sizes_) {
        for (std::size_t s = 0; s < size; ++s, ++c) {
            pack_center(centers.row(order == nullptr ? c : order[c]), n_features, transform,
                        worst_ratio, c);
            // Two features a word, as rows are stored.
            for (std::size_t w = 0; w < n_words_; ++w) {
                std::memcpy(center_block + w * size + s, rounded_.data() + 2 * w,
                            sizeof(std::int32_t));
            }
        }
        center_block += size * n_words_;
    }
    largest_constant_ = *std::max_element(band_constant_.begin(), band_constant_.end());
    largest_slope_ = *std::max_element(band_slope_.begin(), band_slope_.end());
}

// Sizes differ by one at most, so that no block is nearly empty.
void ScaledInt16Filter::set_blocks(std::size_t n_centers) {
    const std::size_t limit = kernels().block_limit, n_blocks = (n_centers + limit - 1) / limit;
    sizes_.resize(n_blocks);
    for (std::size_t b = 0; b < n_blocks; ++b) {
        sizes_[b] =
            static_cast<std::uint8_t>((b + 1) * n_centers / n_blocks - b * n_centers / n_blocks);
    }
    // The memory stays while its size does.
    const std::size_t n = n_centers * n_words_;
    if (words_.size() != n) words_ = Buffer<std::int32_t>(n);
    score_factor_.resize(n_centers);
    score_slope_.resize(n_centers);
    score_constant_.resize(n_centers);
}

// One center: its int16 numbers to rounded_, and what its scores and bands are made of. With x = x'
// + xr and c = c' + cr the kernel's score -2 factor factor' (sum of products) is -2 x'.c' up to
// float32 roundings; the slope takes off what separates that from -2 x.c
// (data/scaled_int16_rows.hpp has the inequality).
void ScaledInt16Filter::pack_center(const double* center, std::size_t n_features,
                                    const FilterTransform& transform, double worst_ratio,
                                    std::size_t c) {
    for (std::size_t i = 0; i < n_features; ++i) transformed_[i] = center[i] * transform.scale;
    for (std::size_t i = 0; i < transform.offset.size(); ++i) {
        transformed_[i] = (center[i] - transform.offset[i]) * transform.scale;
    }
    double squares[n_lanes] = {}, peaks[n_lanes] = {}, errors[n_lanes] = {};
    for (std::size_t i = 0; i < transformed_.size(); i += n_lanes) {
        for (std::size_t l = 0; l < n_lanes; ++l) {
            const double value = transformed_[i + l], size = std::fabs(value);
            squares[l] += value * value;
            peaks[l] = peaks[l] < size ? size : peaks[l];
        }
    }
    // In lanes, for speed; the order does not matter, since what is computed is rounded the safe
    // way.
    const double square = add_lanes(squares);
    const double peak = *std::max_element(peaks, peaks + n_lanes), norm = std::sqrt(square);
    double factor = std::max(norm / int16_norm_limit(n_features), peak / 32766.0);
    // A center that float32 cannot hold is left at zero; its rounding error is all of it.
    const bool fits = factor >= 0x1p-100 && factor <= 0x1p60;
    // Rounded to float32 before anything is divided by it: the kernel multiplies by the float32
    // number.
    factor = static_cast<double>(static_cast<float>(fits ? factor * (1.0 + 0x1p-22) : 1.0));
    // Adding and subtracting this rounds to integers.
    constexpr double rounder = 0x1.8p52;
    const double inverse = fits ? 1.0 / factor : 0.0;
    for (std::size_t i = 0; i < transformed_.size(); i += n_lanes) {
        for (std::size_t l = 0; l < n_lanes; ++l) {
            const double rounded = (transformed_[i + l] * inverse + rounder) - rounder;
            // Measured against what the kernel stands for, rounded * factor, so that the error is
            // the true one.
            const double error = transformed_[i + l] - rounded * factor;
            errors[l] += error * error;
            rounded_[i + l] = static_cast<std::int16_t>(static_cast<std::int32_t>(rounded));
        }
    }
    const double lost = std::sqrt(add_lanes(errors));
    // Twice the bound of |x.c - x'.c'|, for |x| = 1; all roundings go the safe way.
    const double slope =
        2.0 * (norm * (worst_ratio + score_error) + lost * (1.0 + worst_ratio)) * (1.0 + 0x1p-20);
    // Cut to what float32 holds (see `most`).
    score_factor_[c] = static_cast<float>(-2.0 * factor);
    score_slope_[c] = static_cast<float>(-std::min(slope, most));
    score_constant_[c] =
        static_cast<float>(std::min(square * (1.0 - score_error), most) - least_score);
    band_constant_[c] = static_cast<float>(2.0 * (score_error * square + least_score) * 1.01);
    band_slope_[c] = static_cast<float>(2.0 * slope * 1.01);
}

}  // namespace kwise
