// Parts of a data set for Python, and the centers that the sums of all of them make.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "bindings/points.hpp"
#include "kwise/data/column_statistics.hpp"
#include "kwise/exact/inertia.hpp"
#include "kwise/lloyd/center_update.hpp"
#include "kwise/lloyd/part.hpp"

namespace {

// What the caller knows of all parts together. A lie about ranges would make sums inexact, not
// unsafe.
kwise::WholeRanges whole_of(std::size_t n_rows, const Column<double>& largest,
                            double largest_weight, bool weighted) {
    require(n_rows >= 1, "the number of rows is at least 1");
    check_count(largest.shape(0), 1, "columns");
    return {n_rows, {largest.data(), largest.data() + largest.shape(0)}, largest_weight, weighted};
}

// Keeps the arrays that the part looks into. The shift is required: it is that of the whole data
// set.
template <class T>
class HeldPart {
  public:
    HeldPart(Matrix<T> X, Column<T> shift, std::optional<Column<T>> weights, std::size_t n_rows,
             Column<double> largest, double largest_weight, bool weighted, std::size_t n_clusters,
             bool kept, int n_threads)
        : X_(X), shift_(shift), weights_(weights), n_clusters_(n_clusters) {
        check_shape(X, 1);
        check_count(n_clusters, 1, "clusters");
        check_threads(n_threads);
        check_length(shift.shape(0), X.shape(1), "shift");
        check_length(largest.shape(0), X.shape(1), "largest");
        check_weights(weights, X.shape(0));
        // Whether rows weigh decides the units of the sums, for all parts alike.
        require(!weights || weighted, "weights of a data set that has none");
        // The number of rows in all is part of the units: fewer than are here would make sums
        // inexact.
        require(n_rows >= X.shape(0), "a part has at most all rows");
        const auto whole = whole_of(n_rows, largest, largest_weight, weighted);
        part_ = without_lock([&] {
            return std::make_unique<kwise::Part<T>>(view_of(X_, shift_.data()),
                                                    weights_ ? weights_->data() : nullptr, whole,
                                                    n_clusters, kept, n_threads);
        });
    }

    // Keeps the sums up to date with the labels.
    std::size_t assign(RowMajor<T> centers) {
        const auto exact = exact_of(centers);
        const std::size_t n_moved = without_lock([&] { return part_->assign(exact); });
        has_labels_ = true;  // all of them: it was not interrupted
        return n_moved;
    }
    // After the centers of the last assign() moved: upper bounds, or rows that are kept would keep
    // wrong labels.
    void centers_moved(Column<double> shifts) {
        check_length(shifts.shape(0), n_clusters_, "shifts");
        part_->centers_moved({shifts.data(), shifts.data() + n_clusters_});
    }
    // Part by part, in the units of the whole, so that adding them is exact; see
    // exact/exact_sums.hpp.
    nb::tuple sums() const {
        const kwise::ExactSums& sums = part_->sums();
        return nb::make_tuple(
            to_numpy(std::vector<double>(sums.sum_parts()), {sums.sum_parts().size()}),
            to_numpy(std::vector<double>(sums.mass_parts()), {sums.mass_parts().size()}));
    }
    // A copy, since the next assign() overwrites them.
    auto labels() const {
        require_labels();
        const std::size_t n = part_->rows().n_rows;
        return to_numpy(std::vector<std::int32_t>(part_->labels(), part_->labels() + n), {n});
    }
    // Chunk by chunk, so that the caller adds chunks of all parts in one order.
    auto chunk_inertias(RowMajor<T> centers) const {
        require_labels();
        const auto exact = exact_of(centers);
        auto found = without_lock([&] { return inertias(exact, nullptr); });
        const std::size_t n = found.size();
        return to_numpy(std::move(found), {n});
    }
    // Every row's canonical squared distance to the center of its label.
    auto distances(RowMajor<T> centers) const {
        require_labels();
        const auto exact = exact_of(centers);
        std::vector<double> found(part_->rows().n_rows);
        without_lock([&] { return inertias(exact, found.data()); });
        const std::size_t n = found.size();
        return to_numpy(std::move(found), {n});
    }
    // Rows, their labels, and their distances in T, the farthest first; as many as there are, if
    // fewer. By the rule of farthest_rows, so that the farthest of all parts are among those of
    // each.
    nb::tuple farthest(RowMajor<T> centers, std::size_t count) const {
        require_labels();
        const auto exact = exact_of(centers);
        const std::size_t n = std::min<std::size_t>(count, part_->rows().n_rows);
        std::vector<std::int64_t> found;
        std::vector<std::int32_t> labels;
        std::vector<T> far;
        without_lock([&] {
            std::vector<double> distances(part_->rows().n_rows);
            inertias(exact, distances.data());
            for (const std::size_t row :
                 kwise::farthest_rows<T>(distances.data(), distances.size(), n)) {
                found.push_back(static_cast<std::int64_t>(row));
                labels.push_back(part_->labels()[row]);
                far.push_back(static_cast<T>(distances[row]));
            }
        });
        return nb::make_tuple(to_numpy(std::move(found), {n}), to_numpy(std::move(labels), {n}),
                              to_numpy(std::move(far), {n}));
    }

