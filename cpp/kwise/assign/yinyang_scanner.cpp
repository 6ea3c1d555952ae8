// When Yinyang bounds are worth keeping, and whose rows go on; the scan itself is in
// yinyang_scan.cpp. docs/decisions/yinyang-bounds.md has what was measured.
#include "kwise/assign/yinyang_scanner.hpp"

#include "kwise/dispatch/policy.hpp"

namespace kwise {

template <class T>
YinyangScanner<T>::YinyangScanner(const DensePoints<T>& points, ScaledInt16Scanner<T>& scaled_int16,
                                  Float32Scanner<T>& float32, std::size_t n_centers, int n_threads)
    : points_(points),
      scaled_int16_(scaled_int16),
      float32_(float32),
      n_centers_(n_centers),
      scratch_(n_threads) {}

// Needs margins, which say which rows are active; few moves, or all groups would be active; and
// scaled int16 rows that serve. Else bounds are given up: nobody tells them of what others scan.
template <class T>
bool YinyangScanner<T>::prepare(const AssignmentStep& step) {
    const ScaledInt16Rows& rows = *points_.scaled_int16();
    const std::size_t d = points_.n_features();
    const bool serves = step.keeps_margins && step.few_moves && cooldown_ == 0 &&
                        !scaled_int16_.cools_down() &&
                        yinyang_pays({points_.n_rows(), d, n_centers_});
    if (!serves) {
        bounds_.reset();
        return false;
    }
    float32_.prepare(step);
    // Groups are made of the present centers, once for as long as bounds are kept.
    if (bounds_ == nullptr) {
        // Reads all rows' norms once, for the unit.
        bounds_ = std::make_unique<YinyangBounds>(rows, points_.n_rows(), step.centers, d);
    }
    bounds_->begin(step.centers, d, points_.transform(), static_cast<double>(rows.worst_ratio()),
                   step.drift);
    return true;
}

// Scratch is made for as many groups as there are: their number depends on the centers' number
// alone.
template <class T>
bool YinyangScanner<T>::scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) {
    Scratch& scratch = scratch_.of(worker, [&] {
        return std::make_unique<Scratch>(*points_.scaled_int16(), points_.n_features(),
                                         bounds_->groups().n_groups());
    });
    scratch.uncertain.clear();
    scratch.scan.scan(*bounds_, rows.places(), rows.size(), rows.labels(), target,
                      scratch.uncertain);
    scaled_int16_.scan_again(worker, scratch.uncertain, rows.size(), target);
    return rows.are_all();
}

// Groups that cool down give up their bounds (prepare): they start afresh.
template <class T>
void YinyangScanner<T>::adapt(std::size_t /*n_scanned*/) {
    std::size_t n_seen = 0, n_all = 0;
    scratch_.visit([&](Scratch& scratch) { scratch.scan.take_counts(n_seen, n_all); });
    if (cooldown_ > 0) {
        --cooldown_;
    } else if (yinyang_fails(n_all, n_seen)) {
        cooldown_ = yinyang_cooldown;
    }
}

template <class T>
void YinyangScanner<T>::centers_moved(const std::vector<double>& shifts, double scale) {
    // Bounds that are kept hear of every move, or they would rule out too much.
    if (bounds_ != nullptr) bounds_->centers_moved(shifts, scale);
}

template class YinyangScanner<float>;
template class YinyangScanner<double>;

}  // namespace kwise
