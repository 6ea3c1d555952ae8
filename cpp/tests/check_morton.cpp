// Checks of the assignment by blocks, without Python: labels are those by definition and sums those
// of the other way, bit for bit, on data where ties, duplicates and roundings are hardest.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/assign/dense_assignment.hpp"
#include "kwise/assign/morton_assignment.hpp"

namespace {

struct Sample {
    std::string name;
    std::size_t n, d;
    std::vector<double> X;
};

std::vector<Sample> samples(std::size_t n, std::size_t d) {
    std::mt19937_64 random(n + d);
    const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0; };
    std::vector<Sample> all;
    const auto add = [&](const char* name, const std::function<double(std::size_t)>& value) {
        all.push_back({name, n, d, {}});
        for (std::size_t e = 0; e < n * d; ++e) all.back().X.push_back(value(e));
    };
    add("uniform", [&](std::size_t) { return uniform(); });
    add("grid", [&](std::size_t) { return std::round(uniform() * 5.0); });
    add("all equal", [](std::size_t) { return 3.0; });
    add("far away", [&](std::size_t) { return 1e8 + uniform(); });
    add("far away on a grid",
        [&](std::size_t) { return 16777216.0 + std::round(uniform() * 4.0); });
    add("one large feature", [&](std::size_t e) { return uniform() * (e % d == 0 ? 1e12 : 1.0); });
    add("heavy tails", [&](std::size_t) { return 1.0 / uniform(); });
    add("one far row", [&](std::size_t e) { return e < d ? 1e18 : uniform(); });
    add("huge", [&](std::size_t) { return uniform() * 1e37; });
    add("tiny", [&](std::size_t) { return uniform() * 1e-30; });
    if (d > 1) add("zeros and ones", [&](std::size_t) { return uniform() > 0.0 ? 1.0 : 0.0; });
    return all;
}

// Centers at rows, between two rows (where rows on a grid tie), and twice the same.
template <class T>
std::vector<T> centers_of(const Sample& sample, std::size_t k) {
    std::vector<T> centers;
    for (std::size_t c = 0; c < k; ++c) {
        for (std::size_t i = 0; i < sample.d; ++i) {
            const double row = sample.X[c * 7 % sample.n * sample.d + i];
            const double other = sample.X[(c * 11 + 5) % sample.n * sample.d + i];
            centers.push_back(static_cast<T>(c % 3 == 0 ? row : (row + other) / 2.0));
        }
        if (c % 5 == 4)
            std::copy_n(centers.end() - 2 * sample.d, sample.d, centers.end() - sample.d);
    }
    return centers;
}

template <class T>
void check(const Sample& sample, std::size_t k, bool weighted, int n_threads) {
    const std::size_t n = sample.n, d = sample.d;
    const std::vector<T> X(sample.X.begin(), sample.X.end());
    std::vector<T> weights;
    for (std::size_t r = 0; r < n; ++r) weights.push_back(static_cast<T>(r % 17 == 0 ? 0.0 : 0.1));
    const kwise::RowView<T> view{X.data(), static_cast<std::ptrdiff_t>(d), 1, n, d, nullptr};
    const kwise::DensePoints<T> points(view, weighted ? weights.data() : nullptr, n_threads);
    const kwise::MortonPoints<T> ordered(points, n_threads);
    kwise::MortonAssignment<T> blocks(ordered, k, n_threads);
    kwise::DenseAssignment<T> rows(points, k, n_threads);
    kwise::ExactSums block_sums(ordered, k), row_sums(points, k);
    std::vector<T> start = centers_of<T>(sample, k);
    for (int round = 0; round < 4; ++round) {
        const auto centers = kwise::ExactCenters::from(start.data(), k, d);
        const std::size_t moved = blocks.assign(centers, block_sums);
        expect(moved == rows.assign(centers, row_sums), "as many rows move", sample.name);
        std::vector<double> row(points.padded());
        bool same = true, equal = true;
        for (std::size_t r = 0; r < n; ++r) {
            double ignored = 0.0;
            points.exact_row(r, row.data());
            same = same && blocks.labels()[r] ==
                               kwise::baseline_kernels.canonical_nearest(
                                   row.data(), centers.values.data(), k, centers.padded, &ignored);
        }
        expect(same, "labels are those by definition", sample.name);
        for (std::size_t c = 0; c < k; ++c) {
            equal = equal && block_sums.mass(c) == row_sums.mass(c);
            for (std::size_t i = 0; i < d; ++i) {
                equal = equal && block_sums.sum(c, i) == row_sums.sum(c, i);
            }
        }
        expect(equal, "sums are those of the other way", sample.name);
        // Centers move to their means, as they would; the shifts tell the other way's bounds.
        std::vector<double> shifts(k, 0.0);
        for (std::size_t c = 0; c < k; ++c) {
            if (row_sums.mass(c) <= 0.0) continue;
            double square = 0.0;
            for (std::size_t i = 0; i < d; ++i) {
                const T moved_to = static_cast<T>(row_sums.sum(c, i) / row_sums.mass(c));
                const double shift =
                    static_cast<double>(moved_to) - static_cast<double>(start[c * d + i]);
                square += shift * shift;
                start[c * d + i] = moved_to;
            }
            shifts[c] = std::sqrt(square) * (1.0 + 1e-12);
        }
        rows.centers_moved(shifts);
        blocks.centers_moved(shifts);
    }
}

}  // namespace

int main() {
    for (const std::size_t n :
         {std::size_t{1}, std::size_t{33}, std::size_t{2048}, std::size_t{4500}}) {
        for (std::size_t d = 1; d <= 4; ++d) {
            for (const Sample& sample : samples(n, d)) {
                for (const std::size_t k : {std::size_t{2}, std::size_t{11}, std::size_t{70}}) {
                    check<float>(sample, k, k == 11, 1);
                    check<double>(sample, k, k == 70, n == 4500 ? 3 : 1);
                }
            }
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
