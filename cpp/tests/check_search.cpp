// Checks of the search for better optima: never worse than where it starts, and the same on any
// number of threads.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "expect.hpp"
#include "kwise/search/breathing.hpp"
#include "kwise/search/center_splits.hpp"
#include "kwise/search/changed_centers.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace {

template <class PointsType>
kwise::LloydResult<double> searched(const PointsType& points, const std::vector<double>& start,
                                    std::size_t k, int n_threads) {
    const std::vector<double> uniforms{0.1, 0.7, 0.4, 0.95, 0.0};
    kwise::LloydOptions options;
    options.n_threads = n_threads;
    return kwise::breathe(points, start.data(), k, {uniforms.data(), uniforms.size()}, options);
}

template <class PointsType>
void check(const PointsType& points, const std::vector<double>& start, std::size_t k,
           const std::string& where) {
    const auto plain = kwise::lloyd(points, start.data(), k, {});
    const auto one = searched(points, start, k, 1), three = searched(points, start, k, 3);
    expect(one.inertia <= plain.inertia * (1.0 + 1e-12), "a search is never worse", where);
    expect(
        one.centers == three.centers && one.labels == three.labels && one.inertia == three.inertia,
        "threads change nothing", where);
}

bool same(const kwise::LloydResult<double>& a, const kwise::LloydResult<double>& b) {
    return a.centers == b.centers && a.labels == b.labels && a.inertia == b.inertia &&
           a.n_iter == b.n_iter && a.strict_convergence == b.strict_convergence;
}

// A descent from what another knows of the rows must end as one that begins anew, to the bit: with
// rows added as centers, then with every third center taken away and one moved.
void check_changed(const kwise::DensePoints<double>& points, const std::vector<double>& start,
                   std::size_t k, const std::string& where) {
    const std::size_t d = points.n_features(), n_added = 1 + k / 3;
    kwise::LloydOptions options;
    options.max_iter = 4;
    options.n_threads = 3;
    options.keep_known = options.keep_squares = true;
    const auto first = kwise::lloyd(points, start.data(), k, options);
    std::vector<double> more = first.centers, row(points.padded());
    for (std::size_t a = 0; a < n_added; ++a) {
        points.exact_row(points.n_rows() - 1 - 7 * a % points.n_rows(), row.data());
        more.insert(more.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(d));
    }
    const std::size_t n = k + n_added;
    const auto centers = kwise::ExactCenters::from(more.data(), n, d);
    auto known = kwise::with_added(points, first, centers);
    expect(known.sums.has_value(), "dense rows are known", where);
    const auto added = kwise::lloyd_from(points, more.data(), n, options, std::move(known));
    expect(same(added, kwise::lloyd(points, more.data(), n, options)), "centers added", where);

    std::vector<std::size_t> becomes(n);
    std::vector<char> gone(n, 0);
    std::vector<double> left, shifts(n, 0.0);
    for (std::size_t c = 0; c < n; ++c) {
        gone[c] = n > 1 && c % 3 == 1;
        becomes[c] = gone[c] ? becomes[c - 1] : left.size() / d;
        if (gone[c]) continue;
        for (std::size_t i = 0; i < d; ++i) left.push_back(added.centers[c * d + i]);
    }
    left[0] += 0.5;
    shifts[0] = 0.5 * (1.0 + 1e-9);
    const std::size_t n_left = left.size() / d;
    known = kwise::with_taken(points, added, becomes, gone, shifts, n_left);
    const auto taken = kwise::lloyd_from(points, left.data(), n_left, options, std::move(known));
    expect(same(taken, kwise::lloyd(points, left.data(), n_left, options)), "taken away", where);
}

// Rows on a grid of groups, with one value in `every` kept.
std::vector<double> grid(std::size_t n, std::size_t d, std::size_t every) {
    std::mt19937_64 random(n + d);
    std::vector<double> X(n * d);
    for (std::size_t i = 0; i < X.size(); ++i) {
        const double noise = static_cast<double>(random() >> 11) * 0x1p-53;
        X[i] = i % every == 0 ? static_cast<double>((i / d) % 9 * (i % d + 1)) + noise : 0.0;
    }
    return X;
}

