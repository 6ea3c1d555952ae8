// Checks of the core without Python, meant to run under sanitizers: every shape of data through
// packing, seeding and descent, compared with Lloyd's algorithm by definition.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "kwise/assign/dense_assignment.hpp"
#include "kwise/base/parallel.hpp"
#include "kwise/lloyd/lloyd.hpp"
#include "kwise/lloyd/multi_start.hpp"
#include "kwise/lloyd/seeded_lloyd.hpp"
#include "kwise/metrics/silhouette.hpp"
#include "kwise/predict/center_distances.hpp"
#include "kwise/predict/predict_labels.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace {

using kwise::LloydOptions;
using kwise::LloydResult;

int n_failures = 0;

void expect(bool holds, const char* what, std::size_t n, std::size_t d, std::size_t k) {
    if (holds) return;
    ++n_failures;
    std::printf("FAILED: %s (n = %zu, d = %zu, k = %zu, %s)\n", what, n, d, k,
                kwise::kernels().name);
}

template <class T>
std::vector<T> make_rows(std::size_t n, std::size_t d, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::vector<T> X(n * d);
    for (std::size_t r = 0; r < n; ++r) {
        const double group = static_cast<double>(random() % 4) * 2.0;
        for (std::size_t i = 0; i < d; ++i) X[r * d + i] = static_cast<T>(normal(random) + group);
    }
    return X;
}

// Labels by definition: the smallest sum of squared differences, the lowest index on ties.
template <class T>
std::vector<std::int32_t> plain_labels(const std::vector<T>& X, const std::vector<T>& centers,
                                       std::size_t d) {
    std::vector<std::int32_t> labels(X.size() / d);
    for (std::size_t r = 0; r < labels.size(); ++r) {
        double smallest = INFINITY;
        for (std::size_t c = 0; c < centers.size() / d; ++c) {
            double sum = 0.0;
            for (std::size_t i = 0; i < d; ++i) {
                const double difference =
                    static_cast<double>(X[r * d + i]) - static_cast<double>(centers[c * d + i]);
                sum += difference * difference;
            }
            if (sum < smallest) {
                smallest = sum;
                labels[r] = static_cast<std::int32_t>(c);
            }
        }
    }
    return labels;
}

template <class PointsType>
LloydResult<typename PointsType::Value> run(const PointsType& points, std::size_t k,
                                            const std::vector<typename PointsType::Value>& start,
                                            int n_threads) {
    LloydOptions options;
    options.n_threads = n_threads;
    options.keep_history = true;
    return kwise::lloyd(points, start.data(), k, options);
}

template <class T>
bool same(const LloydResult<T>& a, const LloydResult<T>& b) {
    return a.labels == b.labels && a.centers == b.centers && a.inertia == b.inertia &&
           a.n_iter == b.n_iter;
}

template <class PointsType, class T>
void check_points(const PointsType& points, const std::vector<T>& X, std::size_t n, std::size_t d,
                  std::size_t k) {
    std::mt19937_64 random(7);
    const std::size_t n_trials = 2 + static_cast<std::size_t>(std::log(static_cast<double>(k)));
    std::vector<double> uniforms(1 + (k - 1) * n_trials);
    for (double& u : uniforms) u = static_cast<double>(random() >> 11) * 0x1p-53;
    const auto seeds = kwise::kmeans_plusplus(points, k, uniforms.data(), n_trials, 1);
    expect(seeds == kwise::kmeans_plusplus(points, k, uniforms.data(), n_trials, 2),
           "seeds do not depend on threads", n, d, k);
    std::vector<T> start;
    for (const std::size_t row : seeds) {
        start.insert(start.end(), X.begin() + static_cast<std::ptrdiff_t>(row * d),
                     X.begin() + static_cast<std::ptrdiff_t>((row + 1) * d));
    }
    const auto one = run(points, k, start, 1), two = run(points, k, start, 2);
    expect(same(one, two), "results do not depend on threads", n, d, k);
    std::vector<T> starts;
    for (int s = 0; s < 5; ++s) starts.insert(starts.end(), start.begin(), start.end());
    LloydOptions options;
    options.n_threads = 2;
    const auto best = kwise::best_of_runs(points, starts.data(), 5, k, options);
    expect(same(best.result, one), "runs together are runs alone", n, d, k);
    expect(best.inertias == std::vector<double>(5, one.inertia), "one inertia a run", n, d, k);
    expect(one.labels == plain_labels(X, one.centers, d), "labels are those of the centers", n, d,
           k);
    for (std::size_t i = 1; i < one.history_inertia.size(); ++i) {
        expect(one.history_inertia[i] <= one.history_inertia[i - 1] * (1.0 + 1e-6),
               "inertia never rises", n, d, k);
    }
}

