// docs/decisions/int8-descents.md has what was measured.
#include "kwise/assign/int8_scanner.hpp"

#include <algorithm>

#include "kwise/dispatch/policy.hpp"
#include "kwise/filters/certify.hpp"

namespace kwise {
namespace {

// Whether filters see rows as the view has them, feature by feature.
template <class T>
bool are_plain(const DensePoints<T>& points) {
    const FilterTransform& transform = points.transform();
    return points.rows().column_stride == 1 && transform.scale == 1.0 && transform.offset.empty();
}

}  // namespace

template <class T>
struct Int8Scanner<T>::Scratch {
    Int8Scratch int8;
    Buffer<std::uint32_t> left{chunk_rows + panel_rows};
    // Of this thread, summed by adapt().
    std::size_t n_seen = 0, n_left = 0;
};

template <class T>
Int8Scanner<T>::Int8Scanner(const DensePoints<T>& points, ScaledInt16Scanner<T>& next,
                            int n_threads)
    : points_(points), next_(next), scratch_(n_threads) {}

template <class T>
Int8Scanner<T>::~Int8Scanner() = default;

template <class T>
bool Int8Scanner<T>::prepare(const AssignmentStep& step) {
    const std::size_t d = points_.n_features();
    if (cooldown_ > 0 || step.few_moves || !are_plain(points_) ||
        !int8_descent_pays({points_.n_rows(), d, step.centers.n_centers})) {
        return false;
    }
    return labeling_.pack(step.centers, d, points_.transform()) && next_.prepare(step);
}

// All rows of the chunk, in turn, unless bounds of other scanners spare most of them. Where a panel
// is left open, so are those after it.
template <class T>
bool Int8Scanner<T>::scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) {
    if (few_are_active(rows.size(), rows.n_rows())) return next_.scan(worker, rows, target);
    Scratch& scratch = scratch_.of(worker, [] { return std::make_unique<Scratch>(); });
    const std::size_t n = rows.n_rows();
    std::size_t n_left = 0;
    const auto leave_open = [&](std::size_t place) {
        scratch.left[n_left++] = static_cast<std::uint32_t>(place);
    };
    const TileScope scope;
    for (std::size_t place = 0; place < n && n_left == 0; place += panel_rows) {
        const std::size_t count = std::min(panel_rows, n - place);
        const Int8Labels found =
            labeling_.label(points_.rows(), rows.first() + place, count, scratch.int8);
        std::copy(scratch.int8.labels(), scratch.int8.labels() + count, target.labels + place);
        for_each_bit(found.undecided, count, [&](std::size_t r) { target.leave(place + r); });
        if (found.open == 0) continue;
        for_each_bit(found.open, count, [&](std::size_t r) { leave_open(place + r); });
        for (std::size_t after = place + count; after < n; ++after) leave_open(after);
    }
    if (target.margins != nullptr) std::fill(target.margins, target.margins + n, no_margin);
    if (n_left > 0) {
        next_.scan(worker, {rows.first(), n, scratch.left.data(), n_left, rows.labels()}, target);
    }
    scratch.n_seen += n;
    scratch.n_left += n_left;
    return true;
}

template <class T>
void Int8Scanner<T>::adapt(std::size_t /*n_scanned*/) {
    std::size_t n_seen = 0, n_left = 0;
    scratch_.visit([&](Scratch& scratch) {
        n_seen += scratch.n_seen;
        n_left += scratch.n_left;
        scratch.n_seen = scratch.n_left = 0;
    });
    if (cooldown_ > 0) {
        --cooldown_;
    } else if (int8_descent_fails(n_left, n_seen)) {
        cooldown_ = int8_cooldown;
    }
}

template class Int8Scanner<float>;
template class Int8Scanner<double>;

}  // namespace kwise
