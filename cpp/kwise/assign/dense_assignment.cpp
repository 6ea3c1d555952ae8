#include "kwise/assign/dense_assignment.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "kwise/assign/yinyang_scanner.hpp"
#include "kwise/base/parallel.hpp"
#include "kwise/filters/cascade.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {
namespace {

// Rough nanoseconds of work for a row, and for one feature of a row and a center: only to judge
// whether threads pay.
constexpr double row_cost = 5.0;
constexpr double pair_cost = 0.03;

void settle(const RowView<float>& rows, const float* weights, std::size_t first,
            const std::uint32_t* moved, std::size_t count, const std::int32_t* is,
            std::int32_t* labels, const SumsView& sums) {
    kernels().settle_f32(rows, weights, first, moved, count, is, labels, sums);
}
void settle(const RowView<double>& rows, const double* weights, std::size_t first,
            const std::uint32_t* moved, std::size_t count, const std::int32_t* is,
            std::int32_t* labels, const SumsView& sums) {
    kernels().settle_f64(rows, weights, first, moved, count, is, labels, sums);
}

}  // namespace

// What one thread needs; `sums` collects the moves of its rows. Arrays by row of the chunk.
template <class T>
struct Assignment<T>::Worker {
    Worker(const Points<T>& points, std::size_t n_centers)
        : decide(points.n_features()),
          gathered(gathered_panels(points.panel_stride()) * points.panel_stride()),
          words((points.n_features() + 1) / 2 * panel_rows) {
        if (points.fixed() != nullptr || points.streams(n_centers)) {
            scan = std::make_unique<RowScan<T>>(points);
        }
    }
    // As many panels of gathered rows as the first-level cache holds.
    static std::size_t gathered_panels(std::size_t panel_stride) {
        constexpr std::size_t cache = 24576 / sizeof(float);
        return std::clamp<std::size_t>(cache / panel_stride, 1, chunk_panels / 2);
    }
    DecideScratch decide;
    Buffer<float> gathered;
    Buffer<std::int32_t> words;  // the same in whole numbers
    std::unique_ptr<RowScan<T>> scan;
    std::unique_ptr<GroupScan> group_scan;
    std::vector<std::uint32_t> uncertain;
    WorkerSums sums;
    Buffer<float> best{chunk_rows}, second{chunk_rows}, margin{chunk_rows};
    Buffer<std::int32_t> label{chunk_rows}, nearest{chunk_rows};
    // Lists of rows; the kernels that write them want some room at the end.
    Buffer<std::uint32_t> open{chunk_rows + panel_rows}, moved{chunk_rows + panel_rows};
    std::size_t n_moved = 0, n_scanned = 0, n_uncertain = 0;
};

template <class T>
Assignment<T>::Assignment(const Points<T>& points, std::size_t n_centers, int n_threads)
    : points_(points),
      n_centers_(n_centers),
      n_threads_(n_threads),
      labels_(points.n_panels() * panel_rows),
      bounds_(points.n_panels() * panel_rows, n_centers),
      streams_(points.streams(n_centers)) {
    if (n_centers > 1 && WholeLines::serves(points.n_rows(), points.n_features())) {
        whole_ = points.whole(n_threads);
    }
    if (n_centers > 1 && points.fixed() == nullptr && !streams_ && whole_ == nullptr) {
        points.need_panels(n_threads);
    }
    // Rows past the end have a label that can be looked up, and never change it.
    std::fill(labels_.data(), labels_.data() + points.n_rows(), -1);
    std::fill(labels_.data() + points.n_rows(), labels_.data() + labels_.size(), 0);
    for (int w = 0; w < std::max(1, n_threads); ++w) {
        workers_.push_back(std::make_unique<Worker>(points, n_centers));
    }
}

template <class T>
Assignment<T>::~Assignment() = default;

template <class T>
void Assignment<T>::know_labels(Buffer<std::int32_t>&& labels) {
    labels_ = std::move(labels);
    are_known_ = true;
}

