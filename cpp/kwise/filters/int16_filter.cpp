#include "kwise/filters/int16_filter.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kwise {
namespace {

// Norm of a center: with rows up to 30,000 no sum then reaches 2^31: half squares and product are
// at most (30,000^2 + 32,000^2) / 2 + 30,000 * 32,000.
constexpr double largest_center = 32000.0;

}  // namespace

// Centers in blocks of nearly equal size, as FilterCenters packs them; words are negative, so that
// adding products takes them off the half square. Nothing is promised of the filter where it
// returns false.
bool Int16Filter::pack(const ExactCenters& centers, const Int16Rows& rows,
                       const FilterTransform& transform) {
    const Int16Quantizer& units = rows.quantizer();
    const std::size_t k = centers.n_centers, d = units.n_features(), limit = kernels().block_limit;
    const std::size_t n_blocks = (k + limit - 1) / limit;
    sizes_.resize(n_blocks);
    constants_.resize(k);
    words_.resize(k * units.n_pairs());
    rounded_.assign(2 * units.n_pairs(), 0);
    double worst = 0.0;
    std::int32_t* center_block = words_.data();
    for (std::size_t b = 0, c = 0; b < n_blocks; ++b) {
        const std::size_t size = (b + 1) * k / n_blocks - b * k / n_blocks;
        sizes_[b] = static_cast<std::uint8_t>(size);
        for (std::size_t s = 0; s < size; ++s, ++c) {
            double error = 0.0, square = 0.0;
            for (std::size_t i = 0; i < d; ++i) {
                // Centers are in data units; the quantizer's are those of the transformed data.
                const double exact = units.in_units(centers.row(c)[i] * transform.scale, i);
                const double rounded = std::nearbyint(exact);
                // Also where a coordinate is no number.
                if (!(std::fabs(rounded) <= largest_center)) return false;
                error += (exact - rounded) * (exact - rounded);
                square += rounded * rounded;
                rounded_[i] = static_cast<std::int16_t>(-rounded);
            }
            if (!(square <= largest_center * largest_center)) return false;
            worst = std::max(worst, error);
            // Rounded down where the square is odd.
            constants_[c] = static_cast<std::int32_t>(square / 2.0);
            // As unsigned halves, or the sign of the first would fill the second.
            for (std::size_t pair = 0; pair < units.n_pairs(); ++pair) {
                center_block[pair * size + s] =
                    static_cast<std::int32_t>(static_cast<std::uint16_t>(rounded_[2 * pair])) |
                    static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint16_t>(
                                                  rounded_[2 * pair + 1]))
                                              << 16);
            }
        }
        center_block += size * units.n_pairs();
    }
    label_bits_ = static_cast<std::int32_t>(std::bit_ceil(k)) - 1;
    // Of a square, which is twice a score: its last bits, which may be off either way, and the
    // halves of two squares, rounded down.
    error_ = 2.0f * static_cast<float>(label_bits_ + 1) + 4.0f;
    // Row and center may each be off by their residual, on the near side and on the far one.
    gap_ = static_cast<float>(2.0 * (rows.residual() + std::sqrt(worst) + 1e-3));
    // Rounded down, so that margins stay lower bounds.
    to_transformed_ = static_cast<float>(1.0 / units.unit_of_transform()) * (1.0f - 0x1p-22f);
    return true;
}

}  // namespace kwise
