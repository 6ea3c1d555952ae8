// Slots, their drift, and which centers count into it.
#include "kwise/bounds/reach.hpp"

#include <algorithm>
#include <limits>

namespace kwise {
namespace {

// Of differences, so that the relative error is some n_features units in the last place. Rows of
// centers are padded with zeros.
double distance_between(const ExactCenters& centers, std::size_t a, std::size_t b) {
    constexpr std::size_t lanes = 8;
    const double *const first = centers.row(a), *const second = centers.row(b);
    double sums[lanes] = {};
    for (std::size_t i = 0; i < centers.padded; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double difference = first[i + lane] - second[i + lane];
            sums[lane] += difference * difference;
        }
    }
    return std::sqrt(((sums[0] + sums[4]) + (sums[2] + sums[6])) +
                     ((sums[1] + sums[5]) + (sums[3] + sums[7])));
}

}  // namespace

// Classes reach from a quarter of the largest distance between centers down: beyond it no center is
// out of reach.
bool Reach::begin(const ExactCenters& centers) {
    double widest = 0.0;
    for (std::size_t c = 1; c < n_centers_; ++c) {
        widest = std::max(widest, distance_between(centers, 0, c));
    }
    if (!(widest > 0.0 && std::isfinite(widest))) return false;
    for (std::size_t e = 0; e < reach_.size(); ++e) {
        reach_[e] = std::ldexp(widest, static_cast<int>(e) - static_cast<int>(n_classes));
    }
    slots_ = Buffer<std::int32_t>(n_rows_);
    std::fill(slots_.data(), slots_.data() + n_rows_, 0);
    moved_.assign(n_centers_, 0.0);
    drift_.assign(n_slots(), 0.0);
    drift_up_.assign(n_slots(), 0.0f);
    limits_.assign(n_slots(), std::numeric_limits<float>::infinity());
    beyond_.assign(n_slots(), std::numeric_limits<float>::infinity());
    out_of_reach_.assign(n_centers_ * n_centers_, 0);
    return is_on_ = true;
}

bool Reach::is_within(const ExactCenters& centers, std::size_t own, std::size_t other,
                      double distance) {
    return !(distance_between(centers, own, other) >= 2.0 * clearly * distance);
}

// While a center is out of a slot's reach its shifts do not count; it cannot be the nearest. Where
// it comes within reach, what was not counted might matter: the rows of the slot are looked at.
void Reach::centers_moved(const ExactCenters& centers, const std::vector<double>& shifts,
                          double scale) {
    constexpr double none = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < n_centers_; ++c) {
        moved_[c] += shifts[c] * (1.0 + 1e-12);
        // Of the centers that are out of reach of so many classes.
        std::array<double, n_classes> farthest{}, nearest;
        nearest.fill(none);
        std::array<bool, n_classes> opened{};
        for (std::size_t other = 0; other < n_centers_; ++other) {
            if (other == c) continue;
            std::uint8_t& below = out_of_reach_[c * n_centers_ + other];
            const double apart = distance_between(centers, c, other);
            const std::uint8_t now = classes_below(apart, moved_[c], below);
            std::fill(opened.begin() + now, opened.begin() + std::max(now, below), true);
            below = now;
            farthest[now] = std::max(farthest[now], shifts[other]);
            nearest[now] = std::min(nearest[now], apart);
        }
        double beyond = none;
        for (std::size_t e = n_classes - 1; e-- > 0;) {
            beyond = std::min(beyond, nearest[e + 1]);
            const double margin = (beyond - 2.0 * (reach_[e] + moved_[c])) * scale;
            beyond_[c * n_classes + e] = static_cast<float>(margin * (1.0 - 1e-6));
        }
        double others = 0.0;
        for (std::size_t e = 0; e < n_classes; ++e) {
            const std::size_t slot = c * n_classes + e;
            others = std::max(others, farthest[e]);
            drift_[slot] += (shifts[c] + others) * scale * (1.0 + 1e-12);
            drift_up_[slot] = static_cast<float>(drift_[slot] * (1.0 + 0x1p-22));
            limits_[slot] = opened[e] ? std::numeric_limits<float>::infinity() : drift_up_[slot];
        }
    }
}

// Distances of rows to their centers, less how far these have moved. What is no number is far.
std::size_t Reach::class_of(double distance) const {
    int exponent = 0;
    // distance <= reach_[0] * 2**exponent.
    std::frexp(std::max(distance, 0.0) / reach_[0], &exponent);
    const auto last = static_cast<int>(n_classes) - 1;
    return distance <= reach_.back() ? static_cast<std::size_t>(std::clamp(exponent, 0, last))
                                     : n_classes - 1;
}

// How many classes of a center that has moved so far another one, so far apart, is out of reach of;
// `last` is what it was before, where the search begins.
std::uint8_t Reach::classes_below(double apart, double moved, std::uint8_t last) const {
    const auto is_out = [&](std::size_t e) { return 2.0 * clearly * (reach_[e] + moved) <= apart; };
    while (last > 0 && !is_out(last - 1u)) --last;
    while (last < reach_.size() && is_out(last)) ++last;
    return last;
}

}  // namespace kwise