template <class T>
std::size_t Assignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    centers_ = &centers;
    filter_.expect(centers, points_.n_features(), points_.frame());
    fine_filter_.expect(centers, points_.n_features(), points_.frame());
    if (streams_) streamed_filter_.pack_in_rows(centers, points_.n_features(), points_.frame());
    if (whole_ != nullptr && !whole_filter_.pack(centers, *whole_, points_.frame())) leave_whole();
    bounds_.begin(n_centers_ == 1 ? 0 : n_centers_ * (points_.n_features() + 1));
    if (points_.fixed() != nullptr) pack_fixed(centers);
    const double work = row_cost * static_cast<double>(points_.n_rows()) +
                        pair_cost * static_cast<double>(points_.n_rows() * n_centers_) *
                            static_cast<double>(points_.n_features() + 4);
    const int n_threads = useful_threads(work, n_threads_);
    for (auto& worker : workers_) worker->sums.begin(sums, worker == workers_.front());
    parallel_for(points_.n_chunks(), n_threads, [&](std::size_t chunk, int worker) {
        assign_chunk(chunk, *workers_[static_cast<std::size_t>(worker)]);
    });
    std::size_t n_moved = 0, n_scanned = 0, n_uncertain = 0;
    for (auto& worker : workers_) {
        n_moved += worker->n_moved;
        n_scanned += worker->n_scanned;
        n_uncertain += worker->n_uncertain;
        worker->n_moved = worker->n_scanned = worker->n_uncertain = 0;
        worker->sums.end();
    }
    judge_fixed();
    judge_groups(n_moved);
    are_known_ = false;
    const std::size_t many = std::max(n_scanned, points_.n_rows() / 2) / 20;
    if (whole_ != nullptr && n_uncertain > many) leave_whole();
    bounds_.end(static_cast<double>(n_scanned) / static_cast<double>(points_.n_rows()));
    return n_moved;
}

template <class T>
void Assignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::size_t first = chunk * chunk_panels;
    const std::size_t n_panels = std::min(points_.n_panels() - first, chunk_panels);
    const std::size_t first_row = first * panel_rows;
    const std::size_t n_rows = std::min(points_.n_rows() - first_row, n_panels * panel_rows);
    std::int32_t* const labels = labels_.data() + first_row;
    std::size_t n_open = n_rows;
    if (bounds_.use()) {
        n_open = kernels().open_rows(n_rows, bounds_.margins() + first_row, labels, bounds_.drift(),
                                     n_centers_, worker.open.data());
    }
    if (n_open == 0) return;
    worker.n_scanned += n_open;
    const bool listed = worker.scan != nullptr;
    const bool known = are_known_ && take_known(first_row, n_rows, worker);
    const bool all = known || n_centers_ == 1 || (listed ? n_open == n_rows : n_open * 2 > n_rows);
    if (known) {
        // Only what is undecided is left to do.
    } else if (n_centers_ == 1) {
        std::fill(worker.label.data(), worker.label.data() + n_rows, 0);
    } else if (listed) {
        if (all) std::iota(worker.open.data(), worker.open.data() + n_rows, 0u);
        groups_ == nullptr ? scan_listed(first_row, n_open, worker)
                           : scan_groups(first_row, n_open, labels, worker);
    } else if (whole_ != nullptr) {
        all ? scan_whole_chunk(first, n_panels, worker) : scan_whole_rows(first, n_open, worker);
        worker.n_uncertain += worker.decide.undecided.size();
    } else if (all) {
        scan_chunk(first, n_panels, n_rows, worker);
    } else {
        scan_open_rows(first, n_open, worker);
    }
    decide_rows(points_.rows(), *centers_, fine_filter_, points_.frame(), first_row, worker.decide,
                worker.label.data());
    std::size_t n_moved = 0;
    if (all) {
        n_moved = kernels().find_moved(n_rows, worker.label.data(), labels, worker.moved.data());
    } else {
        for (std::size_t m = 0; m < n_open; ++m) {
            const std::uint32_t row = worker.open[m];
            worker.moved[n_moved] = row;
            n_moved += worker.label[row] != labels[row] ? 1 : 0;
        }
    }
    settle(points_.rows(), points_.weights(), first_row, worker.moved.data(), n_moved,
           worker.label.data(), labels, worker.sums.view());
    worker.n_moved += n_moved;
}

// What whole numbers leave uncertain is too much: float32 from now on.
template <class T>
void Assignment<T>::leave_whole() {
    whole_ = nullptr;
    points_.need_panels(n_threads_);
}

// Scans all rows of a chunk in place, in whole numbers.
template <class T>
void Assignment<T>::scan_whole_chunk(std::size_t first, std::size_t n_panels, Worker& worker) {
    const WholeCenters centers = whole_filter_.packed();
    const std::size_t n_pairs = whole_->frame().n_pairs();
    std::int32_t half_squares[panel_rows];
    for (std::size_t p = 0; p < n_panels; ++p) {
        const std::size_t at = p * panel_rows, row = first * panel_rows + at;
        std::uint32_t uncertain = 0;
        whole_->read(row, nullptr, panel_rows, worker.words.data(), half_squares);
        kernels().nearest_whole(worker.words.data(), n_pairs, half_squares, centers,
                                bounds_.drift(), worker.label.data() + at,
                                bounds_.keep() ? bounds_.margins() + row : nullptr, &uncertain);
        for (; uncertain != 0; uncertain &= uncertain - 1) {
            const std::size_t open = row + static_cast<std::size_t>(std::countr_zero(uncertain));
            if (open < points_.n_rows()) leave_undecided(open, worker);
        }
    }
}

