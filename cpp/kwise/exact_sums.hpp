// Weighted sums of rows per center that are exact, and so do not depend on the order of adding:
// the reason why results are the same on any number of threads, with any chunking and algorithm.
//
// Each value is split into three parts, every part a multiple of a unit of its own that is chosen
// from the largest value of its feature and the number of rows such that no float64 sum of the
// parts can round (pre-rounding: Demmel and Nguyen, "Fast reproducible floating-point summation",
// ARITH 2013). Together they keep at least 96 bits below the largest value minus the bits of the
// number of rows. Adding and later subtracting a row leaves nothing behind.
#pragma once

#include <cstddef>
#include <vector>

#include "kwise/points.hpp"

namespace kwise {

class ExactSums {
  public:
    static constexpr std::size_t n_parts = 3;

    template <class T>
    ExactSums(const Points<T>& points, std::size_t n_centers);

    // Adds (sign = 1) or removes (sign = -1) one row, given as exact padded float64.
    void add(std::size_t center, const double* row, double weight, double sign) {
        touched_[center] = 1;
        ++moves_;
        kernels().add_exact(sums_.data() + center * n_parts * padded_, row, magic_.data(), padded_,
                            weight, sign);
        kernels().add_exact(mass_.data() + center * n_parts * 1, &one_, mass_magic_, 1, weight,
                            sign);
    }
    // Moves all that `other` holds into this, and leaves it empty.
    void absorb(ExactSums& other);

    double mass(std::size_t center) const { return total(mass_.data() + center * n_parts, 1, 0); }
    double sum(std::size_t center, std::size_t i) const {
        return total(sums_.data() + center * n_parts * padded_, padded_, i);
    }

  private:
    static double total(const double* parts, std::size_t stride, std::size_t i) {
        return parts[i] + (parts[stride + i] + parts[2 * stride + i]);
    }
    static constexpr double one_ = 1.0;
    std::size_t padded_;
    std::size_t moves_ = 0;
    std::vector<double> sums_, mass_, magic_;
    double mass_magic_[n_parts];
    std::vector<char> touched_;
};

}  // namespace kwise
