// Which scanners a data set allows, and one assignment: active rows, scanner, cascade, moves. Read
// assign_chunk() first: all else prepares it, or learns from it.
#include "kwise/assign/dense_assignment.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "kwise/assign/float32_scanner.hpp"
#include "kwise/assign/int16_scanner.hpp"
#include "kwise/assign/int8_scanner.hpp"
#include "kwise/assign/row_major_scanner.hpp"
#include "kwise/assign/scaled_int16_scanner.hpp"
#include "kwise/assign/yinyang_scanner.hpp"
#include "kwise/base/parallel.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/exact/assignment_pass.hpp"
#include "kwise/filters/cascade.hpp"
#include "kwise/filters/certify.hpp"

namespace kwise {
namespace {

// One center is the nearest of all, and no row need be read. No margins are kept for it, since
// bounds do not pay.
class SingleCenterScanner : public Scanner {
  public:
    bool prepare(const AssignmentStep&) override { return true; }
    bool scan(std::size_t, const ActiveRows& rows, const ScanTarget& target) override {
        std::fill(target.labels, target.labels + rows.n_rows(), 0);
        return true;
    }
};

// What can rank these centers for these points, the cheapest first; the last serves always, so that
// the search for one ends. What the points were packed into decides, and that was chosen for so
// many centers when they were made; a run with another number is served by whatever is there.
// Scanners that hand rows on hold references to later ones of the list, which live as long.
template <class T>
std::vector<std::unique_ptr<Scanner>> scanners_of(const DensePoints<T>& points,
                                                  std::size_t n_centers, int n_threads) {
    std::vector<std::unique_ptr<Scanner>> scanners;
    if (n_centers == 1) {
        scanners.push_back(std::make_unique<SingleCenterScanner>());
    } else if (points.is_row_major(n_centers)) {
        scanners.push_back(std::make_unique<RowMajorScanner<T>>(points, n_threads));
    } else if (points.scaled_int16() != nullptr) {
        // Not in panels: what scaled int16 leaves uncertain is gathered, row by row, and no panels
        // are packed for a few rows.
        auto float32 = std::make_unique<Float32Scanner<T>>(points, false, n_threads);
        auto scaled = std::make_unique<ScaledInt16Scanner<T>>(points, *float32, n_threads);
        scanners.push_back(
            std::make_unique<YinyangScanner<T>>(points, *scaled, *float32, n_centers, n_threads));
        scanners.push_back(std::make_unique<Int8Scanner<T>>(points, *scaled, n_threads));
        scanners.push_back(std::move(scaled));
        scanners.push_back(std::move(float32));
    } else {
        // Few rows are not worth a second form, rows too coarse in it do not have one.
        const bool rounds = int16_serves({points.n_rows(), points.n_features(), n_centers});
        if (const Int16Rows* rows = rounds ? points.int16(n_threads) : nullptr) {
            scanners.push_back(std::make_unique<Int16Scanner>(*rows, points.transform(),
                                                              points.n_rows(), n_threads));
        }
        scanners.push_back(std::make_unique<Float32Scanner<T>>(points, true, n_threads));
    }
    return scanners;
}

}  // namespace

// What one thread needs. Arrays by place in the chunk, reused for every chunk: labels of rows that
// were not looked at are those of other chunks.
template <class T>
struct DenseAssignment<T>::Worker : AssignmentWorker {
    explicit Worker(std::size_t n_features) : decide(n_features) {}
    DecideScratch decide;
    Buffer<std::int32_t> label{chunk_rows};
    // Lists of places; the kernels that write them want some room at the end.
    Buffer<std::uint32_t> active{chunk_rows + panel_rows}, moved{chunk_rows + panel_rows};
    // To their centers, of the rows of a chunk; filled where reach is told.
    Buffer<double> squared{chunk_rows};
};

template <class T>
DenseAssignment<T>::DenseAssignment(const DensePoints<T>& points, std::size_t n_centers,
                                    int n_threads)
    : points_(points),
      n_centers_(n_centers),
      n_threads_(n_threads),
      labels_(points.n_panels() * panel_rows),
      bounds_(points.n_panels() * panel_rows, n_centers),
      reach_(points.n_panels() * panel_rows, n_centers),
      // Bounds by group have a reach of their own.
      reach_may_pay_(reach_pays({points.n_rows(), points.n_features(), n_centers}) &&
                     !yinyang_pays({points.n_rows(), points.n_features(), n_centers})),
      scanners_(scanners_of(points, n_centers, n_threads)) {
    // Rows past the end have a label that can be looked up, and never change it: kernels read whole
    // panels.
    std::fill(labels_.data(), labels_.data() + points.n_rows(), -1);
    std::fill(labels_.data() + points.n_rows(), labels_.data() + labels_.size(), 0);
    for (int w = 0; w < std::max(1, n_threads); ++w) {
        // Here, on the caller's thread; scanners make theirs when a thread first needs it.
        workers_.push_back(std::make_unique<Worker>(points.n_features()));
    }
}

template <class T>
DenseAssignment<T>::~DenseAssignment() = default;

// Only before the first assignment. -1 means unknown.
template <class T>
void DenseAssignment<T>::set_initial_labels(Buffer<std::int32_t>&& labels) {
    labels_ = std::move(labels);
    has_initial_labels_ = true;
}

// Only before the first assignment.
template <class T>
void DenseAssignment<T>::resume(const std::vector<std::int32_t>& labels,
                                const std::vector<float>& margins) {
    std::copy(labels.begin(), labels.end(), labels_.data());
    bounds_.resume(margins);
}

template <class T>
std::vector<float> DenseAssignment<T>::margins() const {
    if (!reach_.is_on()) return bounds_.now(labels_.data(), points_.n_rows());
    // Reach has not followed centers that have moved since.
    const bool is_behind =
        std::any_of(shifts_.begin(), shifts_.end(), [](double s) { return s != 0.0; });
    std::vector<float> margins(bounds_.use() && !is_behind ? points_.n_rows() : 0);
    for (std::size_t r = 0; r < margins.size(); ++r) {
        margins[r] = reach_.margin_now(r, bounds_.margins()[r]);
    }
    return margins;
}

// Margins and drift are in the units that filters see.
template <class T>
void DenseAssignment<T>::centers_moved(const std::vector<double>& shifts) {
    const double scale = points_.transform().scale;
    bounds_.centers_moved(shifts, scale);
    shifts_ = shifts;
    for (auto& scanner : scanners_) scanner->centers_moved(shifts, scale);
}

// Any labels so far are right to begin with: rows that the bounds do not certify are looked at, and
// sums follow the labels that change. `sums` must still hold what this object put there.
template <class T>
std::size_t DenseAssignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    centers_ = &centers;
    fine_filter_.expect(centers, points_.n_features(), points_.transform());
    // One center has no other to be bounded against.
    bounds_.begin(n_centers_ == 1 ? 0 : n_centers_ * (points_.n_features() + 1));
    if (reach_may_pay_ && !shifts_.empty()) look_at_reach(centers);
    scanner_ = &prepare(centers);
    const double work = scan_cost({points_.n_rows(), points_.n_features(), n_centers_});
    const AssignmentCounts counts =
        run_assignment(points_.n_chunks(), useful_threads(work, n_threads_), workers_, sums,
                       [&](std::size_t chunk, Worker& worker) { assign_chunk(chunk, worker); });
    // All scanners learn, also those that did not serve: a cooldown counts assignments.
    for (auto& scanner : scanners_) scanner->adapt(counts.n_scanned);
    // Centers whose labels were known come from seeding, and travel little.
    few_moves_ = has_initial_labels_ || moves_are_few(counts.n_moved, points_.n_rows());
    has_initial_labels_ = false;
    // With the share of rows that bounds did not spare.
    share_scanned_ = static_cast<double>(counts.n_scanned) / static_cast<double>(points_.n_rows());
    bounds_.end(share_scanned_);
    return counts.n_moved;
}

