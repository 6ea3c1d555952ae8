#include "kwise/seeding/part_seeding.hpp"

#include "kwise/base/parallel.hpp"
#include "kwise/exact/exact_centers.hpp"
#include "kwise/seeding/weighted_draws.hpp"

namespace kwise {
namespace {

// Rough nanoseconds for a row: only to judge whether threads pay.
constexpr double row_cost = 10.0;

}  // namespace

// Points for one center: nothing is packed, since rows are measured from the caller's array.
template <class T>
PartSeeding<T>::PartSeeding(const RowView<T>& rows, const T* weights, int n_threads)
    : points_(std::make_unique<DensePoints<T>>(rows, weights, n_threads, 1)),
      nearest_(*points_, nullptr),
      n_threads_(n_threads) {}

// The same chunks, distances and sums as a data set that is all here, so that the caller, who adds
// chunks of all parts in order, has the same potential. Trials are tried out chunk by chunk: places
// are rows, so that no panel lies in two chunks.
template <class T>
std::vector<double> PartSeeding<T>::lower(const T* seed, bool kept) {
    const DensePoints<T>& points = *points_;
    const auto exact = ExactCenters::from(seed, 1, points.n_features());
    const double work = (row_cost + static_cast<double>(points.n_features())) *
                        static_cast<double>(points.n_rows());
    parallel_for(points.n_chunks(), useful_threads(work, n_threads_), [&](std::size_t chunk, int) {
        ListedRows listed;
        listed.all(chunk, points.n_rows());
        if (kept) {
            nearest_.lower(listed, exact.row(0), n_seeds_);
            nearest_.add_up(chunk);
        } else {
            nearest_.try_out(chunk, listed, exact.row(0));
            nearest_.add_up(chunk, true);
            nearest_.set_back(chunk);
        }
    });
    // Numbers of seeds are for labels, which nobody asks for here.
    n_seeds_ += kept ? 1 : 0;
    return nearest_.chunk_sums(!kept);
}

template <class T>
double PartSeeding<T>::look_up(const std::vector<double>& targets, std::size_t n_rows_in_all,
                               double before, std::vector<std::size_t>& found) const {
    return look_up_ascending(nearest_.distances(), points_->weights(), points_->n_rows(),
                             nearest_.panel_sums(), targets, n_rows_in_all, before, found);
}

template class PartSeeding<float>;
template class PartSeeding<double>;

}  // namespace kwise
