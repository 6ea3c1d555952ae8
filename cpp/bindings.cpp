// The engine for Python: it converts arguments, releases the interpreter's lock and
// forwards. The Python functions that call these document them.
#include "bindings.hpp"

#include <nanobind/stl/function.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>

#include "kwise/assignment.hpp"
#include "kwise/labeling.hpp"
#include "kwise/lloyd.hpp"
#include "kwise/runs.hpp"
#include "kwise/seeding.hpp"
#include "kwise/sparse.hpp"

namespace {

// Keeps the arrays that the points look into.
template <class T>
class HeldPoints {
  public:
    using Value = T;
    HeldPoints(Matrix<T> X, std::optional<Column<T>> shift, std::optional<Column<T>> weights,
               int n_threads, std::size_t n_centers)
        : X_(X), shift_(shift), weights_(weights) {
        points_ = without_lock([&] {
            return std::make_unique<kwise::Points<T>>(
                view_of(X_, shift_ ? shift_->data() : nullptr),
                weights_ ? weights_->data() : nullptr, n_threads, n_centers);
        });
    }
    const kwise::Points<T>& points() const { return *points_; }

  private:
    Matrix<T> X_;
    std::optional<Column<T>> shift_, weights_;
    std::unique_ptr<kwise::Points<T>> points_;
};

template <class T>
class HeldSparsePoints {
  public:
    using Value = T;
    HeldSparsePoints(Column<T> values, Column<std::int32_t> columns, Column<std::int64_t> starts,
                     std::size_t n_features, std::optional<Column<T>> weights, int n_threads)
        : values_(values), columns_(columns), starts_(starts), weights_(weights) {
        points_ = without_lock([&] {
            return std::make_unique<kwise::SparsePoints<T>>(
                kwise::SparseView<T>{values_.data(), columns_.data(), starts_.data(),
                                     starts_.shape(0) - 1, n_features},
                weights_ ? weights_->data() : nullptr, n_threads);
        });
    }
    const kwise::SparsePoints<T>& points() const { return *points_; }

  private:
    Column<T> values_;
    Column<std::int32_t> columns_;
    Column<std::int64_t> starts_;
    std::optional<Column<T>> weights_;
    std::unique_ptr<kwise::SparsePoints<T>> points_;
};

// What seeding knows of the nearest seeds, for one run of Lloyd's algorithm, which takes it.
struct FirstLabels {
    std::size_t n_rows;
    kwise::Buffer<std::int32_t> values;
};

kwise::Buffer<std::int32_t> taken(FirstLabels* labels, std::size_t n_rows) {
    if (labels == nullptr) return {};
    if (labels->n_rows != n_rows) throw nb::value_error("the labels are of other rows");
    return std::exchange(labels->values, {});
}

auto values_of(const FirstLabels& self) {
    const std::size_t n = std::min(self.n_rows, self.values.size());
    std::vector<std::int32_t> values(self.values.data(), self.values.data() + n);
    return to_numpy(std::move(values), {n});
}

// NumPy's own argpartition decides among equals, so that relocated clusters match scikit-learn.
template <class T>
std::vector<std::size_t> pick_farthest(const double* distances, std::size_t n, std::size_t count) {
    nb::gil_scoped_acquire lock;
    std::vector<T> rounded(distances, distances + n);
    nb::object order = nb::module_::import_("numpy").attr("argpartition")(
        to_numpy(std::move(rounded), {n}), -static_cast<std::int64_t>(count));
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < count; ++i) {
        rows.push_back(nb::cast<std::size_t>(nb::int_(order[n - 1 - i])));
    }
    return rows;
}

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

template <class Held, class T = typename Held::Value>
nb::dict run_lloyd(const Held& held, RowMajor<T> centers, int max_iter, double tol, int n_threads,
                   bool keep_history, std::optional<std::function<void(int, double)>> on_iteration,
                   FirstLabels* labels) {
    kwise::LloydOptions options{max_iter, tol, n_threads, keep_history, &pick_farthest<T>, {}};
    if (on_iteration) {
        options.on_iteration = [&](int iteration, double inertia) {
            nb::gil_scoped_acquire lock;
            (*on_iteration)(iteration, inertia);
        };
    }
    const std::size_t k = centers.shape(0), d = centers.shape(1);
    auto known = taken(labels, held.points().n_rows());
    return as_dict<T>(without_lock([&] {
                          return kwise::lloyd(held.points(), centers.data(), k, options,
                                              std::move(known));
                      }),
                      k, d, keep_history);
}