template <class T>
void DenseAssignment<T>::look_at_reach(const ExactCenters& centers) {
    if (reach_.is_on()) {
        reach_.centers_moved(centers, shifts_, points_.transform().scale);
        shifts_.assign(shifts_.size(), 0.0);
        return;
    }
    if (!bounds_.use() || !reach_is_looked_at(share_scanned_) || --reach_next_ > 0) return;
    reach_next_ = reach_wait_ *= 2;
    if (reach_begins(share_spared(centers))) begin_reach(centers);
}

// The farthest movers first, since these take margins; the search ends at one that does not.
template <class T>
double DenseAssignment<T>::share_spared(const ExactCenters& centers) const {
    const double scale = points_.transform().scale;
    std::vector<std::size_t> movers(n_centers_);
    std::iota(movers.begin(), movers.end(), std::size_t{0});
    std::sort(movers.begin(), movers.end(),
              [&](std::size_t a, std::size_t b) { return shifts_[a] > shifts_[b]; });
    const std::size_t step = std::max<std::size_t>(1, points_.n_rows() / reach_rows);
    std::size_t n_spared = 0, n_seen = 0;
    for (std::size_t row = 0; row < points_.n_rows(); row += step, ++n_seen) {
        const std::int32_t label = labels_[row];
        const auto own = static_cast<std::size_t>(label);
        if (bounds_.drift()[own] < bounds_.margins()[row]) continue;
        const double margin = bounds_.margins()[row] - bounds_.drift_before()[own];
        double squared;
        kernels().update<T>().own_distances(points_.rows(), row, 1, &label, centers.values.data(),
                                            centers.padded, &squared);
        bool is_spared = margin > shifts_[own] * scale;
        for (std::size_t m = 0; is_spared && m < n_centers_; ++m) {
            const std::size_t c = movers[m];
            if (margin > (shifts_[own] + shifts_[c]) * scale) break;
            is_spared = c == own || !Reach::is_within(centers, own, c, std::sqrt(squared));
        }
        n_spared += is_spared ? 1 : 0;
    }
    return static_cast<double>(n_spared) / static_cast<double>(n_seen);
}

