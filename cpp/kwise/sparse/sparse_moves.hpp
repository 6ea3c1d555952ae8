// Sparse: rows that change their cluster, brought into the exact sums center by center: what one
// center holds stays in a cache, and no thread needs sums of its own. Called by
// sparse/sparse_points.hpp.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/exact/exact_sums.hpp"
#include "kwise/sparse/transposed_centers.hpp"

namespace kwise {

// A row and the label that it had; -1: none.
struct SparseMove {
    std::size_t row;
    std::int32_t from;
};

// What may be added at once by one thread: rows by center, [begin, end) of them all.
class SparseMoves {
  public:
    // The moves of all threads: each row leaves the center that it had and joins its label's.
    void collect(const std::vector<const std::vector<SparseMove>*>& moves,
                 const std::int32_t* labels, std::size_t n_centers);
    // Weights may be null. Sums are exact: who adds what does not matter.
    template <class T>
    void apply(const SparseView<T>& rows, const T* weights, int n_threads, ExactSums& sums) const;

  private:
    std::size_t cut(std::size_t part, std::size_t n_parts) const;

    // By center, a row that joins or ~row of one that leaves; where each center's begin.
    std::vector<std::int64_t> rows_;
    std::vector<std::size_t> starts_;
};

}  // namespace kwise