// Rows that seeding has labeled are not scanned again, and nothing else is otherwise.
template <class T>
void check_first_labels(const kwise::DensePoints<T>& points, const std::vector<T>& X,
                        std::size_t k) {
    const std::size_t n = points.n_rows(), d = points.n_features();
    std::vector<double> uniforms(k);
    for (std::size_t c = 0; c < k; ++c) {
        uniforms[c] = (static_cast<double>(c) + 0.5) / static_cast<double>(k);
    }
    kwise::Buffer<std::int32_t> labels(points.n_panels() * kwise::panel_rows);
    std::vector<T> start;
    for (const std::size_t row :
         kwise::kmeans_plusplus(points, k, uniforms.data(), 1, 2, labels.data())) {
        start.insert(start.end(), X.begin() + static_cast<std::ptrdiff_t>(row * d),
                     X.begin() + static_cast<std::ptrdiff_t>((row + 1) * d));
    }
    LloydOptions options;
    options.max_iter = 3;
    options.n_threads = 2;
    const auto plain = kwise::lloyd(points, start.data(), k, options);
    const std::vector<std::int32_t> nearest = plain_labels(X, start, d);
    bool are_nearest = true;
    for (std::size_t r = 0; r < n; ++r) {
        are_nearest &= labels[r] == nearest[r] || (sizeof(T) == 4 && labels[r] == -1);
    }
    expect(are_nearest, "seeding labels rows by their nearest seed", n, d, k);
    const auto known = kwise::lloyd(points, start.data(), k, options, std::move(labels));
    expect(same(known, plain), "first labels change no result", n, d, k);
    const auto seeded = kwise::seeded_lloyd(points, k, uniforms.data(), 1, options);
    expect(same(seeded.result, plain), "seeding and descent are one after the other", n, d, k);
}

template <class T>
void check(std::size_t n, std::size_t d, std::size_t k) {
    const std::vector<T> X = make_rows<T>(n, d, n + d + k);
    const auto stride = static_cast<std::ptrdiff_t>(d);
    const kwise::RowView<T> view{X.data(), stride, 1, n, d, nullptr};
    const kwise::DensePoints<T> points(view, nullptr, 2);
    check_points(points, X, n, d, k);
    check_first_labels(points, X, k);
    const kwise::DensePoints<T> expecting(view, nullptr, 2, k);
    check_points(expecting, X, n, d, k);
    check_first_labels(expecting, X, k);

    std::vector<T> values;
    std::vector<std::int32_t> columns;
    std::vector<std::int64_t> starts{0};
    std::vector<T> thin = X;
    for (std::size_t e = 0; e < thin.size(); ++e) {
        if (e % 3 == 0) {
            thin[e] = T(0);
        } else {
            values.push_back(thin[e]);
            columns.push_back(static_cast<std::int32_t>(e % d));
        }
        if (e % d == d - 1) starts.push_back(static_cast<std::int64_t>(values.size()));
    }
    const kwise::SparseView<T> sparse{values.data(), columns.data(), starts.data(), n, d};
    check_points(kwise::SparsePoints<T>(sparse, nullptr, 2), thin, n, d, k);
}

// Distances to centers near some rows, and to the rows themselves, by definition.
template <class T>
void check_distances(std::size_t n, std::size_t d, std::size_t k) {
    const std::vector<T> X = make_rows<T>(n, d, n * d);
    std::vector<T> centers(X.begin(), X.begin() + static_cast<std::ptrdiff_t>(k * d));
    for (std::size_t i = d; i < centers.size(); i += 3) centers[i] += T(0.001);
    const auto exact = kwise::ExactCenters::from(centers.data(), k, d);
    std::vector<T> one(n * k), two(n * k);
    const kwise::RowView<T> view{X.data(), static_cast<std::ptrdiff_t>(d), 1, n, d, nullptr};
    expect(kwise::distances(view, exact, 1, one.data()), "values are finite", n, d, k);
    kwise::distances(view, exact, 2, two.data());
    expect(one == two, "distances do not depend on threads", n, d, k);
    std::vector<std::int32_t> labels(n);
    expect(kwise::predict_labels(view, exact, 2, labels.data()), "values are finite", n, d, k);
    expect(labels == plain_labels(X, centers, d), "labels are those of the centers", n, d, k);
    const double tolerance = sizeof(T) == 4 ? 0x1p-23 : 1e-12;
    for (std::size_t r = 0; r < n; r += 1 + n / 50) {
        for (std::size_t c = 0; c < k; ++c) {
            double square = 0.0;
            for (std::size_t i = 0; i < d; ++i) {
                const double difference =
                    static_cast<double>(X[r * d + i]) - static_cast<double>(centers[c * d + i]);
                square += difference * difference;
            }
            const double plain = std::sqrt(square);
            const double found = static_cast<double>(one[r * k + c]);
            expect(std::fabs(found - plain) <= tolerance * plain, "distance by definition", n, d,
                   k);
        }
    }
}

