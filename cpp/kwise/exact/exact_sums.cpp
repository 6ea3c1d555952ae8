// The units of the parts, and sums moved between threads. What adds rows is in the kernels
// (simd/update/exact_moves.inl, simd/scan/morton_blocks.inl) and in sparse/sparse_moves.cpp.
#include "kwise/exact/exact_sums.hpp"

#include <algorithm>
#include <cmath>

namespace kwise {
namespace {

// Adding and subtracting this number rounds to multiples of its unit in the last place, 2^e. e is
// chosen so that n values up to `largest` add up without rounding: they are multiples of 2^e, and
// no sum of them reaches 2^(e + 53). The number is 1.5 * 2^(e + 52), so that sums with values of
// either sign stay between two powers of 2, where the unit is one.
void choose_magic(double largest, std::size_t n_rows, double* magic, std::size_t stride,
                  std::size_t n_parts) {
    // One bit more than n values need: parts may be rounded up.
    const int count_bits = std::ilogb(static_cast<double>(n_rows)) + 2;
    // Nothing is exact about values that are not finite: these are for the callers to refuse.
    int top = largest > 0.0 && std::isfinite(largest) ? std::ilogb(largest) + 1 : -1000;
    // Each part takes what the one before left. What the last leaves is dropped: always the same
    // for a row, so that taking it out leaves nothing behind.
    for (std::size_t part = 0; part < n_parts; ++part) {
        // Units stay above the smallest numbers, so that they exist.
        const int unit = std::max(top + count_bits - 52, -1060);
        magic[part * stride] = std::ldexp(1.5, unit + 52);
        top = unit;  // what is left is at most half a unit
    }
}

// From so many rows on the parts are too short for two to hold a float32 value beside the largest.
constexpr std::size_t rows_for_three_parts = std::size_t{1} << 25;

}  // namespace

// Units depend on the largest values, weights and number of rows, not on centers or threads: sums
// of equal ranges may be merged. Padding has largest 0, and its parts stay 0.
ExactSums::ExactSums(const ColumnRanges& ranges, std::size_t n_centers)
    : padded_(ranges.padded),
      n_parts_(ranges.few_digits && ranges.n_rows < rows_for_three_parts ? 2 : 3),
      sums_(n_centers * n_parts_ * padded_, 0.0),
      mass_(n_centers * n_parts_, 0.0),
      magic_(n_parts_ * padded_, 0.0),
      mass_magic_(n_parts_, 0.0),
      dirty_(n_centers, 0) {
    for (std::size_t i = 0; i < padded_; ++i) {
        // The largest product of value and weight; both are exact or rounded once, below it.
        choose_magic(ranges.largest[i] * ranges.largest_weight, ranges.n_rows, magic_.data() + i,
                     padded_, n_parts_);
    }
    choose_magic(ranges.largest_weight, ranges.n_rows, mass_magic_.data(), 1, n_parts_);
}

// For a thread's own sums, or other centers: the same units, nothing in them.
ExactSums ExactSums::empty_copy(std::size_t n_centers) const {
    ExactSums copy;
    copy.padded_ = padded_;
    copy.n_parts_ = n_parts_;
    copy.sums_.assign(n_centers * n_parts_ * padded_, 0.0);
    copy.mass_.assign(n_centers * n_parts_, 0.0);
    copy.magic_ = magic_;
    copy.mass_magic_ = mass_magic_;
    copy.dirty_.assign(n_centers, 0);
    return copy;
}

// Several may go to one: sums in the same units are added without rounding.
ExactSums ExactSums::regrouped(const std::vector<std::size_t>& to, std::size_t n_centers) const {
    ExactSums other = empty_copy(n_centers);
    const std::size_t width = n_parts_ * padded_;
    for (std::size_t c = 0; c < to.size(); ++c) {
        const double* const sums = sums_.data() + c * width;
        const double* const masses = mass_.data() + c * n_parts_;
        double* const sums_there = other.sums_.data() + to[c] * width;
        double* const masses_there = other.mass_.data() + to[c] * n_parts_;
        for (std::size_t i = 0; i < width; ++i) sums_there[i] += sums[i];
        for (std::size_t part = 0; part < n_parts_; ++part) masses_there[part] += masses[part];
    }
    return other;
}

// Only centers that were touched are added: most threads touch few of many.
void ExactSums::absorb(ExactSums& other) {
    const std::size_t width = n_parts_ * padded_;
    for (std::size_t c = 0; c < dirty_.size(); ++c) {
        if (!other.dirty_[c]) continue;
        other.dirty_[c] = 0;
        double* from = other.sums_.data() + c * width;
        double* to = sums_.data() + c * width;
        for (std::size_t i = 0; i < width; ++i) to[i] += from[i];
        std::fill(from, from + width, 0.0);
        for (std::size_t part = c * n_parts_; part < (c + 1) * n_parts_; ++part) {
            mass_[part] += other.mass_[part];
            other.mass_[part] = 0.0;
        }
    }
}

void ExactSums::absorb_one(const ExactSums& other, std::size_t center) {
    const std::size_t width = n_parts_ * padded_;
    double* const to = sums_.data() + center * width;
    for (std::size_t i = 0; i < width; ++i) to[i] += other.sums_[i];
    for (std::size_t part = 0; part < n_parts_; ++part) {
        mass_[center * n_parts_ + part] += other.mass_[part];
    }
    dirty_[center] = 1;
}

// Both in the layout of sum_parts() and mass_parts(), made in the same units: the caller sees to
// it.
void ExactSums::add(const double* sum_parts, const double* mass_parts) {
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += sum_parts[i];
    for (std::size_t i = 0; i < mass_.size(); ++i) mass_[i] += mass_parts[i];
}

void ExactSums::clear() {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    std::fill(mass_.begin(), mass_.end(), 0.0);
    std::fill(dirty_.begin(), dirty_.end(), static_cast<unsigned char>(0));
}

}  // namespace kwise