  private:
    kwise::ExactCenters exact_of(const RowMajor<T>& centers) const {
        check_centers(centers.shape(0), centers.shape(1), X_.shape(1));
        check_length(centers.shape(0), n_clusters_, "centers");
        return kwise::ExactCenters::from(centers.data(), centers.shape(0), centers.shape(1));
    }
    void require_labels() const {
        require(has_labels_, "the part has no labels yet: assign first");
    }
    // Labels are those of the last assign(), centers any.
    std::vector<double> inertias(const kwise::ExactCenters& exact, double* distances) const {
        return kwise::chunk_inertias(part_->rows(), part_->weights(), exact, part_->labels(),
                                     part_->n_threads(), distances);
    }

    Matrix<T> X_;
    Column<T> shift_;
    std::optional<Column<T>> weights_;
    std::size_t n_clusters_;
    bool has_labels_ = false;
    std::unique_ptr<kwise::Part<T>> part_;
};

// Where the sums of all parts come together, and the next centers are made of them: by the same
// rule as where all rows are here.
template <class T>
class Totals {
  public:
    Totals(std::size_t n_rows, Column<double> largest, double largest_weight, bool weighted,
           std::size_t n_clusters)
        : d_(largest.shape(0)),
          k_(n_clusters),
          sums_(whole_of(n_rows, largest, largest_weight, weighted).template sums<T>(n_clusters)),
          update_(n_clusters, d_) {}

    // Before every iteration; parts that keep their rows hand in all that they hold, not what
    // changed.
    void clear() { sums_.clear(); }
    // Lengths are checked, units cannot be.
    void add(Column<double> sums, Column<double> mass) {
        check_length(sums.shape(0), sums_.sum_parts().size(), "sums");
        check_length(mass.shape(0), sums_.mass_parts().size(), "mass");
        sums_.add(sums.data(), mass.data());
    }
    // Of all parts together: a cluster may well be empty in one of them.
    std::vector<std::size_t> empty_clusters() const {
        return kwise::CenterUpdate<T>::empty_clusters(sums_, k_);
    }
    // Sums of each cluster's rows, rounded once.
    auto rounded() const {
        std::vector<double> out(k_ * d_);
        for (std::size_t c = 0; c < k_; ++c) sums_.write_sums(c, d_, out.data() + c * d_);
        return to_numpy(std::move(out), {k_, d_});
    }
    // The next centers, how far each went, and the sum of the squared ways. Relocated rows, if
    // any, come with their weights and the clusters that they leave and join.
    nb::tuple move(RowMajor<T> centers, RowMajor<T> rows, Column<double> weights,
                   Column<std::int64_t> from, Column<std::int64_t> to) {
        check_centers(centers.shape(0), centers.shape(1), d_);
        check_length(centers.shape(0), k_, "centers");
        const std::size_t n = rows.shape(0);
        check_length(rows.shape(1), d_, "a relocated row");
        check_length(weights.shape(0), n, "weights");
        check_length(from.shape(0), n, "from");
        check_length(to.shape(0), n, "to");
        check_indices(from.data(), n, k_, "from");
        check_indices(to.data(), n, k_, "to");
        std::vector<kwise::Relocation> relocations;
        for (std::size_t r = 0; r < n; ++r) {
            relocations.push_back({static_cast<std::size_t>(from(r)),
                                   static_cast<std::size_t>(to(r)),
                                   weights(r),
                                   {rows.data() + r * d_, rows.data() + (r + 1) * d_}});
        }
        // The caller's centers are left as they are.
        std::vector<T> moved(centers.data(), centers.data() + k_ * d_);
        const double shift = update_.move(sums_, relocations, moved);
        return nb::make_tuple(to_numpy(std::move(moved), {k_, d_}),
                              to_numpy(std::vector<double>(update_.shifts()), {k_}), shift);
    }

