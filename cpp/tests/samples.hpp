// Data of many kinds for the checks of filters, and the labels by definition that an assignment of
// them must give.
#pragma once

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/assign/dense_assignment.hpp"
#include "moving.hpp"

// Rows and centers of one trial; centers are exact float64.
struct Sample {
    std::string name;
    std::size_t n, d, k;
    std::vector<double> X, centers;
};

inline double uniform(std::mt19937_64& random) {
    return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0;
}

inline Sample make(const char* name, std::size_t d,
                   const std::function<double(std::size_t)>& value) {
    Sample sample{name, kwise::panel_rows, d, 7, {}, {}};
    for (std::size_t i = 0; i < sample.n * d; ++i) sample.X.push_back(value(i));
    // Some centers are rows, some their opposites, some a little off.
    for (std::size_t c = 0; c < sample.k; ++c) {
        for (std::size_t i = 0; i < d; ++i) {
            const double row = sample.X[(c * 3 % sample.n) * d + i];
            sample.centers.push_back(c % 3 == 1 ? -row : c % 3 == 2 ? row * (1.0 + 1e-6) : row);
        }
    }
    return sample;
}

inline std::vector<Sample> samples(std::size_t d) {
    std::mt19937_64 random(d);
    const auto any = [&](std::size_t) { return uniform(random); };
    std::vector<Sample> all;
    all.push_back(make("uniform", d, any));
    all.push_back(make("all equal", d, [](std::size_t) { return 1.0; }));
    all.push_back(make("alternating", d, [](std::size_t i) { return i % 2 == 0 ? 1.0 : -1.0; }));
    all.push_back(make("one feature", d, [&](std::size_t i) { return i % d == 0 ? 3.0 : 0.0; }));
    all.push_back(make("two features", d, [&](std::size_t i) { return i % d < 2 ? -3.0 : 0.0; }));
    all.push_back(make("one large", d, [&](std::size_t i) { return i % d == 0 ? 1e9 : any(i); }));
    all.push_back(make("zeros", d, [](std::size_t) { return 0.0; }));
    all.push_back(make("rows of many sizes", d, [&](std::size_t i) {
        return uniform(random) * std::ldexp(1.0, static_cast<int>(i / d) * 3 - 60);
    }));
    all.push_back(make("rows of all sizes", d, [&](std::size_t i) {
        return uniform(random) * std::ldexp(1.0, static_cast<int>(i / d) * 8 - 128);
    }));
    all.push_back(make("features of all sizes", d, [&](std::size_t i) {
        return uniform(random) * std::ldexp(1.0, static_cast<int>(i % d) % 60 - 30);
    }));
    all.push_back(make("huge", d, [&](std::size_t) { return uniform(random) * 1e150; }));
    all.push_back(make("tiny", d, [&](std::size_t) { return uniform(random) * 1e-150; }));
    all.push_back(make("far away", d, [&](std::size_t) { return 1e6 + uniform(random); }));
    return all;
}

inline long double distance(const double* a, const double* b, std::size_t d) {
    long double square = 0.0L;
    for (std::size_t i = 0; i < d; ++i) {
        const auto difference = static_cast<long double>(a[i]) - static_cast<long double>(b[i]);
        square += difference * difference;
    }
    return std::sqrt(square);
}

// Labels by definition.
inline std::int32_t plain_label(const double* row, const kwise::ExactCenters& centers) {
    double ignored = 0.0;
    return kwise::baseline_kernels.canonical_nearest(row, centers.values.data(), centers.n_centers,
                                                     centers.padded, &ignored);
}

// Labels of n rows, which repeat, while centers move.
template <class T>
void check_labels(const Sample& sample, std::size_t n) {
    std::vector<T> X;
    for (std::size_t e = 0; e < n * sample.d; ++e) {
        X.push_back(static_cast<T>(sample.X[e % sample.X.size()]));
    }
    std::vector<T> start(sample.centers.begin(), sample.centers.end());
    const auto stride = static_cast<std::ptrdiff_t>(sample.d);
    const kwise::DensePoints<T> points({X.data(), stride, 1, n, sample.d, nullptr}, nullptr, 1);
    kwise::DenseAssignment<T> assignment(points, sample.k, 1);
    kwise::ExactSums sums(points, sample.k);
    std::vector<double> row(points.padded());
    for (int round = 0; round < 4; ++round) {
        const auto centers = kwise::ExactCenters::from(start.data(), sample.k, sample.d);
        assignment.assign(centers, sums);
        bool same = true;
        for (std::size_t r = 0; r < n; ++r) {
            points.exact_row(r, row.data());
            same = same && assignment.labels()[r] == plain_label(row.data(), centers);
        }
        expect(same, "labels are those by definition", sample.name);
        assignment.centers_moved(move_centers(start, sample.k, sample.d, 1e-3));
    }
}
