// What a cluster costs says little of what a center more would save: a large round one costs more
// than two small groups that share a center. Cutting each along one line tells them apart.
#include "kwise/search/center_splits.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "kwise/exact/inertia.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace kwise {
namespace {

// Where a cluster may be cut, as shares of the way from its center to the row drawn.
constexpr double cuts[] = {0.0, 0.25, 0.5, 0.75};
constexpr std::size_t n_slices = std::size(cuts) + 1;

// Mass and weighted places of the rows between two cuts.
struct Slice {
    double mass = 0.0, sum = 0.0;
};

// A row of each cluster with probability proportional to what it costs: the uniform times all
// costs, less row by row. The last row that costs anything stands in where rounding leaves a rest.
std::vector<std::size_t> draw_rows(const std::vector<std::int32_t>& labels,
                                   const CenterShares& shares,
                                   const std::vector<double>& uniforms) {
    std::vector<double> left(shares.costs.size());
    std::vector<std::size_t> drawn(left.size(), labels.size());
    for (std::size_t c = 0; c < left.size(); ++c) left[c] = uniforms[c] * shares.costs[c];
    for (std::size_t r = 0; r < labels.size(); ++r) {
        const auto c = static_cast<std::size_t>(labels[r]);
        if (left[c] < 0.0) continue;
        if (shares.row_costs[r] > 0.0) drawn[c] = r;
        left[c] -= shares.row_costs[r];
    }
    return drawn;
}

template <class T>
void measure_rows(const DensePoints<T>& points, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* squares) {
    inertia_of(points.rows(), points.weights(), centers, labels, n_threads, squares);
}
template <class T>
void measure_rows(const SparsePoints<T>& points, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* squares) {
    points.inertia(centers, labels, n_threads, squares);
}

// Adds weight times a row to padded() sums; `row` is room for as many values.
template <class T>
void add_row(const DensePoints<T>& points, std::size_t r, double weight, std::vector<double>& row,
             double* sums) {
    points.exact_row(r, row.data());
    for (std::size_t i = 0; i < row.size(); ++i) sums[i] += weight * row[i];
}
// By the entries alone: there may be many columns.
template <class T>
void add_row(const SparsePoints<T>& points, std::size_t r, double weight, std::vector<double>&,
             double* sums) {
    const auto& rows = points.rows();
    for (std::int64_t e = rows.starts[r]; e < rows.starts[r + 1]; ++e) {
        sums[rows.columns[e]] += weight * static_cast<double>(rows.values[e]);
    }
}

// Squared distances of all rows to the row drawn for their cluster.
template <class PointsType>
std::vector<double> squares_to(const PointsType& points, const std::vector<std::size_t>& drawn,
                               const std::vector<std::int32_t>& labels, int n_threads) {
    ExactCenters centers;
    centers.n_centers = drawn.size();
    centers.padded = points.padded();
    centers.values.assign(drawn.size() * centers.padded, 0.0);
    for (std::size_t c = 0; c < drawn.size(); ++c) {
        if (drawn[c] == labels.size()) continue;
        points.exact_row(drawn[c], centers.values.data() + c * centers.padded);
    }
    std::vector<double> squares(labels.size());
    measure_rows(points, centers, labels.data(), n_threads, squares.data());
    return squares;
}

// A cut, and what it saves in squared lengths of the line.
struct Cut {
    double place = 0.0, saving = 0.0;
};

// The best of the cuts: the mass on either side, and how far the means lie apart along the line.
Cut best_cut(const Slice* slices) {
    Slice all, beyond;
    for (std::size_t s = 0; s < n_slices; ++s) {
        all.mass += slices[s].mass;
        all.sum += slices[s].sum;
    }
    Cut best;
    for (std::size_t s = n_slices; s-- > 1;) {
        beyond.mass += slices[s].mass;
        beyond.sum += slices[s].sum;
        const double rest = all.mass - beyond.mass;
        if (!(beyond.mass > 0.0 && rest > 0.0)) continue;
        const double gap = beyond.sum / beyond.mass - (all.sum - beyond.sum) / rest;
        const double saving = beyond.mass * rest / all.mass * gap * gap;
        if (saving > best.saving) best = {cuts[s - 1], saving};
    }
    return best;
}

}  // namespace