// Of dense and of the same sparse rows: cuts, and the means beyond them, agree but for rounding.
void check_splits(const kwise::DensePoints<double>& dense,
                  const kwise::SparsePoints<double>& sparse, const std::vector<double>& start,
                  std::size_t k, const std::string& where) {
    kwise::LloydOptions options;
    options.max_iter = 3;
    options.keep_squares = true;
    const auto run = kwise::lloyd(dense, start.data(), k, options);
    const auto centers = kwise::ExactCenters::from(run.centers.data(), k, dense.n_features());
    const auto shares = kwise::center_shares(dense, run, centers);
    const std::vector<double> uniforms(k, 0.6);
    const auto one = kwise::center_splits(dense, run, shares, uniforms, 1);
    const auto other = kwise::center_splits(sparse, run, shares, uniforms, 2);
    std::vector<std::size_t> clusters;
    for (std::size_t c = 0; c < k; ++c) {
        expect(std::abs(one.savings[c] - other.savings[c]) <= 1e-6 * (1.0 + shares.costs[c]),
               "what a cut saves", where);
        expect(one.savings[c] <= shares.costs[c] * (1.0 + 1e-9), "no more than all", where);
        if (one.savings[c] > 0.0) clusters.push_back(c);
    }
    const auto means = kwise::means_beyond(dense, run, one, clusters);
    const auto others = kwise::means_beyond(sparse, run, one, clusters);
    double away = 0.0;
    for (std::size_t i = 0; i < means.size(); ++i) {
        away = std::max(away, std::abs(means[i] - others[i]));
    }
    expect(means.size() == others.size() && away <= 1e-9, "means beyond the cuts", where);
}

void check_rows(std::size_t n, std::size_t d, std::size_t k, std::size_t every) {
    const std::vector<double> X = grid(n, d, every);
    const std::vector<double> start(X.begin(), X.begin() + static_cast<std::ptrdiff_t>(k * d));
    const std::string where = std::to_string(n) + " x " + std::to_string(d) + ", k " +
                              std::to_string(k) + ", one value in " + std::to_string(every);
    const kwise::RowView<double> rows{X.data(), static_cast<std::ptrdiff_t>(d), 1, n, d, nullptr};
    const kwise::DensePoints<double> points(rows, nullptr, 2);
    check(points, start, k, "dense " + where);
    check_changed(points, start, k, "dense " + where);
    std::vector<double> values;
    std::vector<std::int32_t> columns;
    std::vector<std::int64_t> starts{0};
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t i = 0; i < d; ++i) {
            if (X[r * d + i] == 0.0) continue;
            values.push_back(X[r * d + i]);
            columns.push_back(static_cast<std::int32_t>(i));
        }
        starts.push_back(static_cast<std::int64_t>(values.size()));
    }
    const kwise::SparseView<double> sparse{values.data(), columns.data(), starts.data(), n, d};
    const kwise::SparsePoints<double> sparse_points(sparse, nullptr, 2);
    check(sparse_points, start, k, "sparse " + where);
    check_splits(points, sparse_points, start, k, where);
}

}  // namespace

int main() {
    for (const std::size_t d : {1, 2, 7, 40}) {
        for (const std::size_t k : {1, 2, 9, 30}) check_rows(700, d, k, 1);
        check_rows(30, d, 30, 1);
        check_rows(500, d, 12, 3);
    }
    // Rows in int16 and in scaled int16.
    check_rows(9000, 12, 40, 1);
    check_rows(2000, 150, 20, 1);
    if (n_failures == 0) std::printf("search: all checks passed (%s)\n", kwise::kernels().name);
    return n_failures == 0 ? 0 : 1;
}
