// Lloyd's algorithm for Python: one run, with its seeding or without, the best of several, of one
// data set or of each of many, or a search for a better optimum than a run ended in.
#include <nanobind/stl/function.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "bindings/points.hpp"
#include "kwise/lloyd/lloyd.hpp"
#include "kwise/lloyd/multi_start.hpp"
#include "kwise/lloyd/seeded_lloyd.hpp"
#include "kwise/search/breathing.hpp"

namespace {

// Moves the result's arrays to Python; history only where it was kept.
template <class T>
nb::dict as_dict(kwise::LloydResult<T>&& result, std::size_t k, std::size_t d, bool keep_history) {
    nb::dict out;
    out["centers"] = to_numpy(std::move(result.centers), {k, d});
    const std::size_t n = result.labels.size();
    out["labels"] = to_numpy(std::move(result.labels), {n});
    out["inertia"] = result.inertia;
    out["n_iter"] = result.n_iter;
    out["strict_convergence"] = result.strict_convergence;
    out["converged"] = result.converged;
    out["center_shift"] = result.center_shift;
    if (keep_history) {
        const std::size_t entries = result.history_inertia.size();
        out["history_centers"] = to_numpy(std::move(result.history_centers), {entries, k, d});
        out["history_inertia"] = to_numpy(std::move(result.history_inertia), {entries});
    }
    return out;
}

// Called after every iteration, where it is given: for progress, and to stop by raising.
using OnIteration = std::optional<std::function<void(int, double)>>;

// The callback takes the interpreter's lock for the time of the call: the loop runs without it. It
// is called on the thread that called in. `on_iteration` must outlive the options.
kwise::LloydOptions options_of(int max_iter, double tol, int n_threads, bool keep_history,
                               const OnIteration& on_iteration) {
    kwise::LloydOptions options{max_iter, tol, n_threads, keep_history, {}};
    if (on_iteration) {
        options.on_iteration = [&](int iteration, double inertia) {
            // What it raises passes through the loop and ends the run.
            nb::gil_scoped_acquire lock;
            (*on_iteration)(iteration, inertia);
        };
    }
    return options;
}

// The answer does not depend on n_threads.
template <class Held, class T = typename Held::Value>
nb::dict run_lloyd(const Held& held, RowMajor<T> centers, int max_iter, double tol, int n_threads,
                   bool keep_history, OnIteration on_iteration) {
    const std::size_t k = centers.shape(0), d = centers.shape(1);
    check_centers(k, d, held.points().n_features());
    check_threads(n_threads);
    const auto options = options_of(max_iter, tol, n_threads, keep_history, on_iteration);
    return as_dict<T>(
        without_lock([&] { return kwise::lloyd(held.points(), centers.data(), k, options); }), k, d,
        keep_history);
}

// One call for seeding and descent, so that labels known from seeding are not lost on the way.
template <class T>
nb::dict run_seeded_lloyd(const HeldDensePoints<T>& held, std::size_t n_clusters,
                          Column<double> uniforms, std::size_t n_trials, int max_iter, double tol,
                          int n_threads, bool keep_history, OnIteration on_iteration) {
    check_draws(uniforms, n_clusters, n_trials, held.points().n_rows());
    check_threads(n_threads);
    const auto options = options_of(max_iter, tol, n_threads, keep_history, on_iteration);
    auto found = without_lock([&] {
        return kwise::seeded_lloyd(held.points(), n_clusters, uniforms.data(), n_trials, options);
    });
    return as_dict<T>(std::move(found.result), n_clusters, held.points().n_features(),
                      keep_history);
}

// Starts are compared in the order in which they come.
template <class Held, class T = typename Held::Value>
auto run_best(const Held& held, Starts<T> starts, int max_iter, double tol, int n_threads) {
    const auto options = options_of(max_iter, tol, n_threads, false, {});
    // One block of memory for all starts: n_starts x k x d.
    const std::size_t n_starts = starts.shape(0), k = starts.shape(1), d = starts.shape(2);
    check_count(n_starts, 1, "starts");
    check_centers(k, d, held.points().n_features());
    check_threads(n_threads);
    auto found = without_lock(
        [&] { return kwise::best_of_runs(held.points(), starts.data(), n_starts, k, options); });
    return nb::make_tuple(as_dict(std::move(found.result), k, d, false),
                          to_numpy(std::move(found.inertias), {n_starts}));
}

// Several small data sets, and several starts for each. `uniforms`: of each set, of each start of
// it, its draws.
template <class T>
nb::list run_best_seeded(std::vector<const HeldDensePoints<T>*> helds, std::size_t n_clusters,
                         Starts<double> uniforms, std::size_t n_trials, int max_iter,
                         Column<double> tols, int n_threads) {
    const std::size_t n_sets = uniforms.shape(0), n_starts = uniforms.shape(1);
    check_count(n_sets, 1, "data sets");
    check_count(n_starts, 1, "starts");
    check_length(helds.size(), n_sets, "points");
    check_length(tols.shape(0), n_sets, "tols");
    check_threads(n_threads);
    for (std::size_t s = 0; s < n_sets; ++s) {
        require(helds[s] != nullptr, "points are needed, found None");
        require(std::find(helds.begin(), helds.begin() + s, helds[s]) == helds.begin() + s,
                "no data set comes twice");
        check_n_draws(uniforms.shape(2), n_clusters, n_trials, helds[s]->points().n_rows());
    }
    check_uniforms(uniforms.data(), uniforms.size());
    const auto options = options_of(max_iter, 0.0, n_threads, false, {});
    auto found = without_lock([&] {
        std::vector<kwise::SeededRows<T>> sets;
        for (std::size_t s = 0; s < n_sets; ++s) {
            sets.push_back(
                {&helds[s]->points(), uniforms.data() + s * n_starts * uniforms.shape(2), tols(s)});
        }
        return kwise::best_of_seeded_runs(sets, n_starts, n_clusters, n_trials, options);
    });
    nb::list out;
    for (std::size_t s = 0; s < n_sets; ++s) {
        out.append(nb::make_tuple(
            as_dict(std::move(found[s].result), n_clusters, helds[s]->points().n_features(), false),
            to_numpy(std::move(found[s].inertias), {n_starts})));
    }
    return out;
}

// As many rows as clusters at least: the search counts what is left beside them.
template <class Held, class T = typename Held::Value>
nb::dict run_breathing(const Held& held, RowMajor<T> centers, Column<double> uniforms, int max_iter,
                       double tol, int n_threads) {
    const std::size_t k = centers.shape(0), d = centers.shape(1);
    check_centers(k, d, held.points().n_features());
    check_count(held.points().n_rows(), k, "rows");
    // One is enough: draws begin anew at the end.
    check_count(uniforms.shape(0), 1, "uniforms");
    check_threads(n_threads);
    const auto options = options_of(max_iter, tol, n_threads, false, {});
    const kwise::Draws draws{uniforms.data(), uniforms.shape(0)};
    return as_dict<T>(without_lock([&] {
                          return kwise::breathe(held.points(), centers.data(), k, draws, options);
                      }),
                      k, d, false);
}

// For each kind of points.
template <class Held>
void bind(nb::module_& m) {
    m.def("lloyd", &run_lloyd<Held>, "points"_a, "centers"_a.noconvert(), "max_iter"_a, "tol"_a,
          "n_threads"_a, "keep_history"_a = false, "on_iteration"_a.none() = nb::none());
    m.def("best_of_runs", &run_best<Held>, "points"_a, "starts"_a.noconvert(), "max_iter"_a,
          "tol"_a, "n_threads"_a);
    m.def("breathe", &run_breathing<Held>, "points"_a, "centers"_a.noconvert(),
          "uniforms"_a.noconvert(), "max_iter"_a, "tol"_a, "n_threads"_a);
}

// Dense rows only: sparse seeding knows no labels.
template <class T>
void bind_seeded(nb::module_& m) {
    m.def("seeded_lloyd", &run_seeded_lloyd<T>, "points"_a, "n_clusters"_a,
          "uniforms"_a.noconvert(), "n_trials"_a, "max_iter"_a, "tol"_a, "n_threads"_a,
          "keep_history"_a = false, "on_iteration"_a.none() = nb::none());
    m.def("best_of_seeded_runs", &run_best_seeded<T>, "points"_a, "n_clusters"_a,
          "uniforms"_a.noconvert(), "n_trials"_a, "max_iter"_a, "tols"_a.noconvert(),
          "n_threads"_a);
}

}  // namespace

void bind_lloyd(nb::module_& m) {
    bind<HeldDensePoints<float>>(m);
    bind<HeldSparsePoints<float>>(m);
    bind<HeldDensePoints<double>>(m);
    bind<HeldSparsePoints<double>>(m);
    bind_seeded<float>(m);
    bind_seeded<double>(m);
}