// The silhouette of one row by definition; weights are counts.
template <class T>
double plain_silhouette(const std::vector<T>& X, const std::vector<double>& weights,
                        const std::vector<std::int32_t>& codes, std::size_t k, std::size_t row) {
    const std::size_t d = X.size() / codes.size();
    std::vector<double> sums(k, 0.0), masses(k, 0.0);
    for (std::size_t r = 0; r < codes.size(); ++r) {
        double square = 0.0;
        for (std::size_t i = 0; i < d; ++i) {
            const double difference =
                static_cast<double>(X[r * d + i]) - static_cast<double>(X[row * d + i]);
            square += difference * difference;
        }
        sums[static_cast<std::size_t>(codes[r])] += weights[r] * std::sqrt(square);
        masses[static_cast<std::size_t>(codes[r])] += weights[r];
    }
    const std::size_t own = static_cast<std::size_t>(codes[row]);
    const double rest = masses[own] - std::min(weights[row], 1.0);
    double nearest = INFINITY;
    for (std::size_t c = 0; c < k; ++c) {
        if (c != own) nearest = std::min(nearest, sums[c] / masses[c]);
    }
    if (!(rest > 0.0)) return 0.0;
    return (nearest - sums[own] / rest) / std::max(nearest, sums[own] / rest);
}

template <class T>
void check_silhouette(std::size_t n, std::size_t d, std::size_t k) {
    if (k < 2 || k >= n) return;
    const std::vector<T> X = make_rows<T>(n, d, n + d);
    std::vector<std::int32_t> codes(n);
    std::vector<double> weights(n), values(n), some(n);
    std::vector<std::int64_t> rows(n);
    for (std::size_t r = 0; r < n; ++r) {
        codes[r] = static_cast<std::int32_t>((r < k ? r : r * r + r / 3) % k);
        weights[r] = 0.25 * static_cast<double>(1 + r % 7);
        rows[r] = static_cast<std::int64_t>(n - 1 - r);
    }
    const kwise::RowView<T> view{X.data(), static_cast<std::ptrdiff_t>(d), 1, n, d};
    for (const bool weighted : {false, true}) {
        kwise::Silhouette engine(view, weighted ? weights.data() : nullptr, codes.data(), k, 2);
        for (std::size_t step = 0; step < engine.n_steps(); ++step) engine.run(step);
        engine.values(values.data());
        engine.values_of(rows.data(), n, some.data());
        const std::vector<double> ones(n, 1.0);
        for (std::size_t r = 0; r < n; r += 1 + n / 50) {
            const double plain = plain_silhouette(X, weighted ? weights : ones, codes, k, r);
            expect(std::fabs(values[r] - plain) < 1e-9, "silhouette by definition", n, d, k);
            expect(std::fabs(some[n - 1 - r] - plain) < 1e-9, "silhouette of one row", n, d, k);
        }
    }
}

}  // namespace

int main() {
    const std::size_t shapes[][3] = {{1, 1, 1},    {33, 1, 1},    {33, 2, 33},   {1000, 2, 5},
                                     {777, 3, 9},  {4100, 4, 17}, {2500, 8, 16}, {513, 17, 40},
                                     {65, 100, 7}, {300, 70, 33}};
    for (const auto& shape : shapes) {
        check<float>(shape[0], shape[1], shape[2]);
        check<double>(shape[0], shape[1], shape[2]);
        check_distances<float>(shape[0], shape[1], shape[2]);
        check_distances<double>(shape[0], shape[1], shape[2]);
        check_silhouette<float>(shape[0], shape[1], shape[2]);
        check_silhouette<double>(shape[0], shape[1], shape[2]);
    }
    // Row-major rows past few centers, and many in scaled int16.
    for (const std::size_t k : {12, 14, 28, 70}) {
        check_distances<float>(1001, 67, k);
        check_distances<double>(1001, 67, k);
    }
    // Less than a vector of rows.
    for (const std::size_t d : {8, 20, 64, 200}) {
        check_distances<float>(1, d, 1);
        check_distances<double>(5, d, 3);
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