  private:
    // Sums in the units of the whole, and the memory of the update.
    std::size_t d_, k_;
    kwise::ExactSums sums_;
    kwise::CenterUpdate<T> update_;
};

// Sums that go on from part to part are added in one thread, in row order, as a single pass over
// all rows would.
template <class T>
auto column_sums(Matrix<T> X, Column<T> before) {
    check_shape(X, 0);
    const std::size_t d = X.shape(1);
    check_length(before.shape(0), d, "before");
    std::vector<T> sums(before.data(), before.data() + d);
    without_lock([&] {
        kwise::add_to_column_sums(view_of<T>(X, nullptr), sums.data());
        return 0;
    });
    return to_numpy(std::move(sums), {d});
}

// As the variance of all rows is made: differences from the means of the whole, by chunk.
template <class T>
auto chunk_squares(Matrix<T> X, Column<T> means, int n_threads) {
    check_shape(X, 0);
    check_threads(n_threads);
    check_length(means.shape(0), X.shape(1), "means");
    auto found = without_lock(
        [&] { return kwise::chunk_squares(view_of<T>(X, nullptr), means.data(), n_threads); });
    // For each chunk a row of sums and one of squares.
    const std::size_t d = X.shape(1), n = found.size() / (2 * d);
    return to_numpy(std::move(found), {n, std::size_t{2}, d});
}

template <class T>
void bind(nb::module_& m, const char* part, const char* totals) {
    using Held = HeldPart<T>;
    nb::class_<Held>(m, part)
        .def(nb::init<Matrix<T>, Column<T>, std::optional<Column<T>>, std::size_t, Column<double>,
                      double, bool, std::size_t, bool, int>(),
             "X"_a.noconvert(), "shift"_a.noconvert(), "sample_weight"_a.none().noconvert(),
             "n_rows"_a, "largest"_a.noconvert(), "largest_weight"_a, "weighted"_a, "n_clusters"_a,
             "kept"_a, "n_threads"_a)
        .def("assign", &Held::assign, "centers"_a.noconvert())
        .def("centers_moved", &Held::centers_moved, "shifts"_a.noconvert())
        .def("sums", &Held::sums)
        .def("labels", &Held::labels)
        .def("chunk_inertias", &Held::chunk_inertias, "centers"_a.noconvert())
        .def("distances", &Held::distances, "centers"_a.noconvert())
        .def("farthest", &Held::farthest, "centers"_a.noconvert(), "count"_a);
    nb::class_<Totals<T>>(m, totals)
        .def(nb::init<std::size_t, Column<double>, double, bool, std::size_t>(), "n_rows"_a,
             "largest"_a.noconvert(), "largest_weight"_a, "weighted"_a, "n_clusters"_a)
        .def("clear", &Totals<T>::clear)
        .def("add", &Totals<T>::add, "sums"_a.noconvert(), "mass"_a.noconvert())
        .def("empty_clusters", &Totals<T>::empty_clusters)
        .def("rounded", &Totals<T>::rounded)
        .def("move", &Totals<T>::move, "centers"_a.noconvert(), "rows"_a.noconvert(),
             "weights"_a.noconvert(), "from"_a.noconvert(), "to"_a.noconvert());
    m.def("add_to_column_sums", &column_sums<T>, "X"_a.noconvert(), "before"_a.noconvert());
    m.def("chunk_squares", &chunk_squares<T>, "X"_a.noconvert(), "means"_a.noconvert(),
          "n_threads"_a);
}

}  // namespace

void bind_parts(nb::module_& m) {
    bind<float>(m, "Part32", "Totals32");
    bind<double>(m, "Part64", "Totals64");
}
