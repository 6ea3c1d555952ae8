// Rows around eight centers, made without library functions that differ from machine to machine:
// for counting instructions and for comparing answers.
#pragma once

#include <random>
#include <vector>

#include "kwise/dispatch/row_view.hpp"

template <class T>
std::vector<T> made_rows(std::size_t n, std::size_t d) {
    std::mt19937 random(1);
    std::vector<T> X(n * d);
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t i = 0; i < d; ++i) {
            const double noise = static_cast<double>(random() >> 8) * 0x1p-24;
            const auto center = static_cast<double>((r * 7 + i * (r % 8)) % 8);
            X[r * d + i] = static_cast<T>(0.6 * center + noise);
        }
    }
    return X;
}

// Some of them far out: every fourth of the first k, where centers may start, and few others.
template <class T>
std::vector<T> made_tails(std::size_t n, std::size_t d, std::size_t k) {
    std::vector<T> X = made_rows<T>(n, d);
    for (std::size_t r = 0; r < n; ++r) {
        if (r % (r < k ? 4 : 60) != 0) continue;
        for (std::size_t i = 0; i < d; ++i) X[r * d + i] *= static_cast<T>(200 + 50 * (r % 7));
    }
    return X;
}

// Numbers in [0, 1), for the draws of seeding.
inline std::vector<double> made_uniforms(std::size_t n) {
    std::mt19937 random(2);
    std::vector<double> uniforms(n);
    for (double& u : uniforms) u = static_cast<double>(random()) * 0x1p-32;
    return uniforms;
}

template <class T>
kwise::RowView<T> view(const std::vector<T>& X, std::size_t d) {
    return {X.data(), static_cast<std::ptrdiff_t>(d), 1, X.size() / d, d, nullptr};
}
