// Metrics: exact Euclidean silhouettes (Rousseeuw 1987) without a distance matrix. Called by
// bindings/measures.cpp and metrics/silhouette_blocks.cpp.
//
// Rows are packed by cluster in float64 panels, moved to the mean of the data. Only the own and the
// nearest other cluster of a row count: clusters that cannot be the nearest are told by their mean
// and spread (metrics/bounding_balls.hpp), and rows with the same candidates stand together, so
// that whole blocks are spared. With few clusters every distance is computed once and added on both
// sides: blocks of rows of one cluster are paired in rounds (metrics/round_robin.hpp), so that no
// two threads write to the same sums and the order of adding is the same on any number of threads.
// With many clusters, where that would need too much memory, rows go one strip at a time past the
// clusters that count and keep only the nearest.
//
// Weights are counts: a row of weight 2 is two equal rows. One of them, or a lighter row as a
// whole, is left out of its own mean.
#pragma once

#include <cstdint>
#include <vector>

#include "kwise/data/dense_points.hpp"
#include "kwise/metrics/bounding_balls.hpp"
#include "kwise/metrics/round_robin.hpp"

namespace kwise {

class Silhouette {
  public:
    // codes in [0, n_clusters), each present; null weights are ones. What spares work where values
    // of all rows are asked for is only made `for_all`.
    template <class T>
    Silhouette(const RowView<T>& rows, const double* weights, const std::int32_t* codes,
               std::size_t n_clusters, int n_threads, bool for_all = true);

    std::size_t n_rows() const { return n_rows_; }
    std::size_t n_clusters() const { return n_clusters_; }
    // The work is done by calling run(s) once for every step s in [0, n_steps()), in order.
    std::size_t n_steps() const { return n_steps_; }
    void run(std::size_t step);
    // Writes one value a row, in the rows' own order.
    void values(double* out) const;
    // The same for chosen rows alone, without any step.
    void values_of(const std::int64_t* chosen, std::size_t n_chosen, double* out) const;
    // Sums of the distances from chosen rows to every cluster, n_chosen x n_clusters, in one unit
    // that is the same for all.
    void sums_of(const std::int64_t* chosen, std::size_t n_chosen, double* out) const;

  private:
    struct Block {
        std::size_t cluster, first, count;  // in packed rows
        bool plain;                         // neither padding nor weights
        std::uint32_t needed;               // a bit a cluster: may it be the nearest to a row?
    };
    // Of one row: the sum of distances to its mates, the least mean distance to another cluster.
    struct Found {
        double own, nearest;
    };
    // Rows that go past the clusters together, and such strips in one step.
    static constexpr std::size_t strip_rows = 2 * tile_panel;
    static constexpr std::size_t step_strips = 128;
    // Strips of chosen rows that go past a cluster together, at most.
    static constexpr std::size_t most_together = 16;

    template <class T>
    void measure(const RowView<T>& rows, const double* weights, const std::int32_t* codes);
    template <class T>
    void find_shift_and_scale(const RowView<T>& rows);
    template <class T>
    std::vector<std::uint64_t> keys(const RowView<T>& rows, const std::int32_t* codes) const;
    template <class T>
    void read(const RowView<T>& rows, std::size_t row, double* out) const;
    template <class T>
    void pack(const RowView<T>& rows, const double* weights);
    void lay_out(const std::int32_t* codes, const std::vector<std::uint64_t>& keys);
    void cut_blocks();
    void cut_cluster(std::size_t cluster, std::size_t most);
    bool needs(const Block& block, std::size_t cluster) const {
        return (block.needed >> cluster & 1u) != 0;
    }

    std::size_t stride() const { return (n_features_ + 1) * tile_panel; }
    const double* panel_of(std::size_t packed) const {
        return panels_.data() + packed / tile_panel * stride();
    }
    void add_pair(const Block& a, const Block& b);
    void add_within(const Block& block);
    void add_distances(const Block& a, std::size_t first, std::size_t n, const Block& b,
                       std::size_t other_first, std::size_t n_others);
    void pass(const std::size_t* packed, std::size_t n, Found* found) const;
    void gather(std::size_t packed, std::size_t place, double* strip) const;
    void add_cluster(const double* strips, std::size_t n_strips, std::size_t cluster,
                     double* sums) const;
    Found found_of(std::size_t packed) const;
    double value_of(std::size_t packed, const Found& found) const;

    std::size_t n_rows_, n_features_, n_clusters_, padded_ = 0, n_steps_ = 0;
    int n_threads_;
    // Distances are added on both sides; clusters that cannot be the nearest are spared; rows
    // weigh.
    bool symmetric_, selective_, weighted_;
    double scale_ = 1.0;
    std::vector<double> shift_;  // by feature
    BoundingBalls balls_;
    std::vector<std::size_t> starts_, sizes_;  // by cluster: first packed row, rows
    std::vector<double> masses_;               // by cluster: sum of weights
    std::vector<std::size_t> position_;        // packed row of every row
    std::vector<std::int32_t> cluster_;        // by packed row, -1 for padding
    std::vector<std::uint32_t> needed_;        // by panel, a bit a cluster; symmetric
    std::vector<std::uint32_t> block_of_;      // by panel; symmetric
    std::vector<Block> blocks_;
    // Pairs of blocks by rounds; symmetric only.
    RoundRobin schedule_;
    Buffer<double> panels_, weights_;
    std::vector<double> sums_;  // symmetric: (n_clusters, padded)
    std::vector<Found> found_;  // otherwise: by packed row
};

}  // namespace kwise
