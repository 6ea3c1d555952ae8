// Distances, silhouettes and the dip for Python.
#include "bindings/arrays.hpp"
#include "bindings/checks.hpp"

#include <nanobind/stl/optional.h>

#include <optional>

#include "kwise/data/column_statistics.hpp"
#include "kwise/metrics/cluster_spread.hpp"
#include "kwise/metrics/dip.hpp"
#include "kwise/metrics/silhouette.hpp"
#include "kwise/predict/center_distances.hpp"

namespace {

// Codes of all clusters must be there: lay-out and means take every cluster to have a row.
template <class T>
void make(kwise::Silhouette* self, Matrix<T> X, std::optional<Column<double>> weights,
          Column<std::int32_t> codes, std::size_t n_clusters, int n_threads, bool for_all) {
    check_shape(X, 1);
    require(n_clusters >= 1 && n_clusters <= 1u << 24, "n_clusters is 1 to 2^24");
    check_weights(weights, X.shape(0));
    check_row_labels(codes, X.shape(0), n_clusters);
    check_all_present(codes, n_clusters);
    check_threads(n_threads);
    without_lock([&] {
        // In place, as the binding library makes objects; without the lock, since it reads all rows
        // several times.
        new (self) kwise::Silhouette(view_of<T>(X, nullptr), weights ? weights->data() : nullptr,
                                     codes.data(), n_clusters, n_threads, for_all);
    });
}

// Some of the steps, in order, so that Python can show progress and stop in between.
void run_steps(kwise::Silhouette& self, std::size_t first, std::size_t last) {
    // Steps that were run already would be added once more: that is the caller's to see to.
    require(first <= last && last <= self.n_steps(), "steps are 0 to n_steps, in order");
    without_lock([&] {
        for (std::size_t step = first; step < last; ++step) self.run(step);
    });
}

// After all steps; before that the values are those of what was added so far.
auto values(const kwise::Silhouette& self) {
    std::vector<double> out(self.n_rows());
    self.values(out.data());
    const std::size_t n = out.size();
    return to_numpy(std::move(out), {n});
}

// Needs no step.
auto values_of(const kwise::Silhouette& self, Column<std::int64_t> rows) {
    const std::size_t n = rows.shape(0);
    check_indices(rows.data(), n, self.n_rows(), "rows");
    std::vector<double> out(n);
    without_lock([&] { self.values_of(rows.data(), n, out.data()); });
    return to_numpy(std::move(out), {n});
}

auto sums_of(const kwise::Silhouette& self, Column<std::int64_t> rows) {
    const std::size_t n = rows.shape(0), k = self.n_clusters();
    check_indices(rows.data(), n, self.n_rows(), "rows");
    // n rows times all clusters: the caller chooses few rows.
    std::vector<double> out(n * k);
    without_lock([&] { self.sums_of(rows.data(), n, out.data()); });
    return to_numpy(std::move(out), {n, k});
}

// Distances, and whether all rows are certainly finite; if not, the caller looks for what is not.
template <class T>
nb::tuple distances(Matrix<T> X, RowMajor<T> centers, int n_threads) {
    const std::size_t n = X.shape(0), k = centers.shape(0);
    check_shape(X, 0);
    check_centers(k, centers.shape(1), X.shape(1));
    check_threads(n_threads);
    kwise::Buffer<T> out(n * k);  // first touched by the threads that fill it
    const bool finite = without_lock([&] {
        const auto exact = kwise::ExactCenters::from(centers.data(), k, centers.shape(1));
        return kwise::distances(view_of<T>(X, nullptr), exact, n_threads, out.data());
    });
    return nb::make_tuple(to_numpy(std::move(out), {n, k}), finite);
}

// Of every row the distance to its own center, to the nearest other one, and which that is; and
// whether all rows are certainly finite.
template <class T>
nb::tuple own_and_next(Matrix<T> X, RowMajor<T> centers, Column<std::int32_t> labels,
                       int n_threads) {
    const std::size_t n = X.shape(0), k = centers.shape(0);
    check_shape(X, 0);
    check_centers(k, centers.shape(1), X.shape(1));
    check_count(k, 2, "centers");
    check_row_labels(labels, n, k);
    check_threads(n_threads);
    kwise::Buffer<T> own(n), next(n);
    kwise::Buffer<std::int32_t> which(n);
    const bool finite = without_lock([&] {
        const auto exact = kwise::ExactCenters::from(centers.data(), k, centers.shape(1));
        return kwise::own_and_next(view_of<T>(X, nullptr), exact, labels.data(), n_threads,
                                   own.data(), next.data(), which.data());
    });
    return nb::make_tuple(to_numpy(std::move(own), {n}), to_numpy(std::move(next), {n}),
                          to_numpy(std::move(which), {n}), finite);
}

// The clusters' means less the origin, and every row's squared distance to its own.
template <class T>
nb::tuple cluster_spread(Matrix<T> X, std::optional<Column<double>> weights,
                         Column<std::int32_t> codes, std::size_t n_clusters, Column<double> origin,
                         int n_threads) {
    const std::size_t n = X.shape(0), d = X.shape(1);
    check_shape(X, 0);
    require(n_clusters >= 1 && n_clusters <= 1u << 24, "n_clusters is 1 to 2^24");
    check_weights(weights, n);
    check_row_labels(codes, n, n_clusters);
    check_length(origin.shape(0), d, "origin");
    check_threads(n_threads);
    kwise::Buffer<double> means(n_clusters * d), squares(n);
    without_lock([&] {
        kwise::cluster_spread(view_of<T>(X, nullptr),
                              {codes.data(), n_clusters, weights ? weights->data() : nullptr},
                              origin.data(), n_threads, means.data(), squares.data());
    });
    return nb::make_tuple(to_numpy(std::move(means), {n_clusters, d}),
                          to_numpy(std::move(squares), {n}));
}

template <class T>
auto column_means(Matrix<T> X, int n_threads) {
    check_shape(X, 1);
    check_threads(n_threads);
    std::vector<T> means;
    without_lock([&] { means = kwise::column_means(view_of<T>(X, nullptr), n_threads); });
    const std::size_t d = means.size();
    return to_numpy(std::move(means), {d});
}

// Means of the columns, and the mean of their variances.
template <class T>
auto column_statistics(Matrix<T> X, int n_threads) {
    check_shape(X, 1);
    check_threads(n_threads);
    std::vector<T> means;
    double variance = 0.0;
    without_lock([&] {
        means = kwise::column_means(view_of<T>(X, nullptr), n_threads);
        variance = kwise::mean_variance(view_of<T>(X, nullptr), means, n_threads);
    });
    const std::size_t d = means.size();
    return nb::make_tuple(to_numpy(std::move(means), {d}), variance);
}

// Cheap beside sorting, so that it is checked here.
double dip_of(Column<double> sorted) {
    check_count(sorted.shape(0), 1, "values");
    for (std::size_t i = 0; i < sorted.shape(0); ++i) {
        require(std::isfinite(sorted(i)) && (i == 0 || sorted(i - 1) <= sorted(i)),
                "values are finite and ascend");
    }
    return kwise::dip(sorted.data(), sorted.shape(0));
}

// For each float type.
template <class T>
void bind_distances(nb::module_& m) {
    m.def("column_means", &column_means<T>, "X"_a.noconvert(), "n_threads"_a);
    m.def("column_statistics", &column_statistics<T>, "X"_a.noconvert(), "n_threads"_a);
    m.def("distances", &distances<T>, "X"_a.noconvert(), "centers"_a.noconvert(), "n_threads"_a);
    m.def("own_and_next", &own_and_next<T>, "X"_a.noconvert(), "centers"_a.noconvert(),
          "labels"_a.noconvert(), "n_threads"_a);
    m.def("cluster_spread", &cluster_spread<T>, "X"_a.noconvert(), "weights"_a.none().noconvert(),
          "codes"_a.noconvert(), "n_clusters"_a, "origin"_a.noconvert(), "n_threads"_a);
}

}  // namespace

void bind_measures(nb::module_& m) {
    bind_distances<float>(m);
    bind_distances<double>(m);
    using kwise::Silhouette;
    nb::class_<Silhouette>(m, "Silhouette")
        .def("__init__", &make<float>, "X"_a.noconvert(), "weights"_a.none().noconvert(),
             "codes"_a.noconvert(), "n_clusters"_a, "n_threads"_a, "for_all"_a = true)
        .def("__init__", &make<double>, "X"_a.noconvert(), "weights"_a.none().noconvert(),
             "codes"_a.noconvert(), "n_clusters"_a, "n_threads"_a, "for_all"_a = true)
        .def_prop_ro("n_steps", &Silhouette::n_steps)
        .def("run", &run_steps, "first"_a, "last"_a)
        .def("values", &values)
        .def("values_of", &values_of, "rows"_a.noconvert())
        .def("sums_of", &sums_of, "rows"_a.noconvert());
    m.def("dip", &dip_of, "sorted"_a.noconvert());
}
