// Rows in whole numbers (data/int16_quantizer.hpp), each in one piece: what a descent reads. A row
// that its bounds leave open then lies in one line of memory, and panels are made in registers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kwise/data/int16_quantizer.hpp"

namespace kwise {

class WholeLines {
  public:
    template <class T>
    WholeLines(const Points<T>& points, int n_threads);

    // Whether so many rows of so many features are compared with centers in whole numbers, by
    // measurement: few rows are not worth packing again, and rows of many features are scanned
    // faster as they are or in fixed point.
    static constexpr bool serves(std::size_t n_rows, std::size_t n_features) {
        return n_rows >= 8192 && n_features >= 4 && n_features <= most_served;
    }
    static constexpr std::size_t most_served = 32;

    const WholeFrame& frame() const { return frame_; }
    // What a row's rounding error is below, in whole units, and whether that is small enough for
    // the products to fit.
    double residual() const;
    bool usable() const { return residual() < 200.0; }
    // Rows as a panel of words, with half of each row's square, rounded down: 32 from `first` on,
    // or `count` listed by their place after it; the first of these stands in for what is missing.
    void read(std::size_t first, const std::uint32_t* list, std::size_t count, std::int32_t* words,
              std::int32_t* half_squares) const {
        kernels().read_lines(words_.data() + first * frame_.n_pairs(), list, count,
                             frame_.n_pairs(), words, half_squares);
    }

    // Fetches such rows ahead.
    void prefetch(std::size_t first, const std::uint32_t* list, std::size_t count) const {
        for (std::size_t r = 0; r < count; ++r) {
            __builtin_prefetch(words_.data() + (first + list[r]) * frame_.n_pairs());
        }
    }

  private:
    template <class T>
    void pack(const Points<T>& points, std::size_t chunk);

    WholeFrame frame_;
    Buffer<std::int32_t> words_;
};

}  // namespace kwise
