// Points for Python, and labels and inertia for given centers.
#include "bindings/points.hpp"

#include <nanobind/stl/optional.h>

#include <algorithm>
#include <vector>

#include "kwise/exact/inertia.hpp"
#include "kwise/predict/predict_labels.hpp"
#include "kwise/sparse/sparse_columns.hpp"

namespace {

// Labels, and whether all rows are certainly finite: if not, the caller looks for what is not.
template <class T>
nb::tuple assign(Matrix<T> X, RowMajor<T> centers, int n_threads) {
    check_shape(X, 0);
    check_centers(centers.shape(0), centers.shape(1), X.shape(1));
    check_threads(n_threads);
    // Not initialized: the threads that fill it touch it first.
    kwise::Buffer<std::int32_t> labels(X.shape(0));
    const bool finite = without_lock([&] {
        const auto exact =
            kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
        return kwise::predict_labels(view_of<T>(X, nullptr), exact, n_threads, labels.data());
    });
    const std::size_t n = labels.size();
    return nb::make_tuple(to_numpy(std::move(labels), {n}), finite);
}

// By labels that are given: not whether they are the nearest.
template <class T>
double inertia(Matrix<T> X, std::optional<Column<T>> weights, RowMajor<T> centers,
               Column<std::int32_t> labels, int n_threads) {
    check_shape(X, 0);
    check_centers(centers.shape(0), centers.shape(1), X.shape(1));
    check_weights(weights, X.shape(0));
    check_row_labels(labels, X.shape(0), centers.shape(0));
    check_threads(n_threads);
    return without_lock([&] {
        const auto exact =
            kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
        return kwise::inertia_of(view_of<T>(X, nullptr), weights ? weights->data() : nullptr, exact,
                                 labels.data(), n_threads);
    });
}

// Stored values are not looked at: the second answer is always true.
template <class T>
nb::tuple assign_sparse(const HeldSparsePoints<T>& held, RowMajor<T> centers, int n_threads) {
    check_centers(centers.shape(0), centers.shape(1), held.points().n_features());
    check_threads(n_threads);
    std::vector<std::int32_t> labels(held.points().n_rows());
    without_lock([&] {
        const auto exact =
            kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
        kwise::predict_sparse_labels(held.points().rows(), exact, n_threads, labels.data());
    });
    const std::size_t n = labels.size();
    return nb::make_tuple(to_numpy(std::move(labels), {n}), true);
}

template <class T>
double inertia_sparse(const HeldSparsePoints<T>& held, RowMajor<T> centers,
                      Column<std::int32_t> labels, int n_threads) {
    check_centers(centers.shape(0), centers.shape(1), held.points().n_features());
    check_row_labels(labels, held.points().n_rows(), centers.shape(0));
    check_threads(n_threads);
    return without_lock([&] {
        const auto exact =
            kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
        return held.points().inertia(exact, labels.data(), n_threads, nullptr);
    });
}

// In float64, whatever the rows' type.
template <class T>
auto column_variances(const HeldSparsePoints<T>& held, int n_threads) {
    check_threads(n_threads);
    auto found =
        without_lock([&] { return kwise::column_variances(held.points().rows(), n_threads); });
    const std::size_t d = found.size();
    return to_numpy(std::move(found), {d});
}

// What both kinds of points tell.
template <class Held>
auto bind_held(nb::module_& m, const char* name) {
    return nb::class_<Held>(m, name)
        .def_prop_ro("n_samples", [](const Held& self) { return self.points().n_rows(); })
        .def_prop_ro("n_features", [](const Held& self) { return self.points().n_features(); });
}

// Names by float type; functions of one name are told apart by their arguments' types.
template <class T>
void bind(nb::module_& m, const char* dense, const char* sparse) {
    bind_held<HeldDensePoints<T>>(m, dense)
        .def(nb::init<Matrix<T>, std::optional<Column<T>>, std::optional<Column<T>>, int,
                      std::size_t>(),
             "X"_a.noconvert(), "shift"_a.none().noconvert(), "sample_weight"_a.none().noconvert(),
             "n_threads"_a, "n_centers"_a = 0)
        .def_prop_ro("variance",
                     [](const HeldDensePoints<T>& self) { return self.points().variance(); })
        .def_prop_ro("largest", [](const HeldDensePoints<T>& self) {
            const auto& largest = self.points().column_largest();
            return *std::max_element(largest.begin(), largest.end());
        });
    bind_held<HeldSparsePoints<T>>(m, sparse).def(
        nb::init<Column<T>, Column<std::int32_t>, Column<std::int64_t>, std::size_t,
                 std::optional<Column<T>>, int>(),
        "values"_a.noconvert(), "columns"_a.noconvert(), "starts"_a.noconvert(), "n_features"_a,
        "sample_weight"_a.none().noconvert(), "n_threads"_a);
    m.def("assign", &assign<T>, "X"_a.noconvert(), "centers"_a.noconvert(), "n_threads"_a);
    m.def("assign", &assign_sparse<T>, "points"_a, "centers"_a.noconvert(), "n_threads"_a);
    m.def("column_variances", &column_variances<T>, "points"_a, "n_threads"_a);
    m.def("inertia", &inertia<T>, "X"_a.noconvert(), "sample_weight"_a.none().noconvert(),
          "centers"_a.noconvert(), "labels"_a.noconvert(), "n_threads"_a);
    m.def("inertia", &inertia_sparse<T>, "points"_a, "centers"_a.noconvert(),
          "labels"_a.noconvert(), "n_threads"_a);
}

}  // namespace

void bind_points(nb::module_& m) {
    bind<float>(m, "Points32", "SparsePoints32");
    bind<double>(m, "Points64", "SparsePoints64");
}
