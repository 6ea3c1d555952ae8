// Bounds: which centers are within reach of a row. Where a few centers travel far, as those of
// far-out rows do, they use up the margins of all rows (bounds/hamerly.hpp), though they are much
// too far away to be the nearest of most. A center that is more than twice as far from a row's own
// center as the row is cannot be nearer to it. So rows are told apart by their center and by how
// far from it they are, in powers of two: a slot. The margin of a row of a slot shrinks by
//     (shift of its center) + (largest shift of the centers within the slot's reach),
// after Rysavy and Hamerly, "Geometric methods to accelerate k-means algorithms", SDM 2016, who
// limit what a center can reach by the farthest of its rows. Called by assign/dense_assignment.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/exact/exact_centers.hpp"

namespace kwise {

class Reach {
  public:
    // No memory is taken until it begins.
    Reach(std::size_t n_rows, std::size_t n_centers) : n_rows_(n_rows), n_centers_(n_centers) {}

    bool is_on() const { return is_on_; }
    // Begins at these centers, unless all lie in one place; says whether it did. Every row is to be
    // recorded before limits are asked for.
    bool begin(const ExactCenters& centers);
    // Takes the centers after the next move, upper bounds of how far each went, in data units, and
    // the factor that brings these to the units of margins. O(n_centers**2 n_features).
    void centers_moved(const ExactCenters& centers, const std::vector<double>& shifts,
                       double scale);

    // The slot of each recorded row; those past the end have one, too.
    const std::int32_t* slots() const { return slots_.data(); }
    std::size_t n_slots() const { return n_centers_ * n_classes; }
    // Which a recorded margin must exceed, by slot: infinite where a center came within reach that
    // was not.
    const float* limits() const { return limits_.data(); }

    // Whether center `other` could be nearer to a row at this distance from its own center.
    static bool is_within(const ExactCenters& centers, std::size_t own, std::size_t other,
                          double distance);
    // Records a row: its center, the squared distance to it, and the margin that holds, to which
    // the drift of the slot is added. Rows may be recorded by several threads.
    void record(std::size_t row, std::int32_t center, double squared, float& margin) {
        const auto c = static_cast<std::size_t>(center);
        const std::size_t slot =
            c * n_classes + class_of(std::sqrt(squared) * (1.0 + 1e-6) - moved_[c]);
        slots_.data()[row] = static_cast<std::int32_t>(slot);
        const float sum = margin + drift_up_[slot];
        margin = sum - std::abs(sum) * 0x1p-22f;  // down; no_margin stays what it is
    }

    // The margin as it is now, for all centers, of a row that the last assignment recorded or
    // passed over; rounded down.
    float margin_now(std::size_t row, float recorded) const {
        const auto slot = static_cast<std::size_t>(slots_.data()[row]);
        const float margin = recorded - drift_up_[slot];
        return std::min(margin - std::abs(margin) * 0x1p-22f, beyond_[slot]);
    }

  private:
    // The last class is of all rows that are farther from their centers than the others reach.
    static constexpr std::size_t n_classes = 16;
    // A center that is not within reach is farther by this share at the least, so that no rounding
    // of canonical distances makes it the nearest.
    static constexpr double clearly = 1.0 + 1e-3;

    std::size_t class_of(double distance) const;
    std::uint8_t classes_below(double apart, double moved, std::uint8_t last) const;

    std::size_t n_rows_, n_centers_;
    bool is_on_ = false;
    Buffer<std::int32_t> slots_{0};
    std::array<double, n_classes - 1> reach_{};  // of each class but the last, in data units
    std::vector<double> moved_;                  // how far each center went since it began
    // By slot; rounded up.
    std::vector<double> drift_;
    std::vector<float> drift_up_, limits_;
    // By slot: a lower bound of the margin against all centers out of reach, rounded down.
    std::vector<float> beyond_;
    // By pair of centers: of how many classes of the first the second is out of reach.
    std::vector<std::uint8_t> out_of_reach_;
};

}  // namespace kwise
