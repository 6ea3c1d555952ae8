// Centers as lower bounds of scores, and the bands that are added to the best one's: the proof is
// in the header's head.
#include "kwise/filters/certified_filter.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace kwise {
namespace {

// Scores of centers this far out may overflow, and what is not a number ranks nowhere: such a
// center is below all others for certain, and all rows go on to whoever can tell how far it is.
// Rows are below 2^56 times the root of the features, as filters see them.
template <class F>
constexpr double farthest = sizeof(F) == sizeof(float) ? 0x1p60 : 0x1p500;

}  // namespace

// Writes one center's constant, coefficients and norm coefficient to column s of a block whose rows
// are `width` wide, and its band. All are computed in float64 and rounded to F last; 1.05 and 1.01
// cover these roundings and those of the norms. See the head of the header for g.
template <class F>
void FilterCenters<F>::pack_center(const double* center, std::size_t n_features,
                                   const FilterTransform& transform, std::size_t c, F* center_block,
                                   std::size_t s, std::size_t width, std::size_t n_added) {
    const double u = std::numeric_limits<F>::epsilon() / 2;
    const double g = 1.05 * static_cast<double>(n_added + 16) * u;
    // What underflow can take from the products, and from the coefficients.
    const double tiny = std::numeric_limits<F>::denorm_min() * static_cast<double>(n_features + 16);
    double square = 0.0;
    for (std::size_t i = 0; i < n_features; ++i) {
        const double offset = transform.offset.empty() ? 0.0 : transform.offset[i];
        const double v = (center[i] - offset) * transform.scale;
        // As rows are: the same transform, or scores would compare different things.
        square += v * v;
        center_block[(i + 1) * width + s] = static_cast<F>(-2.0 * v);
    }
    const double norm = std::sqrt(square);
    largest_square_ = std::max(largest_square_, square);
    if (!(norm < farthest<F>)) {
        const F infinity = std::numeric_limits<F>::infinity();
        for (std::size_t i = 0; i <= n_features; ++i) center_block[(i + 1) * width + s] = F(0);
        center_block[s] = -infinity;
        band_constant_[c] = infinity;
        band_slope_[c] = F(0);
        return;
    }
    // Rounded down: the constant and the norm's coefficient take the band off the score, so that it
    // is a lower bound.
    center_block[s] = static_cast<F>(square * (1.0 - g) - tiny);
    center_block[(n_features + 1) * width + s] =
        static_cast<F>(-2.0 * g * norm * (1.0 + 4 * u) - tiny);
    // Twice the band, rounded up: certify() adds it to the lower bound of the best score to get an
    // upper one.
    band_constant_[c] = static_cast<F>(2.0 * g * square * 1.01 + 4.0 * tiny);
    band_slope_[c] = static_cast<F>(4.0 * g * norm * 1.01 + 4.0 * tiny);
}

// For certify()'s first try, one band for all centers.
template <class F>
void FilterCenters<F>::find_largest() {
    largest_constant_ = *std::max_element(band_constant_.begin(), band_constant_.end());
    largest_slope_ = *std::max_element(band_slope_.begin(), band_slope_.end());
}

// Memory is reused while the number of centers stays.
template <class F>
void FilterCenters<F>::pack(const ExactCenters& centers, std::size_t n_features,
                            const FilterTransform& transform) {
    const std::size_t k = centers.n_centers, limit = kernels().block_limit;
    const std::size_t n_blocks = (k + limit - 1) / limit;
    sizes_.resize(n_blocks);
    values_.resize(k * (n_features + 2));
    band_constant_.resize(k);
    band_slope_.resize(k);
    largest_square_ = 0.0;
    F* center_block = values_.data();
    for (std::size_t b = 0, c0 = 0; b < n_blocks; ++b) {
        // Sizes differ by one at most, so that no block is nearly empty.
        const std::size_t size = (b + 1) * k / n_blocks - b * k / n_blocks;
        sizes_[b] = static_cast<std::uint8_t>(size);
        for (std::size_t s = 0; s < size; ++s) {
            pack_center(centers.row(c0 + s), n_features, transform, c0 + s, center_block, s, size,
                        n_features);
        }
        center_block += size * (n_features + 2);
        c0 += size;
    }
    find_largest();
}

// Without the norm's coefficient a score is off by e of the header, and its constant by g |c|^2 and
// what underflow takes: twice that of the largest center, for two scores. A number changes a score,
// of at most |c|^2 + 2 |x||c|, by less than its last 2^bits units.
template <class F>
void FilterCenters<F>::pack_numbered(const ExactCenters& centers, std::size_t n_features,
                                     const FilterTransform& transform) {
    pack(centers, n_features, transform);
    number_bits_ = static_cast<std::int32_t>(std::bit_ceil(n_centers())) - 1;
    const double unit = (number_bits_ + 1.0) * std::numeric_limits<F>::epsilon();
    const double norm = std::sqrt(largest_square_);
    const double constant = 2.02 * largest_constant_ + 2.05 * unit * largest_square_;
    const double slope = 1.01 * largest_slope_ + 4.1 * unit * norm;
    constant_ = static_cast<F>(constant);
    slope_ = static_cast<F>(slope);
    // |x| <= (|x|^2 / m + m) / 2 for any m, which spares the root; about the size of most rows. The
    // last term is what canonical distances may round by, doubled.
    const double m = std::max(norm, 0x1p-30);
    constant_of_square_ = static_cast<F>(constant + 0.505 * slope * m);
    slope_of_square_ = static_cast<F>(0.505 * slope / m + 0x1p-35);
    if (n_features > short_features) return;
    const std::size_t stride = n_features + 2;
    rows_ = Buffer<F>(centers.n_centers * stride);
    for (std::size_t c = 0; c < centers.n_centers; ++c) {
        pack_center(centers.row(c), n_features, transform, c, rows_.data() + c * stride, 0, 1,
                    n_features);
    }
}

// One center after the other, each in whole lines: rows_start keeps the coefficients aligned behind
// the constant; zeros past the norm's coefficient let kernels multiply whole vectors.
template <class F>
void FilterCenters<F>::pack_row_major(const ExactCenters& centers, std::size_t n_features,
                                      const FilterTransform& transform) {
    const std::size_t k = centers.n_centers;
    const std::size_t stride = row_major_stride(n_features);
    // By lanes first: each lane adds up its share of the products, and so fewer roundings meet in
    // one sum than with panels.
    const std::size_t lanes = kernels().row_major_lanes, n_added = (n_features + lanes - 1) / lanes;
    if (rows_.size() != k * stride) rows_ = Buffer<F>(k * stride);
    std::fill(rows_.data(), rows_.data() + rows_.size(), F(0));
    band_constant_.resize(k);
    band_slope_.resize(k);
    for (std::size_t c = 0; c < k; ++c) {
        // The constant stands just before the coefficients.
        F* const row = rows_.data() + c * stride + rows_start - 1;
        pack_center(centers.row(c), n_features, transform, c, row, 0, 1, n_added);
    }
    find_largest();
}

template class FilterCenters<float>;
template class FilterCenters<double>;

}  // namespace kwise
