// Lloyd: from the sums of the rows of each cluster to the next centers: one rule for rows that are
// here and for rows of which only the sums arrive. Called by bindings/parts.cpp and
// lloyd/lloyd.cpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kwise/base/parallel.hpp"
#include "kwise/exact/exact_sums.hpp"

namespace kwise {

// A row that becomes the only one of a cluster which has none.
struct Relocation {
    std::size_t from, to;
    double weight;
    std::vector<double> row;  // at least n_features values
};

template <class T>
class CenterUpdate {
  public:
    CenterUpdate(std::size_t n_clusters, std::size_t n_features, int n_threads = 1)
        : k_(n_clusters),
          d_(n_features),
          n_threads_(
              useful_threads(value_cost * static_cast<double>(n_clusters * n_features), n_threads)),
          mass_(n_clusters),
          squares_(n_clusters),
          sums_(static_cast<std::size_t>(std::max(1, n_threads_)), std::vector<double>(n_features)),
          moved_(n_clusters * n_features),
          shifts_(n_clusters) {}

    // The clusters without mass, ascending.
    static std::vector<std::size_t> empty_clusters(const ExactSums& sums, std::size_t n_clusters);
    // Moves the centers to the means of their rows, the relocated ones where they are now. Returns
    // the sum of the squared ways.
    double move(const ExactSums& sums, const std::vector<Relocation>& relocations,
                std::vector<T>& centers);
    // How far each center went, rounded up.
    const std::vector<double>& shifts() const { return shifts_; }

  private:
    // Nanoseconds for each value, only to judge whether threads pay.
    static constexpr double value_cost = 3.0;
    void write_sums(std::size_t cluster, const ExactSums& sums,
                    const std::vector<Relocation>& relocations, double* to) const;
    double move_center(const double* sums, double mass, const T* was, T* to) const;

    std::size_t k_, d_;
    int n_threads_;
    // Of all clusters: masses, and squares of their ways.
    std::vector<double> mass_, squares_;
    // By thread, of the cluster in hand.
    std::vector<std::vector<double>> sums_;
    // The next centers, until all are there.
    std::vector<T> moved_;
    std::vector<double> shifts_;
};

// The `count` rows that are farthest from their centers: by distance rounded to T, as
// scikit-learn compares them, and of equal ones the last row first: a rule that no cut into parts
// changes, and what NumPy's partition, which scikit-learn takes, leaves most often.
template <class T>
std::vector<std::size_t> farthest_rows(const double* distances, std::size_t n_rows,
                                       std::size_t count);

}  // namespace kwise
