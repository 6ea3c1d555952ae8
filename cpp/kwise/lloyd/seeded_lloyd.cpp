#include "kwise/lloyd/seeded_lloyd.hpp"

#include <utility>

#include "kwise/dispatch/policy.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"

namespace kwise {

// Labels are kept by seeding only where they save more than they cost. Centers are the seeds' rows
// as the view has them, less the shift, as a caller would make them.
template <class T>
SeededResult<T> seeded_lloyd(const DensePoints<T>& points, std::size_t n_clusters,
                             const double* uniforms, std::size_t n_trials,
                             const LloydOptions& options) {
    const bool labels_pay = first_labels_pay({points.n_rows(), points.n_features(), n_clusters});
    Buffer<std::int32_t> labels(labels_pay ? points.n_panels() * panel_rows : 0);
    SeededResult<T> found;
    found.seeds = kmeans_plusplus(points, n_clusters, uniforms, n_trials, options.n_threads,
                                  labels_pay ? labels.data() : nullptr);
    // From the caller's array: exact rows of the view, in T.
    std::vector<T> centers;
    centers.reserve(n_clusters * points.n_features());
    for (const std::size_t row : found.seeds) {
        for (std::size_t i = 0; i < points.n_features(); ++i) {
            centers.push_back(value_of(points.rows(), row, i));
        }
    }
    // Labels are handed over with their memory.
    found.result = lloyd(points, centers.data(), n_clusters, options, std::move(labels));
    return found;
}

template SeededResult<float> seeded_lloyd(const DensePoints<float>&, std::size_t, const double*,
                                          std::size_t, const LloydOptions&);
template SeededResult<double> seeded_lloyd(const DensePoints<double>&, std::size_t, const double*,
                                           std::size_t, const LloydOptions&);

}  // namespace kwise