template <class Held, class T = typename Held::Value>
auto run_best(const Held& held, Starts<T> starts, int max_iter, double tol, int n_threads,
              const std::vector<FirstLabels*>& labels) {
    const kwise::LloydOptions options{max_iter, tol, n_threads, false, &pick_farthest<T>, {}};
    const std::size_t n_starts = starts.shape(0), k = starts.shape(1), d = starts.shape(2);
    std::vector<kwise::Buffer<std::int32_t>> known(n_starts);
    for (std::size_t s = 0; s < std::min(n_starts, labels.size()); ++s) {
        known[s] = taken(labels[s], held.points().n_rows());
    }
    auto found = without_lock([&] {
        return kwise::best_of_runs(held.points(), starts.data(), n_starts, k, options,
                                   std::move(known));
    });
    return nb::make_tuple(as_dict(std::move(found.result), k, d, false),
                          to_numpy(std::move(found.inertias), {n_starts}));
}

kwise::GainKind gain_kind(const std::string& name) {
    if (name == "automatic") return kwise::GainKind::automatic;
    if (name == "floats") return kwise::GainKind::floats;
    if (name == "wholes") return kwise::GainKind::wholes;
    throw nb::value_error("the filter is automatic, floats or wholes");
}

void check_draws(const Column<double>& uniforms, std::size_t n_clusters, std::size_t n_trials) {
    if (uniforms.shape(0) != 1 + (n_clusters - 1) * n_trials) {
        throw nb::value_error("one uniform for the first seed and n_trials for each other");
    }
}

auto seed_rows(const std::vector<std::size_t>& rows) {
    return to_numpy(std::vector<std::int64_t>(rows.begin(), rows.end()), {rows.size()});
}

template <class T>
nb::tuple run_seeding(const HeldPoints<T>& held, std::size_t n_clusters, Column<double> uniforms,
                      std::size_t n_trials, int n_threads, const std::string& filter,
                      bool with_labels) {
    check_draws(uniforms, n_clusters, n_trials);
    const kwise::GainKind kind = gain_kind(filter);
    const kwise::Points<T>& points = held.points();
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
    check_draws(uniforms, n_clusters, n_trials);
    const auto rows = without_lock([&] {
        return kwise::kmeans_plusplus(held.points(), n_clusters, uniforms.data(), n_trials,
                                      n_threads);
    });
    return nb::make_tuple(seed_rows(rows), nb::none());
}

// Labels, and whether all rows are certainly finite.
template <class T>
nb::tuple assign(Matrix<T> X, RowMajor<T> centers, int n_threads) {
    kwise::Buffer<std::int32_t> labels(X.shape(0));
    const bool finite = without_lock([&] {
        const auto exact =
            kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
        return kwise::label_rows(view_of<T>(X, nullptr), exact, n_threads, labels.data());
    });
    const std::size_t n = labels.size();
    return nb::make_tuple(to_numpy(std::move(labels), {n}), finite);
}

template <class T>
double inertia(Matrix<T> X, std::optional<Column<T>> weights, RowMajor<T> centers,
               Column<std::int32_t> labels, int n_threads) {
    return without_lock([&] {
        const auto exact =
            kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
        return kwise::inertia_of(view_of<T>(X, nullptr), weights ? weights->data() : nullptr, exact,
                                 labels.data(), n_threads);
    });
}

template <class T>
nb::tuple assign_sparse(const HeldSparsePoints<T>& held, RowMajor<T> centers, int n_threads) {
    std::vector<std::int32_t> labels(held.points().n_rows());
    without_lock([&] {
        const auto exact =
            kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
        kwise::label_sparse_rows(held.points().rows(), exact, n_threads, labels.data());
    });
    const std::size_t n = labels.size();
    return nb::make_tuple(to_numpy(std::move(labels), {n}), true);
}

