#include "kwise/variants/mixed_assignment.hpp"

#include <algorithm>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// What a thread takes at a time. No sums are made by chunk, so that it changes nothing.
constexpr std::size_t chunk_rows = 2048;

// Means feature by feature, so that all prototypes of one feature lie side by side, and loops over
// them become vectors.
std::vector<double> by_feature(const MixedRows& rows, const Prototypes& prototypes) {
    const std::size_t k = prototypes.n_clusters, d = rows.n_numbers;
    std::vector<double> turned(d * k);
    for (std::size_t c = 0; c < k; ++c) {
        for (std::size_t j = 0; j < d; ++j) turned[j * k + c] = prototypes.means[c * d + j];
    }
    return turned;
}

// Writes the dissimilarities of row i to all prototypes, in the order that the header defines. A
// category that is missing (-1) costs nothing.
void measure(const MixedRows& rows, const Prototypes& prototypes, const double* means,
             std::size_t i, double* to) {
    const std::size_t k = prototypes.n_clusters;
    std::fill(to, to + k, 0.0);
    for (std::size_t j = 0; j < rows.n_numbers; ++j) {
        const double value = rows.numbers[i * rows.n_numbers + j];
        const double* const mean = means + j * k;
        for (std::size_t c = 0; c < k; ++c) {
            // Plain loops over neighbors: no order is left to the compiler, since each sum is a
            // chain of its own.
            const double away = value - mean[c];
            to[c] += away * away;
        }
    }
    for (std::size_t j = 0; j < rows.n_categories; ++j) {
        const std::int32_t code = rows.codes[i * rows.n_categories + j];
        if (code < 0) continue;
        const double* const penalty = prototypes.penalties + static_cast<std::size_t>(code) * k;
        for (std::size_t c = 0; c < k; ++c) to[c] += penalty[c];
    }
}

// Adds up in the order of the rows, on the caller's thread: a few operations a row, and sums that
// depend on no number of threads.
void add_up(const MixedRows& rows, const Prototypes& prototypes, MixedStep& step) {
    const std::size_t k = prototypes.n_clusters, d = rows.n_numbers;
    step.sums.assign(k * d, 0.0);
    step.masses.assign(k, 0.0);
    step.counts.assign(prototypes.n_levels * k, 0.0);
    for (std::size_t i = 0; i < rows.n_rows; ++i) {
        const auto label = static_cast<std::size_t>(step.labels[i]);
        const double weight = rows.weights == nullptr ? 1.0 : rows.weights[i];
        // All of a row goes to one prototype: numbers, weight and categories.
        step.masses[label] += weight;
        double* const sum = step.sums.data() + label * d;
        for (std::size_t j = 0; j < d; ++j) sum[j] += weight * rows.numbers[i * d + j];
        for (std::size_t j = 0; j < rows.n_categories; ++j) {
            const std::int32_t code = rows.codes[i * rows.n_categories + j];
            if (code >= 0) step.counts[static_cast<std::size_t>(code) * k + label] += weight;
        }
    }
}

}  // namespace

// Threads label rows; ties go to the lowest prototype.
MixedStep assign_mixed(const MixedRows& rows, const Prototypes& prototypes, int n_threads) {
    const std::size_t k = prototypes.n_clusters;
    MixedStep step;
    step.labels.resize(rows.n_rows);
    step.nearest.resize(rows.n_rows);
    const std::vector<double> means = by_feature(rows, prototypes);
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    const double work = static_cast<double>(rows.n_rows) * static_cast<double>(k) *
                        static_cast<double>(rows.n_numbers + rows.n_categories);
    parallel_for(n_chunks, useful_threads(work, n_threads), [&](std::size_t chunk, int) {
        // One a chunk, reused for its rows.
        std::vector<double> away(k);
        const std::size_t last = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        for (std::size_t i = chunk * chunk_rows; i < last; ++i) {
            measure(rows, prototypes, means.data(), i, away.data());
            // The first of the least.
            const auto best = std::min_element(away.begin(), away.end());
            step.labels[i] = static_cast<std::int32_t>(best - away.begin());
            step.nearest[i] = *best;
        }
    });
    add_up(rows, prototypes, step);
    return step;
}

}  // namespace kwise
