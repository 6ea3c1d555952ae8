#include "kwise/exact/inertia.hpp"

#include <algorithm>
#include <vector>

#include "kwise/base/lanes.hpp"
#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

constexpr double row_cost = 5.0;  // rough nanoseconds: only to judge whether threads pay

}  // namespace

// One number a chunk. Within it rows are added by place mod 8 in lanes, so that the order is the
// chunk's own, and no addition waits for the last. Products with weights are rounded once.
template <class T>
std::vector<double> chunk_inertias(const RowView<T>& rows, const T* weights,
                                   const ExactCenters& centers, const std::int32_t* labels,
                                   int n_threads, double* distances) {
    // Chunks are part of the definition: as many whatever the threads.
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    std::vector<double> partial(n_chunks, 0.0);
    const double work = row_cost * static_cast<double>(rows.n_rows * (1 + rows.n_features / 8));
    parallel_for(n_chunks, useful_threads(work, n_threads), [&](std::size_t chunk, int) {
        const std::size_t first = chunk * chunk_rows;
        const std::size_t n = std::min(rows.n_rows - first, chunk_rows);
        // On the stack: 2,048 distances.
        double own[chunk_rows], lane[n_lanes] = {};
        kernels().update<T>().own_distances(rows, first, n, labels + first, centers.row(0),
                                            centers.padded, own);
        for (std::size_t r = 0; r < n; ++r) {
            const double weight =
                weights == nullptr ? 1.0 : static_cast<double>(weights[first + r]);
            // Place in the chunk, so that a chunk's sum does not depend on what comes before it.
            lane[r % n_lanes] += own[r] * weight;
        }
        if (distances != nullptr) std::copy(own, own + n, distances + first);
        partial[chunk] = add_lanes(lane);
    });
    return partial;
}

// Chunk after chunk. Cut into parts at whole chunks, a data set has the same sums to add in the
// same order.
template <class T>
double inertia_of(const RowView<T>& rows, const T* weights, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* distances) {
    double total = 0.0;
    for (const double sum : chunk_inertias(rows, weights, centers, labels, n_threads, distances)) {
        total += sum;
    }
    return total;
}

template std::vector<double> chunk_inertias(const RowView<float>&, const float*,
                                            const ExactCenters&, const std::int32_t*, int, double*);
template std::vector<double> chunk_inertias(const RowView<double>&, const double*,
                                            const ExactCenters&, const std::int32_t*, int, double*);

template double inertia_of(const RowView<float>&, const float*, const ExactCenters&,
                           const std::int32_t*, int, double*);
template double inertia_of(const RowView<double>&, const double*, const ExactCenters&,
                           const std::int32_t*, int, double*);

}  // namespace kwise