template <class T>
double inertia_sparse(const HeldSparsePoints<T>& held, RowMajor<T> centers,
                      Column<std::int32_t> labels, int n_threads) {
    return without_lock([&] {
        const auto exact =
            kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
        return held.points().inertia(exact, labels.data(), n_threads, nullptr);
    });
}

// What both kinds of points offer.
template <class Held>
auto bind_points(nb::module_& m, const char* name) {
    m.def("lloyd", &run_lloyd<Held>, "points"_a, "centers"_a.noconvert(), "max_iter"_a, "tol"_a,
          "n_threads"_a, "keep_history"_a = false, "on_iteration"_a.none() = nb::none(),
          "labels"_a.none() = nb::none());
    m.def("best_of_runs", &run_best<Held>, "points"_a, "starts"_a.noconvert(), "max_iter"_a,
          "tol"_a, "n_threads"_a, "labels"_a = std::vector<FirstLabels*>());
    return nb::class_<Held>(m, name)
        .def_prop_ro("n_samples", [](const Held& self) { return self.points().n_rows(); })
        .def_prop_ro("n_features", [](const Held& self) { return self.points().n_features(); })
        .def(
            "takes_labels",
            [](const Held& self, std::size_t k) { return self.points().takes_labels(k); },
            "n_clusters"_a);
}

template <class T>
void bind(nb::module_& m, const char* dense, const char* sparse) {
    bind_points<HeldPoints<T>>(m, dense)
        .def(nb::init<Matrix<T>, std::optional<Column<T>>, std::optional<Column<T>>, int,
                      std::size_t>(),
             "X"_a.noconvert(), "shift"_a.none().noconvert(), "sample_weight"_a.none().noconvert(),
             "n_threads"_a, "n_centers"_a = 0)
        .def_prop_ro("variance",
                     [](const HeldPoints<T>& self) { return self.points().variance(); });
    bind_points<HeldSparsePoints<T>>(m, sparse).def(
        nb::init<Column<T>, Column<std::int32_t>, Column<std::int64_t>, std::size_t,
                 std::optional<Column<T>>, int>(),
        "values"_a.noconvert(), "columns"_a.noconvert(), "starts"_a.noconvert(), "n_features"_a,
        "sample_weight"_a.none().noconvert(), "n_threads"_a);
    m.def("kmeans_plusplus", &run_seeding<T>, "points"_a, "n_clusters"_a, "uniforms"_a.noconvert(),
          "n_trials"_a, "n_threads"_a, "filter"_a, "with_labels"_a);
    m.def("kmeans_plusplus", &run_sparse_seeding<T>, "points"_a, "n_clusters"_a,
          "uniforms"_a.noconvert(), "n_trials"_a, "n_threads"_a, "filter"_a, "with_labels"_a);
    m.def("assign", &assign<T>, "X"_a.noconvert(), "centers"_a.noconvert(), "n_threads"_a);
    m.def("assign", &assign_sparse<T>, "points"_a, "centers"_a.noconvert(), "n_threads"_a);
    m.def("inertia", &inertia<T>, "X"_a.noconvert(), "sample_weight"_a.none().noconvert(),
          "centers"_a.noconvert(), "labels"_a.noconvert(), "n_threads"_a);
    m.def("inertia", &inertia_sparse<T>, "points"_a, "centers"_a.noconvert(),
          "labels"_a.noconvert(), "n_threads"_a);
}

}  // namespace

NB_MODULE(_native, m) {
    nb::class_<FirstLabels>(m, "FirstLabels")
        .def_prop_ro("values", &values_of, nb::rv_policy::move);
    bind<float>(m, "Points32", "SparsePoints32");
    bind<double>(m, "Points64", "SparsePoints64");
    bind_measures(m);
    m.attr("version") = KWISE_VERSION;
    m.attr("compiler") = __VERSION__;
    m.def("isa", [] { return kwise::kernels().name; });
    m.def("machine_isa", &kwise::machine_isa);
}
