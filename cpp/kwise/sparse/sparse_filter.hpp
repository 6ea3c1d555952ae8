// Sparse: the nearest center of a sparse row: by a filter in int16 with a proven error, and exactly
// where that leaves a label undecided. Called by sparse/sparse_points.hpp.
//
// Coefficients of center c are whole numbers of 16 bits in a unit U of its own, two to a word of 32
// (dispatch/kernel_views.hpp, SparseCenters): a quarter of the memory of float64, which is what a
// scan waits for. A row's products are added up in float32. For a row x of n entries the score is
// off by at most
//     |x| (2 n + 12) u 2 |c|      roundings of float32, u = 2^-24 (Higham's bound; no sum of
//                                 products is above |x| 2 |c|), and
//     U / 2 * sum of |x_i|        of the coefficients, <= U / 2 * sqrt(n) |x|,
// and by some roundings of the constant |c|^2. All are folded into the scores, so that lower bounds
// are ranked: the smallest is certainly the nearest center's when the second exceeds it by more
// than twice the errors of the smallest.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/dispatch/kernel_views.hpp"
#include "kwise/sparse/transposed_centers.hpp"

namespace kwise {

struct SparseNearest {
    std::int32_t label;
    double best, second;  // an upper bound of the smallest score, a lower one of all others
    bool certain;
};

class SparseFilter {
  public:
    // The centers must stay until the next ones come.
    void set(const ExactCenters& centers, std::size_t n_features, int n_threads);
    // What the filter tells. Where that is not certain, nothing else is either.
    template <class T>
    SparseNearest guess(const SparseView<T>& rows, std::size_t row,
                        const SparseLength& length) const;
    // The nearest center by canonical scores, the lowest index on ties. `scores` is the thread's
    // memory.
    template <class T>
    SparseNearest decide(const SparseView<T>& rows, std::size_t row, const SparseLength& length,
                         std::vector<double>& scores) const;
    // Before rows of so many entries in all are decided: makes a table of all centers where that
    // pays.
    void expect(std::size_t n_entries);

  private:
    void set_center(std::size_t c, double largest);
    void pack(std::size_t first, std::size_t end);
    // A bound of what float64 takes off a score, in whatever way it was found.
    double rounding_of(double square) const;

    const ExactCenters* exact_ = nullptr;
    std::size_t n_features_ = 0, width_ = 0;
    int n_threads_ = 1;
    double largest_norm_ = 0.0;  // of a center
    std::vector<double> squares_, per_unit_;
    // By center, see SparseCenters; what the constants' roundings take.
    Buffer<float> constants_, units_, roundings_, steps_;
    std::vector<double> constant_errors_;
    Buffer<std::int32_t> words_;
    TransposedCenters table_;
    bool has_table_ = false;
};

}  // namespace kwise