// Gathers the open rows of a chunk into panels and scans these, in whole numbers.
template <class T>
void Assignment<T>::scan_whole_rows(std::size_t first, std::size_t n_open, Worker& worker) {
    const WholeCenters centers = whole_filter_.packed();
    const std::size_t n_pairs = whole_->frame().n_pairs();
    std::int32_t half_squares[panel_rows], labels[panel_rows];
    float margins[panel_rows];
    float* const kept = bounds_.margins() + first * panel_rows;
    for (std::size_t start = 0; start < n_open; start += panel_rows) {
        const std::uint32_t* const rows = worker.open.data() + start;
        const std::size_t count = std::min(panel_rows, n_open - start);
        const std::size_t next = std::min(n_open, start + panel_rows);
        whole_->prefetch(first * panel_rows, worker.open.data() + next,
                         std::min(panel_rows, n_open - next));
        whole_->read(first * panel_rows, rows, count, worker.words.data(), half_squares);
        std::uint32_t uncertain = 0;
        kernels().nearest_whole(worker.words.data(), n_pairs, half_squares, centers,
                                bounds_.drift(), labels, margins, &uncertain);
        for (std::size_t r = 0; r < count; ++r) {
            worker.label[rows[r]] = labels[r];
            kept[rows[r]] = margins[r];
            if (uncertain >> r & 1u) leave_undecided(first * panel_rows + rows[r], worker);
        }
    }
}

// Moves what is known of the labels of a chunk to the worker, as if it were scanned; false where
// scanning is cheaper than to decide the rest.
template <class T>
bool Assignment<T>::take_known(std::size_t first_row, std::size_t n_rows, Worker& worker) {
    std::int32_t* const labels = labels_.data() + first_row;
    std::copy(labels, labels + n_rows, worker.label.data());
    std::fill(labels, labels + n_rows, -1);
    const std::int32_t* const known = worker.label.data();
    const auto n_unknown = static_cast<std::size_t>(std::count(known, known + n_rows, -1));
    if (n_unknown * 8 > n_rows) return false;
    for (std::size_t r = 0; r < n_rows && n_unknown > 0; ++r) {
        if (known[r] < 0) leave_undecided(first_row + r, worker);
    }
    return true;
}

// Scans the open rows of a chunk as they are, or from fixed point on.
template <class T>
void Assignment<T>::scan_listed(std::size_t first_row, std::size_t n_open, Worker& worker) {
    worker.scan->scan(
        worker.open.data(), n_open,
        {streams_ ? &streamed_filter_ : nullptr, fixed_rests_ == 0 ? &fixed_filter_ : nullptr,
         &filter_},
        {first_row, worker.label.data(), bounds_.keep() ? bounds_.margins() + first_row : nullptr,
         bounds_.drift(), &worker.decide.undecided});
}

// In fixed point, by groups of centers once there are bounds to keep.
template <class T>
void Assignment<T>::pack_fixed(const ExactCenters& centers) {
    const FixedRows& rows = *points_.fixed();
    const std::size_t d = points_.n_features();
    const auto worst_ratio = static_cast<double>(rows.worst_ratio());
    const bool pays = bounds_.keep() && is_settling_ && fixed_rests_ == 0 && groups_rest_ == 0 &&
                      GroupBounds::pays(points_.n_rows(), d, n_centers_);
    if (!pays) {
        groups_.reset();
        fixed_filter_.pack(centers, d, points_.frame(), worst_ratio);
        return;
    }
    if (groups_ == nullptr) {
        groups_ = std::make_unique<GroupBounds>(rows, points_.n_rows(), centers, d);
    }
    groups_->begin(centers, d, points_.frame(), worst_ratio, bounds_.drift());
}

template <class T>
void Assignment<T>::scan_groups(std::size_t first_row, std::size_t n_open,
                                const std::int32_t* labels, Worker& worker) {
    if (worker.group_scan == nullptr) {
        worker.group_scan = std::make_unique<GroupScan>(*points_.fixed(), points_.n_features(),
                                                        groups_->groups().n_groups());
    }
    const ScanTarget target{first_row, worker.label.data(), bounds_.margins() + first_row,
                            bounds_.drift(), &worker.decide.undecided};
    worker.uncertain.clear();
    worker.group_scan->scan(*groups_, worker.open.data(), n_open, labels, target, worker.uncertain);
    worker.scan->scan_again(worker.uncertain, n_open, &filter_, target);
}

// Where fixed point leaves most rows uncertain, float32 alone is cheaper for a while.
template <class T>
void Assignment<T>::judge_fixed() {
    constexpr std::size_t rest = 8;
    std::size_t n_seen = 0, n_uncertain = 0;
    for (auto& worker : workers_) {
        if (worker->scan != nullptr) worker->scan->take_counts(n_seen, n_uncertain);
    }
    if (fixed_rests_ > 0) {
        --fixed_rests_;
    } else if (n_uncertain * 2 > n_seen) {
        fixed_rests_ = rest;
    }
}

