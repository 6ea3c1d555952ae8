// First centers for Python.
#include <nanobind/stl/string.h>

#include <vector>

#include "bindings/points.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"

namespace {

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
auto run_seeding(const HeldDensePoints<T>& held, std::size_t n_clusters, Column<double> uniforms,
                 std::size_t n_trials, int n_threads, const std::string& filter) {
    check_draws(uniforms, n_clusters, n_trials, held.points().n_rows());
    check_threads(n_threads);
    const kwise::TrialFilterKind kind = filter_kind(filter);
    return seed_rows(without_lock([&] {
        return kwise::kmeans_plusplus(held.points(), n_clusters, uniforms.data(), n_trials,
                                      n_threads, nullptr, kind);
    }));
}

template <class T>
auto run_sparse_seeding(const HeldSparsePoints<T>& held, std::size_t n_clusters,
                        Column<double> uniforms, std::size_t n_trials, int n_threads,
                        const std::string&) {
    check_draws(uniforms, n_clusters, n_trials, held.points().n_rows());
    check_threads(n_threads);
    return seed_rows(without_lock([&] {
        return kwise::kmeans_plusplus(held.points(), n_clusters, uniforms.data(), n_trials,
                                      n_threads);
    }));
}

template <class T>
void bind(nb::module_& m) {
    m.def("kmeans_plusplus", &run_seeding<T>, "points"_a, "n_clusters"_a, "uniforms"_a.noconvert(),
          "n_trials"_a, "n_threads"_a, "filter"_a);
    m.def("kmeans_plusplus", &run_sparse_seeding<T>, "points"_a, "n_clusters"_a,
          "uniforms"_a.noconvert(), "n_trials"_a, "n_threads"_a, "filter"_a);
}

}  // namespace

void bind_seeding(nb::module_& m) {
    bind<float>(m);
    bind<double>(m);
}