// Margins as they were before the last move, of which reach hears when they are there.
template <class T>
void DenseAssignment<T>::begin_reach(const ExactCenters& centers) {
    if (!reach_.begin(centers)) return;
    no_drift_.assign(n_centers_, 0.0f);
    const double work = scan_cost({points_.n_rows(), points_.n_features(), 1});
    parallel_for(
        points_.n_chunks(), useful_threads(work, n_threads_), [&](std::size_t chunk, int w) {
            const std::size_t first = chunk * chunk_rows;
            const std::size_t n = std::min(points_.n_rows() - first, chunk_rows);
            double* const squared = workers_[static_cast<std::size_t>(w)]->squared.data();
            const std::int32_t* const labels = labels_.data() + first;
            float* const margins = bounds_.margins() + first;
            kernels().update<T>().own_distances(points_.rows(), first, n, labels,
                                                centers.values.data(), centers.padded, squared);
            for (std::size_t r = 0; r < n; ++r) {
                const float margin =
                    margins[r] - bounds_.drift_before()[static_cast<std::size_t>(labels[r])];
                margins[r] = margin - std::abs(margin) * 0x1p-22f;
                reach_.record(first + r, labels[r], squared[r], margins[r]);
            }
        });
    reach_.centers_moved(centers, shifts_, points_.transform().scale);
    shifts_.assign(shifts_.size(), 0.0);
}

// The first scanner that serves these centers. Scanners before it may have prepared a part in vain.
template <class T>
Scanner& DenseAssignment<T>::prepare(const ExactCenters& centers) {
    const AssignmentStep step{centers, drift(), bounds_.keep(), few_moves_};
    std::size_t s = 0;
    while (!scanners_[s]->prepare(step)) ++s;
    return *scanners_[s];
}

