// Checks of row-major rows past few centers, without Python: the band holds for each pair of row
// and center, and labels are those by definition, on data where ties and roundings are hardest.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/assign/dense_assignment.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/predict/predict_labels.hpp"
#include "moving.hpp"

namespace {

constexpr std::size_t n_rows = 75;  // two panels, and one that is not full

struct Sample {
    std::string name;
    std::size_t d;
    std::vector<double> X;
};

std::vector<Sample> samples(std::size_t d) {
    std::mt19937_64 random(d);
    const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0; };
    std::vector<Sample> all;
    const auto add = [&](const char* name, const std::function<double(std::size_t)>& value) {
        all.push_back({name, d, {}});
        for (std::size_t e = 0; e < n_rows * d; ++e) all.back().X.push_back(value(e));
    };
    add("uniform", [&](std::size_t) { return uniform(); });
    add("grid", [&](std::size_t) { return std::round(uniform() * 2.0); });
    add("all equal", [](std::size_t) { return 3.0; });
    add("far away", [&](std::size_t) { return 1e6 + uniform(); });
    add("features of all sizes", [&](std::size_t e) {
        return uniform() * std::ldexp(1.0, static_cast<int>(e % d) % 60 - 30);
    });
    add("rows of all sizes",
        [&](std::size_t e) { return uniform() * std::ldexp(1.0, static_cast<int>(e / d) - 44); });
    add("one far row", [&](std::size_t e) { return e < d ? 1e15 : uniform(); });
    add("heavy tails", [&](std::size_t) { return 1.0 / uniform(); });
    add("huge", [&](std::size_t) { return uniform() * 1e30; });
    add("tiny", [&](std::size_t) { return uniform() * 1e-30; });
    return all;
}

// Rows with some room between them, seen with a shift and without.
template <class T>
struct Rows {
    explicit Rows(const Sample& sample)
        : values(n_rows * (sample.d + 3), T(1e10)), shift(sample.d) {
        for (std::size_t r = 0; r < n_rows; ++r) {
            std::copy_n(sample.X.begin() + static_cast<std::ptrdiff_t>(r * sample.d), sample.d,
                        values.begin() + static_cast<std::ptrdiff_t>(r * (sample.d + 3)));
        }
        for (std::size_t i = 0; i < sample.d; ++i) shift[i] = values[i] / T(2);
        plain = shifted = {values.data(), static_cast<std::ptrdiff_t>(sample.d + 3), 1, n_rows,
                           sample.d};
        shifted.shift = shift.data();
    }
    std::vector<T> values, shift;
    kwise::RowView<T> plain, shifted;
};

// Centers at rows, between two rows (where rows on a grid tie), and some of them twice.
template <class T>
std::vector<T> centers_of(const kwise::RowView<T>& rows, std::size_t k) {
    std::vector<T> centers;
    for (std::size_t c = 0; c < k; ++c) {
        for (std::size_t i = 0; i < rows.n_features; ++i) {
            const T row = kwise::value_of(rows, c * 7 % n_rows, i);
            const T other = kwise::value_of(rows, (c * 11 + 5) % n_rows, i);
            centers.push_back(c % 3 == 0 ? row : (row + other) / T(2));
        }
        if (c % 5 == 4) {
            const auto d = static_cast<std::ptrdiff_t>(rows.n_features);
            std::copy_n(centers.end() - 2 * d, d, centers.end() - d);
        }
    }
    return centers;
}

// One center alone is the best of each row: its score's bounds, for rows listed in some order.
template <class T>
void check_band(const Sample& sample, const kwise::RowView<T>& rows, const double* center) {
    const std::size_t d = sample.d, count = 29;
    const auto exact = kwise::ExactCenters::from(center, 1, d);
    kwise::FilterCenters<float> filter;
    filter.pack_row_major(exact, d, {});
    kwise::Buffer<float> kept(kwise::row_major_room(d));
    std::uint32_t list[count];
    for (std::size_t r = 0; r < count; ++r) list[r] = static_cast<std::uint32_t>(r * 5 % 31);
    float lower[kwise::panel_rows], second[kwise::panel_rows], norms[kwise::panel_rows];
    std::int32_t index[kwise::panel_rows];
    kwise::kernels().scan<T>().top2_row_major(rows, 40, list, count, count, filter.row_major(),
                                              kept.data(), norms, {lower, second, index});
    const kwise::Bands bands = filter.bands();
    for (std::size_t r = 0; r < count; ++r) {
        long double score = 0.0L, square = 0.0L;
        for (std::size_t i = 0; i < d; ++i) {
            const auto c = static_cast<long double>(center[i]);
            const auto x = static_cast<long double>(kwise::value_of(rows, 40 + list[r], i));
            score += c * (c - 2.0L * x);
            square += x * x;
        }
        const float upper = lower[r] + (bands.constant[0] + bands.slope[0] * norms[r]);
        expect(norms[r] >= std::sqrt(square), "norms are bounds", sample.name);
        expect(norms[r] <= std::sqrt(square) * 1.001L + 1e-17L, "norms are close", sample.name);
        expect(lower[r] <= score, "bounds are below", sample.name);
        expect(upper >= score, "bounds and bands are above", sample.name);
        expect(index[r] == 0 && std::isinf(second[r]), "no other center", sample.name);
    }
}

