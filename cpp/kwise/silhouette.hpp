// Exact Euclidean silhouettes (Rousseeuw 1987) without a distance matrix.
//
// Rows are packed by cluster in float64 panels, moved to the mean of the data. With few clusters
// every distance is computed once and added on both sides: blocks of rows of one cluster meet in
// the rounds of a tournament, each block once a round, so that no two threads write to the same
// sums and the order of adding is the same on any number of threads. With many clusters, where
// that would need too much memory, rows go one panel at a time past all clusters and keep only
// the nearest.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/points.hpp"

namespace kwise {

class Silhouette {
  public:
    // codes in [0, n_clusters), each present.
    template <class T>
    Silhouette(const RowView<T>& rows, const std::int32_t* codes, std::size_t n_clusters,
               int n_threads);

    std::size_t n_rows() const { return n_rows_; }
    std::size_t n_clusters() const { return n_clusters_; }
    // The work is done by calling run(s) once for every step s in [0, n_steps()), in any order.
    std::size_t n_steps() const { return n_steps_; }
    void run(std::size_t step);
    // Writes one value a row, in the rows' own order.
    void values(double* out) const;

    // Sums of distances from chosen rows to every cluster, (n_chosen, n_clusters) in out.
    void sums_of(const std::int64_t* chosen, std::size_t n_chosen, double* out) const;

  private:
    struct Block {
        std::size_t cluster, first, count;  // in packed rows
    };
    // Rows that clusters are padded to where panels may hold several of them.
    static constexpr std::size_t granule = 8;
    static constexpr std::size_t block_panels = 16;
    static constexpr std::size_t step_panels = 64;
    // The number of clusters up to which every row keeps its sum for each.
    static constexpr std::size_t symmetric_limit = 32;

    template <class T>
    void pack(const RowView<T>& rows);
    void lay_out(const std::int32_t* codes, std::size_t n_rows);
    std::size_t stride() const { return (n_features_ + 1) * panel_rows; }
    const double* panel_of(std::size_t packed) const {
        return panels_.data() + packed / panel_rows * stride();
    }
    void meet(const Block& a, const Block& b);
    void pass(std::size_t first_panel, std::size_t n_panels);
    void take_sums(std::size_t packed, std::size_t cluster, double sum);
    double value_of(std::size_t packed) const;

    std::size_t n_rows_, n_features_, n_clusters_, padded_ = 0, n_steps_ = 0;
    int n_threads_;
    bool symmetric_;
    std::vector<std::size_t> starts_, sizes_;  // by cluster: first packed row, rows
    std::vector<std::size_t> position_;        // packed row of every row
    std::vector<std::int32_t> cluster_;        // by packed row
    std::vector<Block> blocks_;
    Buffer<double> panels_, present_;
    std::vector<double> sums_;           // symmetric: (n_clusters, padded)
    std::vector<double> own_, nearest_;  // otherwise: sum to mates, least mean to others
};

}  // namespace kwise
