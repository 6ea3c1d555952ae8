// Rows on which ties and roundings are hardest, and what labels for fixed centers must be there.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/exact/exact_centers.hpp"
#include "kwise/predict/predict_labels.hpp"

constexpr std::size_t n_rows = 75;  // two panels, and one that is not full

struct Sample {
    std::string name;
    std::size_t d;
    std::vector<double> X;
};

inline std::vector<Sample> samples(std::size_t d) {
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

template <class T>
void check_labels(const Sample& sample, const kwise::RowView<T>& rows, std::size_t k) {
    const std::vector<T> start = centers_of(rows, k);
    const auto centers = kwise::ExactCenters::from(start.data(), k, sample.d);
    std::vector<std::int32_t> labels(n_rows);
    expect(kwise::predict_labels(rows, centers, 1, labels.data()), "all is finite", sample.name);
    expect(labels_hold(rows, centers, labels.data()), "labels by definition", sample.name);
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