// On a worker's thread; chunks share nothing but their scanner's scratch by worker. Steps: which
// rows are active, labels as far as a scanner is sure, the cascade for the rest, and the moves of
// those that changed.
template <class T>
void DenseAssignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::size_t first = chunk * chunk_rows;
    const std::size_t n_rows = std::min(points_.n_rows() - first, chunk_rows);
    std::int32_t* const labels = labels_.data() + first;
    std::size_t n_active = n_rows;
    if (bounds_.use()) {
        const bool by_slot = reach_.is_on();
        n_active = kernels().active_rows(
            n_rows, bounds_.margins() + first, by_slot ? reach_.slots() + first : labels,
            by_slot ? reach_.limits() : bounds_.drift(), by_slot ? reach_.n_slots() : n_centers_,
            worker.active.data());
    }
    if (n_active == 0) return;
    // As rows that had to be looked at, whether or not their neighbors were scanned with them.
    worker.counts.n_scanned += n_active;
    const ActiveRows rows(first, n_rows, worker.active.data(), n_active, labels);
    const ScanTarget target{first, worker.label.data(),
                            bounds_.keep() ? bounds_.margins() + first : nullptr, drift(),
                            &worker.decide.undecided};
    // In the first assignment only, where all rows are active.
    const bool all = (has_initial_labels_ && take_initial_labels(rows, target)) ||
                     scanner_->scan(worker.index, rows, target);
    decide_rows(points_.rows(), *centers_, fine_filter_, points_.transform(), first, worker.decide,
                worker.label.data());
    if (reach_.is_on() && bounds_.keep()) record_reach(rows, all, worker);
    const std::size_t n_moved = list_moved(rows, all, worker);
    kernels().update<T>().apply_moves(points_.rows(), points_.weights(), first, worker.moved.data(),
                                      n_moved, worker.label.data(), labels, worker.sums.view());
    worker.counts.n_moved += n_moved;
}

// Margins of these rows are there, without drift.
template <class T>
void DenseAssignment<T>::record_reach(const ActiveRows& rows, bool all, Worker& worker) {
    const std::size_t first = rows.first(), n = all ? rows.n_rows() : rows.size();
    const auto& update = kernels().update<T>();
    const std::int32_t* const label = worker.label.data();
    if (all) {
        update.own_distances(points_.rows(), first, n, label, centers_->values.data(),
                             centers_->padded, worker.squared.data());
    }
    for (std::size_t m = 0; m < n; ++m) {
        const std::size_t place = all ? m : worker.active[m];
        double squared = worker.squared[place];
        if (!all) {
            update.own_distances(points_.rows(), first + place, 1, label + place,
                                 centers_->values.data(), centers_->padded, &squared);
        }
        reach_.record(first + place, label[place], squared, bounds_.margins()[first + place]);
    }
}

// Takes what is known of the labels of a chunk as if it were scanned; false where scanning is
// cheaper than to decide the rest. The sums do not hold these rows yet, so that all of them count
// as moved from no center. Margins are not kept in a first assignment.
template <class T>
bool DenseAssignment<T>::take_initial_labels(const ActiveRows& rows, const ScanTarget& target) {
    std::int32_t* const labels = labels_.data() + rows.first();
    std::copy(labels, labels + rows.n_rows(), target.labels);
    std::fill(labels, labels + rows.n_rows(), -1);
    const std::int32_t* const known = target.labels;
    const auto n_unknown = static_cast<std::size_t>(std::count(known, known + rows.n_rows(), -1));
    if (!first_labels_serve(n_unknown, rows.n_rows())) return false;
    for (std::size_t place = 0; place < rows.n_rows() && n_unknown > 0; ++place) {
        if (known[place] >= 0) continue;
        if (target.margins != nullptr) target.margins[place] = no_margin;
        target.leave(place);
    }
    return true;
}

// Lists the places whose label changes, of all rows or of the active ones, ascending; returns how
// many. Without a branch on the active ones: which rows move cannot be foreseen.
template <class T>
std::size_t DenseAssignment<T>::list_moved(const ActiveRows& rows, bool all, Worker& worker) const {
    const std::int32_t* const found = worker.label.data();
    std::uint32_t* const moved = worker.moved.data();
    if (all) return kernels().find_moved(rows.n_rows(), found, rows.labels(), moved);
    std::size_t n_moved = 0;
    for (std::size_t m = 0; m < rows.size(); ++m) {
        const std::uint32_t place = worker.active[m];
        // Written in any case, counted where it changes.
        moved[n_moved] = place;
        n_moved += found[place] != rows.labels()[place] ? 1 : 0;
    }
    return n_moved;
}

template class DenseAssignment<float>;
template class DenseAssignment<double>;
}  // namespace kwise
