// Bounds: bounds that let rows keep their labels unseen (Hamerly, "Making k-means even faster", SDM
// 2010), in one number a row. Called by assign/dense_assignment.hpp and sparse/sparse_points.hpp.
//
// A row's margin is a lower bound of (distance to any other center) - (distance to its own). When
// centers move, the margin of a row of center c shrinks by at most
//     (shift of c) + (largest shift of the others).
// Instead of updating every row, that drift is accumulated per center, and a row keeps
// margin + drift[c] as it was when its label was last decided: its label cannot have changed
// while this exceeds drift[c] of now. All roundings go the safe way.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/data/row_access.hpp"
#include "kwise/dispatch/policy.hpp"

namespace kwise {

class Bounds {
  public:
    // Room for whole panels, as kernels write them. Margins are not read before they were written:
    // the first assignment neither keeps nor uses them.
    Bounds(std::size_t n_rows, std::size_t n_centers)
        : margins_(n_rows),
          drift_(n_centers, 0.0),
          drift_up_(n_centers, 0.0f),
          drift_before_(n_centers, 0.0f) {}

    // Margins plus drift, one a row; valid where the last assignment kept them.
    float* margins() { return margins_.data(); }
    const float* margins() const { return margins_.data(); }
    const float* drift() const { return drift_up_.data(); }
    // As it was before the last move.
    const float* drift_before() const { return drift_before_.data(); }
    std::size_t n_centers() const { return drift_.size(); }

    // Before an assignment that costs `work` operations a row: whether it should write margins, and
    // whether it may skip rows by those of the last one. The first never writes them, since all
    // centers are about to move far, unless it goes on from margins.
    void begin(std::size_t work) {
        keep_ = bounds_pay(work) && n_assignments_ + 1 >= next_;
        cooldown_ = bounds_cooldown(work);
        ++n_assignments_;
    }
    bool keep() const { return keep_; }
    bool use() const { return use_; }
    // After it: the share of rows that had to be looked at anyway. Where bounds failed they cool
    // down: for some assignments they are neither written nor used, unless writing is next to free.
    void end(double share) {
        if (use_ && bounds_fail(share)) {
            next_ = n_assignments_ + cooldown_;
            use_ = keep_ && cooldown_ == 0;
        } else {
            use_ = keep_;
        }
    }
    // Takes margins that hold for the centers of the first assignment; none where there are none.
    void resume(const std::vector<float>& margins) {
        std::copy(margins.begin(), margins.end(), margins_.data());
        n_assignments_ = 1;
        use_ = !margins.empty();
    }
    // The margins as they are now that centers have moved, rounded down; none where the last
    // assignment kept none.
    std::vector<float> now(const std::int32_t* labels, std::size_t n_rows) const {
        std::vector<float> margins(use_ ? n_rows : 0);
        for (std::size_t r = 0; r < margins.size(); ++r) {
            const float margin = margins_[r] - drift_up_[static_cast<std::size_t>(labels[r])];
            margins[r] = margin - std::abs(margin) * 0x1p-22f;
        }
        return margins;
    }
    // Upper bounds of how far each center moved since then, in data units; `scale` brings them to
    // those of the margins, the filter's transform.
    void centers_moved(const std::vector<double>& shifts, double scale);

  private:
    Buffer<float> margins_;
    std::vector<double> drift_;
    std::vector<float> drift_up_, drift_before_;  // the same, rounded up
    std::size_t n_assignments_ = 0, next_ = 2, cooldown_ = 0;
    bool keep_ = false, use_ = false;
};

// The farthest mover among the others is the farthest of all, but for that one itself: the second.
// Drift is added up in float64 and rounded up to float32, so that comparing a margin, rounded down,
// errs on the safe side.
inline void Bounds::centers_moved(const std::vector<double>& shifts, double scale) {
    const auto farthest = std::max_element(shifts.begin(), shifts.end()) - shifts.begin();
    drift_before_ = drift_up_;
    double second = 0.0;
    for (std::size_t c = 0; c < shifts.size(); ++c) {
        if (c != static_cast<std::size_t>(farthest)) second = std::max(second, shifts[c]);
    }
    for (std::size_t c = 0; c < shifts.size(); ++c) {
        const bool is_farthest = c == static_cast<std::size_t>(farthest);
        const double others = is_farthest ? second : shifts[static_cast<std::size_t>(farthest)];
        drift_[c] += (shifts[c] + others) * scale * (1.0 + 1e-12);
        drift_up_[c] = static_cast<float>(drift_[c] * (1.0 + 0x1p-22));
    }
}

}  // namespace kwise
