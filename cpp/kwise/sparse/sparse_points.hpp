// Sparse: sparse rows (CSR): k-means without ever making them dense. Called by sparse/, lloyd/,
// search/ and bindings/.
//
// Squared distances are |x|^2 + (|c|^2 - 2 x.c) with the product over the stored entries only, in
// float64, entry by entry and without fused operations: that is the canonical distance of sparse
// data, the same on every machine. Centers are transposed, so that one entry of a row meets all
// centers at once. Rows are never centered, as in scikit-learn.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kwise/bounds/hamerly.hpp"
#include "kwise/exact/exact_sums.hpp"
#include "kwise/sparse/sparse_filter.hpp"
#include "kwise/sparse/sparse_moves.hpp"

namespace kwise {

// Views of the caller's arrays, with what was learned of them in one pass: squares of the rows,
// largest values. May be shared by several threads.
template <class T>
class SparsePoints {
  public:
    using Value = T;

    // The arrays must outlive the object. Weights may be null.
    SparsePoints(const SparseView<T>& rows, const T* weights, int n_threads);

    std::size_t n_rows() const { return rows_.n_rows; }
    std::size_t n_features() const { return rows_.n_features; }
    std::size_t padded() const { return pad_features(rows_.n_features); }
    std::size_t n_chunks() const { return (n_rows() + chunk_rows - 1) / chunk_rows; }
    const SparseView<T>& rows() const { return rows_; }
    const T* weights() const { return weights_; }
    double weight(std::size_t row) const {
        return weights_ == nullptr ? 1.0 : static_cast<double>(weights_[row]);
    }
    double square(std::size_t row) const { return squares_[row]; }
    // As length_of, or longer where some row's columns do not ascend.
    SparseLength length(std::size_t row) const {
        const auto n = static_cast<double>(rows_.n_entries(row));
        return {squares_[row], ascending_ ? 1.0 : std::sqrt(n)};
    }
    // padded() values, zeros where nothing is stored.
    void exact_row(std::size_t row, double* out) const;
    const std::vector<double>& column_largest() const { return column_largest_; }
    double largest_weight() const { return largest_weight_; }
    // As inertia_of for dense rows; distances may be null.
    double inertia(const ExactCenters& centers, const std::int32_t* labels, int n_threads,
                   double* distances) const;

  private:
    SparseView<T> rows_;
    const T* weights_;
    // By row, and by feature with padding.
    std::vector<double> squares_, column_largest_;
    bool ascending_ = true;
    double largest_weight_ = 1.0;
};

// The assignment step of one run over sparse rows, as assign/dense_assignment.hpp for dense ones:
// one filter, one kind of bounds.
template <class T>
class SparseAssignment {
  public:
    SparseAssignment(const SparsePoints<T>& points, std::size_t n_centers, int n_threads);
    std::size_t assign(const ExactCenters& centers, ExactSums& sums);
    void centers_moved(const std::vector<double>& shifts) { bounds_.centers_moved(shifts, 1.0); }
    const std::int32_t* labels() const { return labels_.data(); }
    void write_labels(std::int32_t* to) const { std::copy(labels_.begin(), labels_.end(), to); }

  private:
    // What a thread finds: rows that moved, rows that the filter leaves open, and how many it saw.
    struct Worker {
        std::vector<SparseMove> moves;
        std::vector<std::size_t> open;
        std::vector<double> scores;
        std::size_t n_scanned = 0;
    };
    void assign_chunk(std::size_t chunk, Worker& worker);
    void decide_open();
    std::size_t apply_moves(ExactSums& sums);
    void take_over(std::size_t row, const SparseNearest& nearest, Worker& worker);

    const SparsePoints<T>& points_;
    int n_threads_;
    std::vector<std::int32_t> labels_;
    // One margin a row, as for dense rows; the filter's transform is the identity here.
    Bounds bounds_;
    SparseFilter filter_;
    std::vector<Worker> workers_;
    SparseMoves moves_;
};

// Labels of rows for any centers, by canonical distance.
template <class T>
void predict_sparse_labels(const SparseView<T>& rows, const ExactCenters& centers, int n_threads,
                           std::int32_t* labels);

// As kmeans_plusplus for dense points.
template <class T>
std::vector<std::size_t> kmeans_plusplus(const SparsePoints<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads);

}  // namespace kwise
