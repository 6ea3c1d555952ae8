// Checks of reach, without Python: rows that it passes over keep their labels, and the margins that
// it tells are below the true ones, while centers travel, near and far; and assignments whose
// bounds take to it give labels by definition.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "kwise/bounds/reach.hpp"
#include "samples.hpp"

namespace {

// Groups near each other, and far-out rows of all sizes, each fourth center's.
struct Tailed {
    Tailed(std::size_t rows, std::size_t features, std::size_t clusters, std::uint64_t seed)
        : n(rows), d(features), k(clusters), random(seed) {
        for (std::size_t c = 0; c < k; ++c) {
            const double size = is_wild(c) ? std::pow(10.0, 2.0 + 3.0 * std::abs(any())) : 6.0;
            for (std::size_t i = 0; i < d; ++i) centers.push_back(any() * size);
        }
        for (std::size_t r = 0; r < n; ++r) {
            const std::size_t c = r % 50 == 0 ? (r / 50) % k : r % (k / 4 * 4) / 4 * 4;
            const double size = is_wild(c) ? 30.0 : std::pow(4.0, 2.0 * any() - 1.0);
            for (std::size_t i = 0; i < d; ++i) X.push_back(centers[c * d + i] + any() * size);
        }
    }
    static bool is_wild(std::size_t c) { return c % 4 == 3; }
    double any() { return uniform(random); }

    // Far-out centers go far, and now and then to where another one is, at once or step by step;
    // the others hardly move.
    std::vector<double> move(int round) {
        std::vector<double> shifts;
        for (std::size_t c = 0; c < k; ++c) {
            const bool visits = is_wild(c) && round % 5 == 3, walks = c % 8 == 3 && round > 5;
            double square = 0.0;
            for (std::size_t i = 0; i < d; ++i) {
                double& value = centers[c * d + i];
                const double before = value, near = centers[(c - 1) % k * d + i];
                value = walks    ? near + 0.8 * (value - near)
                        : visits ? near + 0.4 * any()
                                 : value + any() * (is_wild(c) ? 40.0 : 1e-3);
                square += (value - before) * (value - before);
            }
            shifts.push_back(std::sqrt(square) * (1.0 + 1e-12));
        }
        return shifts;
    }

    std::size_t n, d, k;
    std::mt19937_64 random;
    std::vector<double> X, centers;
};

// The label by definition, the distance to it, and by how much all others are farther.
struct Place {
    std::int32_t label;
    long double own, margin;
};

Place place_of(const double* row, const kwise::ExactCenters& centers, std::size_t d) {
    const std::int32_t label = plain_label(row, centers);
    const long double own = distance(row, centers.row(static_cast<std::size_t>(label)), d);
    long double least = INFINITY;
    for (std::size_t c = 0; c < centers.n_centers; ++c) {
        if (c != static_cast<std::size_t>(label)) {
            least = std::min(least, distance(row, centers.row(c), d));
        }
    }
    return {label, own, least - own};
}

// As an assignment does it: rows whose margins do not exceed their limits are recorded anew.
void check_bounds(Tailed& data, double scale) {
    const std::string name = "tails in " + std::to_string(data.d);
    auto centers = kwise::ExactCenters::from(data.centers.data(), data.k, data.d);
    kwise::Reach reach(data.n, data.k);
    expect(reach.begin(centers), "reach begins", name);
    std::vector<std::int32_t> labels(data.n);
    std::vector<float> margins(data.n, -INFINITY);
    std::vector<double> row(kwise::pad_features(data.d));
    std::size_t n_kept = 0, n_opened = 0;
    for (int round = 0; round < 40; ++round) {
        for (std::size_t r = 0; r < data.n; ++r) {
            std::copy_n(data.X.data() + r * data.d, data.d, row.data());
            const Place place = place_of(row.data(), centers, data.d);
            const float limit = reach.limits()[reach.slots()[r]];
            if (limit < margins[r]) {
                ++n_kept;
                expect(labels[r] == place.label, "rows that are passed over stay", name);
            } else {
                n_opened += limit == INFINITY ? 1 : 0;
                labels[r] = place.label;
                margins[r] = static_cast<float>(place.margin * scale * (1.0L - 1e-6L));
                reach.record(r, place.label, static_cast<double>(place.own * place.own),
                             margins[r]);
            }
            expect(reach.margin_now(r, margins[r]) <= place.margin * scale, "margins are below",
                   name);
        }
        const auto shifts = data.move(round);
        centers.set(data.centers.data(), data.k, data.d);
        reach.centers_moved(centers, shifts, scale);
    }
    expect(n_kept > 20 * data.n, "most rows are passed over", name);
    expect(n_opened > 20, "centers come within reach", name);
}

template <class T>
void check_assignments(Tailed& data) {
    const std::vector<T> X(data.X.begin(), data.X.end());
    std::vector<T> start(data.centers.begin(), data.centers.end());
    const auto stride = static_cast<std::ptrdiff_t>(data.d);
    const kwise::DensePoints<T> points({X.data(), stride, 1, data.n, data.d, nullptr}, nullptr, 2,
                                       data.k);
    kwise::DenseAssignment<T> assignment(points, data.k, 2);
    kwise::ExactSums sums(points, data.k);
    std::vector<double> row(points.padded());
    for (int round = 0; round < 30; ++round) {
        const auto centers = kwise::ExactCenters::from(start.data(), data.k, data.d);
        assignment.assign(centers, sums);
        const std::vector<float> margins = assignment.margins();
        bool same = true, below = true;
        for (std::size_t r = 0; r < data.n; ++r) {
            points.exact_row(r, row.data());
            const Place place = place_of(row.data(), centers, data.d);
            same = same && assignment.labels()[r] == place.label;
            below =
                below && (margins.empty() || margins[r] <= place.margin * points.transform().scale);
        }
        expect(same, "labels are those by definition", std::to_string(round));
        expect(below, "margins of assignments are below", std::to_string(round));
        auto shifts = data.move(round);
        start.assign(data.centers.begin(), data.centers.end());
        // As far as centers of T went.
        const auto moved = kwise::ExactCenters::from(start.data(), data.k, data.d);
        for (std::size_t c = 0; c < data.k; ++c) {
            const long double went = distance(moved.row(c), centers.row(c), data.d);
            shifts[c] = static_cast<double>(went * (1.0L + 1e-12L));
        }
        assignment.centers_moved(shifts);
    }
}

}  // namespace

int main() {
    for (const std::size_t d : {1, 3, 8, 33, 64}) {
        for (const std::size_t k : {8, 21}) {
            Tailed data(600, d, k, 7 * d + k);
            check_bounds(data, k == 8 ? 1.0 : 0.125);
        }
    }
    for (const std::size_t d : {33, 64}) {
        for (const std::size_t k : {8, 12}) {
            Tailed wide(256 * k + 19, d, k, d + k), narrow = wide;
            check_assignments<double>(wide);
            check_assignments<float>(narrow);
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