// Where most groups are open for most rows, bounds by group only cost: none for a while.
template <class T>
void Assignment<T>::judge_groups(std::size_t n_moved) {
    constexpr std::size_t rest = 4;
    // Centers whose labels were known come from seeding, and travel little.
    is_settling_ = are_known_ || n_moved * 8 < points_.n_rows();
    std::size_t n_seen = 0, n_all = 0;
    for (auto& worker : workers_) {
        if (worker->group_scan != nullptr) worker->group_scan->take_counts(n_seen, n_all);
    }
    if (groups_rest_ > 0) {
        --groups_rest_;
    } else if (n_all * 4 > n_seen * 3) {
        groups_rest_ = rest;
    }
}

// Scans all rows of a chunk in place.
template <class T>
void Assignment<T>::scan_chunk(std::size_t first, std::size_t n_panels, std::size_t n_rows,
                               Worker& worker) {
    const std::size_t first_row = first * panel_rows, d = points_.n_features();
    std::uint32_t uncertain[chunk_panels];
    kernels().top2_f32(points_.panel(first), n_panels, points_.panel_stride(), d + 1,
                       filter_.get().packed(), worker.best.data(), worker.second.data(),
                       worker.label.data());
    kernels().certify(n_panels, worker.best.data(), worker.second.data(), worker.label.data(),
                      points_.panel(first) + d * panel_rows, points_.panel_stride(),
                      filter_.get().bands(), bounds_.drift(),
                      bounds_.keep() ? bounds_.margins() + first_row : nullptr, uncertain);
    if (n_rows % panel_rows != 0) uncertain[n_panels - 1] &= (1u << n_rows % panel_rows) - 1u;
    for (std::size_t p = 0; p < n_panels; ++p) {
        for (std::uint32_t bits = uncertain[p]; bits != 0; bits &= bits - 1) {
            const std::size_t row =
                first_row + p * panel_rows + static_cast<std::size_t>(__builtin_ctz(bits));
            leave_undecided(row, worker);
        }
    }
}

// Gathers the open rows of a chunk into panels and scans these.
template <class T>
void Assignment<T>::scan_open_rows(std::size_t first, std::size_t n_open, Worker& worker) {
    const std::size_t stride = points_.panel_stride();
    const std::size_t step = worker.gathered.size() / stride * panel_rows;
    for (std::size_t start = 0; start < n_open; start += step) {
        const std::size_t count = std::min(step, n_open - start);
        for (std::size_t at = 0; at < count; at += panel_rows) {
            const std::size_t next = std::min(n_open, start + at + panel_rows);
            points_.prefetch(first, worker.open.data() + next, std::min(panel_rows, n_open - next));
            points_.gather(first, worker.open.data() + start + at, std::min(panel_rows, count - at),
                           worker.gathered.data() + at / panel_rows * stride);
        }
        scan_gathered(first * panel_rows, worker.open.data() + start, count, worker);
    }
}

template <class T>
void Assignment<T>::scan_gathered(std::size_t first_row, const std::uint32_t* rows,
                                  std::size_t count, Worker& worker) {
    const std::size_t d = points_.n_features(), stride = points_.panel_stride();
    const std::size_t n_panels = (count + panel_rows - 1) / panel_rows;
    std::uint32_t uncertain[chunk_panels];
    kernels().top2_f32(worker.gathered.data(), n_panels, stride, d + 1, filter_.get().packed(),
                       worker.best.data(), worker.second.data(), worker.nearest.data());
    kernels().certify(n_panels, worker.best.data(), worker.second.data(), worker.nearest.data(),
                      worker.gathered.data() + d * panel_rows, stride, filter_.get().bands(),
                      bounds_.drift(), worker.margin.data(), uncertain);
    float* const margins = bounds_.margins() + first_row;
    for (std::size_t r = 0; r < count; ++r) {
        worker.label[rows[r]] = worker.nearest[r];
        margins[rows[r]] = worker.margin[r];
    }
    for (std::size_t p = 0; p < n_panels; ++p) {
        for (std::uint32_t bits = uncertain[p]; bits != 0; bits &= bits - 1) {
            const std::size_t r = p * panel_rows + static_cast<std::size_t>(__builtin_ctz(bits));
            if (r < count) leave_undecided(first_row + rows[r], worker);
        }
    }
}

template <class T>
void Assignment<T>::leave_undecided(std::size_t row, Worker& worker) {
    worker.decide.undecided.push_back(static_cast<std::uint32_t>(row));
    if (bounds_.keep()) bounds_.margins()[row] = -std::numeric_limits<float>::infinity();
}

template class Assignment<float>;
template class Assignment<double>;
}  // namespace kwise