template <class T>
bool labels_hold(const kwise::RowView<T>& rows, const kwise::ExactCenters& centers,
                 const std::int32_t* labels) {
    std::vector<double> row(centers.padded);
    double ignored = 0.0;
    bool hold = true;
    for (std::size_t r = 0; r < n_rows; ++r) {
        kwise::exact_row(rows, r, row.data());
        hold = hold && labels[r] == kwise::baseline_kernels.canonical_nearest(
                                        row.data(), centers.values.data(), centers.n_centers,
                                        centers.padded, &ignored);
    }
    return hold;
}

// An assignment, and others after centers moved, some of them far.
template <class T>
void check_descent(const Sample& sample, const kwise::RowView<T>& rows, std::size_t k) {
    std::vector<T> start = centers_of(rows, k);
    const kwise::DensePoints<T> points(rows, nullptr, 1, k);
    expect(points.is_row_major(k) == (points.transform().scale == 1.0), "rows are streamed",
           sample.name);
    kwise::DenseAssignment<T> assignment(points, k, 1);
    kwise::ExactSums sums(points, k);
    for (int round = 0; round < 5; ++round) {
        const auto centers = kwise::ExactCenters::from(start.data(), k, sample.d);
        assignment.assign(centers, sums);
        expect(labels_hold(rows, centers, assignment.labels()), "labels in a descent", sample.name);
        assignment.centers_moved(move_centers(start, k, sample.d, 1e-4));
    }
}

template <class T>
void check_labels(const Sample& sample, const kwise::RowView<T>& rows, std::size_t k) {
    const std::vector<T> start = centers_of(rows, k);
    const auto centers = kwise::ExactCenters::from(start.data(), k, sample.d);
    std::vector<std::int32_t> labels(n_rows);
    expect(kwise::predict_labels(rows, centers, 1, labels.data()), "all is finite", sample.name);
    expect(labels_hold(rows, centers, labels.data()), "labels by definition", sample.name);
}

template <class T>
void check(const Sample& sample, std::size_t k) {
    const Rows<T> rows(sample);
    check_labels(sample, rows.plain, k);
    if (sizeof(T) == 4 && kwise::row_major_pays({n_rows, sample.d, k}))
        check_descent(sample, rows.shifted, k);
    if (sample.name == "huge" || sample.name == "tiny") return;  // these have another scale
    const std::vector<T> start = centers_of(rows.shifted, 3);
    const auto centers = kwise::ExactCenters::from(start.data(), 3, sample.d);
    for (std::size_t c = 0; c < 3; ++c) check_band(sample, rows.shifted, centers.row(c));
}

// One value that is not finite, anywhere in a row.
template <class T>
void check_finite(std::size_t d, double bad) {
    for (std::size_t i = 0; i < d; i += 1 + d / 5) {
        std::vector<T> X(n_rows * d, T(1));
        X[(n_rows - 1) * d + i] = static_cast<T>(bad);
        const auto centers = kwise::ExactCenters::from(X.data(), 3, d);
        std::vector<std::int32_t> labels(n_rows);
        const kwise::RowView<T> view{X.data(), static_cast<std::ptrdiff_t>(d), 1, n_rows, d,
                                     nullptr};
        expect(!kwise::predict_labels(view, centers, 1, labels.data()),
               "what is not finite is found", std::to_string(d));
    }
}

}  // namespace

int main() {
    for (const std::size_t d : {8, 15, 16, 33, 48, 64, 100, 257, 784}) {
        for (const Sample& sample : samples(d)) {
            for (const std::size_t k : {2, 3, 5, 6, 10, 14}) {
                check<float>(sample, k);
                check<double>(sample, k);
            }
        }
        for (const double bad : {double(NAN), double(INFINITY), -double(INFINITY)}) {
            check_finite<float>(d, bad);
            check_finite<double>(d, bad);
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
