// Data: rows in int16 (data/int16_quantizer.hpp), each in one piece: what a descent reads. A row
// that its bounds leave active then lies in one line of memory, and panels are made in registers.
// Called by data/, filters/ and assign/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kwise/data/int16_quantizer.hpp"

namespace kwise {

class Int16Rows {
  public:
    // The points need not outlive it.
    template <class T>
    Int16Rows(const DensePoints<T>& points, int n_threads);

    const Int16Quantizer& quantizer() const { return quantizer_; }
    // What a row's rounding error is below, in quantizer units, and whether that is small enough
    // for the products to fit.
    double residual() const;
    bool usable() const { return residual() < 200.0; }
    // Rows as a panel of words, with half of each row's square, rounded down: 32 from `first` on,
    // or `count` listed by their place after it; the first of these stands in for what is missing.
    void read(std::size_t first, const std::uint32_t* list, std::size_t count, std::int32_t* words,
              std::int32_t* half_squares) const {
        kernels().gather_int16_rows(words_.data() + first * quantizer_.n_pairs(), list, count,
                                    quantizer_.n_pairs(), words, half_squares);
    }

    // Fetches such rows ahead.
    void prefetch(std::size_t first, const std::uint32_t* list, std::size_t count) const {
        for (std::size_t r = 0; r < count; ++r) {
            __builtin_prefetch(words_.data() + (first + list[r]) * quantizer_.n_pairs());
        }
    }

  private:
    // Rounds the rows of one chunk.
    template <class T>
    void pack(const DensePoints<T>& points, std::size_t chunk);

    Int16Quantizer quantizer_;
    Buffer<std::int32_t> words_;
};

}  // namespace kwise
