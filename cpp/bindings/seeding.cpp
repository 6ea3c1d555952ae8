// First centers for Python.
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <vector>

#include "bindings/first_labels.hpp"
#include "bindings/points.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"

namespace {

auto values_of(const FirstLabels& self) {
    const std::size_t n = std::min(self.n_rows, self.values.size());
    std::vector<std::int32_t> values(self.values.data(), self.values.data() + n);
    return to_numpy(std::move(values), {n});
}

kwise::TrialFilterKind filter_kind(const std::string& name) {
    if (name == "automatic") return kwise::TrialFilterKind::automatic;
    if (name == "float32") return kwise::TrialFilterKind::float32;
    if (name == "int16") return kwise::TrialFilterKind::int16;
    throw nb::value_error("the filter is automatic, float32 or int16");
}

auto seed_rows(const std::vector<std::size_t>& rows) {
    return to_numpy(std::vector<std::int64_t>(rows.begin(), rows.end()), {rows.size()});
}

template <class T>
nb::tuple run_seeding(const HeldDensePoints<T>& held, std::size_t n_clusters,
                      Column<double> uniforms, std::size_t n_trials, int n_threads,
                      const std::string& filter, bool with_labels) {
    check_draws(uniforms, n_clusters, n_trials, held.points().n_rows());
    check_threads(n_threads);
    const kwise::TrialFilterKind kind = filter_kind(filter);
    const kwise::DensePoints<T>& points = held.points();
    kwise::Buffer<std::int32_t> labels(with_labels ? points.n_panels() * kwise::panel_rows : 0);
    const auto rows = without_lock([&] {
        return kwise::kmeans_plusplus(points, n_clusters, uniforms.data(), n_trials, n_threads,
                                      with_labels ? labels.data() : nullptr, kind);
    });
    if (!with_labels) return nb::make_tuple(seed_rows(rows), nb::none());
    return nb::make_tuple(seed_rows(rows), FirstLabels{points.n_rows(), std::move(labels)});
}

template <class T>
nb::tuple run_sparse_seeding(const HeldSparsePoints<T>& held, std::size_t n_clusters,
                             Column<double> uniforms, std::size_t n_trials, int n_threads,
                             const std::string&, bool) {
    check_draws(uniforms, n_clusters, n_trials, held.points().n_rows());
    check_threads(n_threads);
    const auto rows = without_lock([&] {
        return kwise::kmeans_plusplus(held.points(), n_clusters, uniforms.data(), n_trials,
                                      n_threads);
    });
    return nb::make_tuple(seed_rows(rows), nb::none());
}

template <class T>
void bind(nb::module_& m) {
    m.def("kmeans_plusplus", &run_seeding<T>, "points"_a, "n_clusters"_a, "uniforms"_a.noconvert(),
          "n_trials"_a, "n_threads"_a, "filter"_a, "with_labels"_a);
    m.def("kmeans_plusplus", &run_sparse_seeding<T>, "points"_a, "n_clusters"_a,
          "uniforms"_a.noconvert(), "n_trials"_a, "n_threads"_a, "filter"_a, "with_labels"_a);
}

}  // namespace

void bind_seeding(nb::module_& m) {
    nb::class_<FirstLabels>(m, "FirstLabels")
        .def_prop_ro("values", &values_of, nb::rv_policy::move);
    bind<float>(m);
    bind<double>(m);
}
