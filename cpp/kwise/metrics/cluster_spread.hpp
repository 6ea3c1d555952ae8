// Metrics: where clusters lie and how far their rows spread, for indices of dispersion. Called by
// bindings/measures.cpp.
#pragma once

#include <cstdint>

#include "kwise/dispatch/row_view.hpp"

namespace kwise {

// The clusters of rows: codes[] are below n_clusters; no weights (null) weigh all rows alike.
struct Clusters {
    const std::int32_t* codes;
    std::size_t n_clusters;
    const double* weights;
};

// Writes the clusters' mean rows less `origin`, n_clusters * n_features (zeros where nothing
// weighs), and every row's squared distance to its own. Rows are added up in strips that depend on
// the shape alone, so that the number of threads shows nowhere.
template <class T>
void cluster_spread(const RowView<T>& rows, const Clusters& clusters, const double* origin,
                    int n_threads, double* means, double* squares);

}  // namespace kwise
