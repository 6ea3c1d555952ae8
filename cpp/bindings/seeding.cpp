// First centers for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <memory>
#include <optional>
#include <vector>

#include "bindings/points.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"
#include "kwise/seeding/part_seeding.hpp"
#include "kwise/seeding/weighted_draws.hpp"

namespace {

// For tests and measurements; answers do not depend on it.
kwise::TrialFilterKind filter_kind(const std::string& name) {
    if (name == "automatic") return kwise::TrialFilterKind::automatic;
    if (name == "float32") return kwise::TrialFilterKind::float32;
    if (name == "int16") return kwise::TrialFilterKind::int16;
    if (name == "triangle") return kwise::TrialFilterKind::triangle;
    throw nb::value_error("the filter is automatic, float32, int16 or triangle");
}

// NumPy's index type.
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

// There is one way for sparse rows, whatever filter is asked for.
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

// Seeding for the rows of one part; keeps the arrays that it looks into. Whoever calls carries sums
// and running sums from part to part.
template <class T>
class HeldPartSeeding {
  public:
    HeldPartSeeding(Matrix<T> X, Column<T> shift, std::optional<Column<T>> weights, int n_threads)
        : X_(X), shift_(shift), weights_(weights) {
        check_shape(X, 1);
        check_threads(n_threads);
        check_length(shift.shape(0), X.shape(1), "shift");
        check_weights(weights, X.shape(0));
        seeding_ = without_lock([&] {
            return std::make_unique<kwise::PartSeeding<T>>(
                view_of(X_, shift_.data()), weights_ ? weights_->data() : nullptr, n_threads);
        });
    }
    // Chunk sums of what the potential is, or, if not kept, would be.
    auto lower(Column<T> seed, bool kept) {
        check_length(seed.shape(0), X_.shape(1), "seed");
        auto sums = without_lock([&] { return seeding_->lower(seed.data(), kept); });
        const std::size_t n = sums.size();
        return to_numpy(std::move(sums), {n});
    }
    // The rows where the running sum reaches the ascending targets, and its end.
    nb::tuple look_up(Column<double> targets, std::size_t n_rows_in_all, double before) const {
        const std::size_t n = targets.shape(0);
        // Ascending, as the caller promises; others would get too late rows, but none that is not
        // there.
        const std::vector<double> ascending(targets.data(), targets.data() + n);
        std::vector<std::size_t> found;
        const double end = without_lock(
            [&] { return seeding_->look_up(ascending, n_rows_in_all, before, found); });
        return nb::make_tuple(seed_rows(found), end);
    }
    // To the nearest seed, in T, for all rows of the part.
    auto distances() const {
        const std::size_t n = seeding_->n_rows();
        return to_numpy(std::vector<T>(seeding_->distances(), seeding_->distances() + n), {n});
    }

  private:
    Matrix<T> X_;
    Column<T> shift_;
    std::optional<Column<T>> weights_;
    std::unique_ptr<kwise::PartSeeding<T>> seeding_;
};

// One row by weight; equal weights, where there are none, of rows of type T.
template <class T>
std::size_t draw_row(std::optional<Column<T>> weights, std::size_t n_rows, double uniform) {
    require(n_rows >= 1, "the number of rows is at least 1");
    require(uniform >= 0.0 && uniform < 1.0, "uniforms are in [0, 1)");
    check_weights(weights, n_rows);
    return without_lock([&] {
        return kwise::draw_weighted<T>(weights ? weights->data() : nullptr, n_rows, uniform);
    });
}

template <class T>
void bind_part(nb::module_& m, const char* name, const char* draw) {
    // The type is told by the name where there are no weights to tell it.
    m.def(draw, &draw_row<T>, "sample_weight"_a.none().noconvert(), "n_rows"_a, "uniform"_a);
    using Held = HeldPartSeeding<T>;
    nb::class_<Held>(m, name)
        .def(nb::init<Matrix<T>, Column<T>, std::optional<Column<T>>, int>(), "X"_a.noconvert(),
             "shift"_a.noconvert(), "sample_weight"_a.none().noconvert(), "n_threads"_a)
        .def("lower", &Held::lower, "seed"_a.noconvert(), "kept"_a)
        .def("look_up", &Held::look_up, "targets"_a.noconvert(), "n_rows_in_all"_a, "before"_a)
        .def("distances", &Held::distances);
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
    bind_part<float>(m, "PartSeeding32", "draw_row32");
    bind_part<double>(m, "PartSeeding64", "draw_row64");
}
