// Which scanners a data set allows, and one assignment: active rows, scanner, cascade, moves. Read
// assign_chunk() first: all else prepares it, or learns from it.
#include "kwise/assign/dense_assignment.hpp"

#include <algorithm>
#include <utility>

#include "kwise/assign/float32_scanner.hpp"
#include "kwise/assign/int16_scanner.hpp"
#include "kwise/assign/int8_scanner.hpp"
#include "kwise/assign/row_major_scanner.hpp"
#include "kwise/assign/scaled_int16_scanner.hpp"
#include "kwise/assign/yinyang_scanner.hpp"
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
};

template <class T>
DenseAssignment<T>::DenseAssignment(const DensePoints<T>& points, std::size_t n_centers,
                                    int n_threads)
    : points_(points),
      n_centers_(n_centers),
      n_threads_(n_threads),
      labels_(points.n_panels() * panel_rows),
      bounds_(points.n_panels() * panel_rows, n_centers),
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
    return bounds_.now(labels_.data(), points_.n_rows());
}

// Margins and drift are in the units that filters see.
template <class T>
void DenseAssignment<T>::centers_moved(const std::vector<double>& shifts) {
    const double scale = points_.transform().scale;
    bounds_.centers_moved(shifts, scale);
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
    bounds_.end(static_cast<double>(counts.n_scanned) / static_cast<double>(points_.n_rows()));
    return counts.n_moved;
}

// The first scanner that serves these centers. Scanners before it may have prepared a part in vain.
template <class T>
Scanner& DenseAssignment<T>::prepare(const ExactCenters& centers) {
    const AssignmentStep step{centers, bounds_.drift(), bounds_.keep(), few_moves_};
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
        n_active = kernels().active_rows(n_rows, bounds_.margins() + first, labels, bounds_.drift(),
                                         n_centers_, worker.active.data());
    }
    if (n_active == 0) return;
    // As rows that had to be looked at, whether or not their neighbors were scanned with them.
    worker.counts.n_scanned += n_active;
    const ActiveRows rows(first, n_rows, worker.active.data(), n_active, labels);
    const ScanTarget target{first, worker.label.data(),
                            bounds_.keep() ? bounds_.margins() + first : nullptr, bounds_.drift(),
                            &worker.decide.undecided};
    // In the first assignment only, where all rows are active.
    const bool all = (has_initial_labels_ && take_initial_labels(rows, target)) ||
                     scanner_->scan(worker.index, rows, target);
    decide_rows(points_.rows(), *centers_, fine_filter_, points_.transform(), first, worker.decide,
                worker.label.data());
    const std::size_t n_moved = list_moved(rows, all, worker);
    kernels().update<T>().apply_moves(points_.rows(), points_.weights(), first, worker.moved.data(),
                                      n_moved, worker.label.data(), labels, worker.sums.view());
    worker.counts.n_moved += n_moved;
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
