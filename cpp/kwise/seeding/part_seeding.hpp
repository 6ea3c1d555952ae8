// Seeding: greedy k-means++ for the rows of one part of a data set: every step's answers are sums
// of chunks and ends of running sums, which the caller carries from part to part. All distances are
// computed: no filter, since the candidates may lie elsewhere. Called by bindings/seeding.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "kwise/data/dense_points.hpp"
#include "kwise/seeding/seed_distances.hpp"

namespace kwise {

template <class T>
class PartSeeding {
  public:
    // The view's data, shift and weights must outlive the object.
    PartSeeding(const RowView<T>& rows, const T* weights, int n_threads);

    // Takes a row, less the shift, as a seed; or, if not `kept`, only tells what it would do.
    // Returns the weighted sums of the distances to the nearest seed, chunk by chunk.
    std::vector<double> lower(const T* seed, bool kept);
    // As look_up_ascending.
    double look_up(const std::vector<double>& targets, std::size_t n_rows_in_all, double before,
                   std::vector<std::size_t>& found) const;
    // Distances to the nearest seed, canonical and rounded to T.
    const T* distances() const { return nearest_.distances(); }
    std::size_t n_rows() const { return points_->n_rows(); }

  private:
    std::unique_ptr<DensePoints<T>> points_;
    SeedDistances<T> nearest_;
    int n_threads_;
    std::size_t n_seeds_ = 0;
};

}  // namespace kwise