// By the law of cosines three distances tell where a row's shadow on the line falls: 0 at the
// center, 1 at the row drawn.
template <class PointsType>
CenterSplits center_splits(const PointsType& points,
                           const LloydResult<typename PointsType::Value>& run,
                           const CenterShares& shares, const std::vector<double>& uniforms,
                           int n_threads) {
    const std::size_t k = shares.costs.size(), n = run.labels.size();
    const auto drawn = draw_rows(run.labels, shares, uniforms);
    CenterSplits found{std::vector<double>(k, 0.0), std::vector<double>(k, 0.0),
                       squares_to(points, drawn, run.labels, n_threads)};
    std::vector<Slice> slices(k * n_slices);
    for (std::size_t r = 0; r < n; ++r) {
        const auto c = static_cast<std::size_t>(run.labels[r]);
        if (drawn[c] == n) continue;
        const double length = run.row_squares[drawn[c]];
        double& place = found.places[r];
        place = 0.5 * (run.row_squares[r] + length - place) / length;
        std::size_t slice = 0;
        for (const double cut : cuts) slice += place > cut ? 1 : 0;
        Slice& at = slices[c * n_slices + slice];
        const double weight = points.weight(r);
        at.mass += weight;
        at.sum += weight * place;
    }
    for (std::size_t c = 0; c < k; ++c) {
        if (drawn[c] == n) continue;
        const Cut best = best_cut(slices.data() + c * n_slices);
        found.savings[c] = best.saving * run.row_squares[drawn[c]];
        found.cuts[c] = best.place;
    }
    return found;
}

// In the order of the rows. One row would not do for a center: where columns are many, other rows
// of its group are farther from it than from the mean of two groups.
template <class PointsType>
std::vector<double> means_beyond(const PointsType& points,
                                 const LloydResult<typename PointsType::Value>& run,
                                 const CenterSplits& splits,
                                 const std::vector<std::size_t>& clusters) {
    const std::size_t padded = points.padded();
    std::vector<double> means(clusters.size() * padded, 0.0), masses(clusters.size(), 0.0);
    // Of each cluster its place among those asked for, or as many as there are.
    std::vector<std::size_t> asked(splits.savings.size(), clusters.size());
    for (std::size_t i = 0; i < clusters.size(); ++i) asked[clusters[i]] = i;
    std::vector<double> row(padded);
    for (std::size_t r = 0; r < run.labels.size(); ++r) {
        const auto c = static_cast<std::size_t>(run.labels[r]);
        if (asked[c] == clusters.size() || !(splits.places[r] > splits.cuts[c])) continue;
        const double weight = points.weight(r);
        add_row(points, r, weight, row, means.data() + asked[c] * padded);
        masses[asked[c]] += weight;
    }
    for (std::size_t i = 0; i < means.size(); ++i) means[i] /= masses[i / padded];
    return means;
}

template CenterSplits center_splits(const DensePoints<float>&, const LloydResult<float>&,
                                    const CenterShares&, const std::vector<double>&, int);
template CenterSplits center_splits(const DensePoints<double>&, const LloydResult<double>&,
                                    const CenterShares&, const std::vector<double>&, int);
template CenterSplits center_splits(const SparsePoints<float>&, const LloydResult<float>&,
                                    const CenterShares&, const std::vector<double>&, int);
template CenterSplits center_splits(const SparsePoints<double>&, const LloydResult<double>&,
                                    const CenterShares&, const std::vector<double>&, int);

template std::vector<double> means_beyond(const DensePoints<float>&, const LloydResult<float>&,
                                          const CenterSplits&, const std::vector<std::size_t>&);
template std::vector<double> means_beyond(const DensePoints<double>&, const LloydResult<double>&,
                                          const CenterSplits&, const std::vector<std::size_t>&);
template std::vector<double> means_beyond(const SparsePoints<float>&, const LloydResult<float>&,
                                          const CenterSplits&, const std::vector<std::size_t>&);
template std::vector<double> means_beyond(const SparsePoints<double>&, const LloydResult<double>&,
                                          const CenterSplits&, const std::vector<std::size_t>&);

}  // namespace kwise
