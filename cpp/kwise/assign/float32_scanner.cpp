// Two ways to the same answer: all rows of a chunk from packed panels, or listed ones gathered from
// the caller's array. Both rank lower bounds and certify.
#include "kwise/assign/float32_scanner.hpp"

#include <algorithm>

#include "kwise/dispatch/policy.hpp"
#include "kwise/filters/certify.hpp"

namespace kwise {

template <class T>
struct Float32Scanner<T>::Scratch {
    explicit Scratch(std::size_t stride)
        : gathered(gathered_panels(stride) * stride), step(gathered_panels(stride) * panel_rows) {}
    // As many panels of gathered rows as the first-level cache holds.
    static std::size_t gathered_panels(std::size_t stride) {
        constexpr std::size_t cache = 24576 / sizeof(float);
        return std::clamp<std::size_t>(cache / stride, 1, chunk_panels / 2);
    }
    Buffer<float> gathered;
    std::size_t step;  // rows that these panels hold
    Buffer<float> best{chunk_rows}, second{chunk_rows}, margin{chunk_rows};
    Buffer<std::int32_t> nearest{chunk_rows};
};

// In panels it takes memory when first prepared.
template <class T>
Float32Scanner<T>::Float32Scanner(const DensePoints<T>& points, bool in_panels, int n_threads)
    : points_(points), in_panels_(in_panels), n_threads_(n_threads), scratch_(n_threads) {}

template <class T>
Float32Scanner<T>::~Float32Scanner() = default;

// Packed when a first row needs it: as the last of a list it may only be asked for leftovers, or
// for none.
template <class T>
bool Float32Scanner<T>::prepare(const AssignmentStep& step) {
    filter_.expect(step.centers, points_.n_features(), points_.transform());
    if (in_panels_) points_.ensure_panels(n_threads_);
    return true;
}

// In place, panels are read as they lie, active rows or not; gathered, only active rows are, at the
// cost of transposing them. Half of a chunk is where the two meet (gathering_pays).
template <class T>
bool Float32Scanner<T>::scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) {
    // Rows without panels are always gathered.
    if (in_panels_ && !gathering_pays(rows.size(), rows.n_rows())) {
        scan_in_place(rows.n_rows(), scratch_of(worker), target);
        return true;
    }
    scan_listed(worker, rows.places(), rows.size(), target);
    return rows.are_all();
}

// Also the way in for rows that other scanners leave; the list need not fill a panel. Gathered a
// cache full at a time, and the next rows are fetched while these are transposed.
template <class T>
void Float32Scanner<T>::scan_listed(std::size_t worker, const std::uint32_t* places, std::size_t n,
                                    const ScanTarget& target) {
    Scratch& scratch = scratch_of(worker);
    const std::size_t first = target.first / panel_rows, stride = points_.panel_stride();
    for (std::size_t start = 0; start < n; start += scratch.step) {
        // As many rows as the scratch holds, panel by panel.
        const std::size_t count = std::min(scratch.step, n - start);
        for (std::size_t at = 0; at < count; at += panel_rows) {
            const std::size_t next = std::min(n, start + at + panel_rows);
            points_.prefetch(first, places + next, std::min(panel_rows, n - next));
            points_.gather(first, places + start + at, std::min(panel_rows, count - at),
                           scratch.gathered.data() + at / panel_rows * stride);
        }
        scan_gathered(places + start, count, scratch, target);
    }
}

template <class T>
auto Float32Scanner<T>::scratch_of(std::size_t worker) -> Scratch& {
    return scratch_.of(worker, [&] { return std::make_unique<Scratch>(points_.panel_stride()); });
}

// Answers go straight to the target, for whole panels: labels and margins have room. Rows that were
// not active are labeled anew, and find the label that they have.
template <class T>
void Float32Scanner<T>::scan_in_place(std::size_t n_rows, Scratch& scratch,
                                      const ScanTarget& target) {
    const std::size_t d = points_.n_features(), stride = points_.panel_stride();
    // Chunks begin at panels.
    const float* const panels = points_.panel(target.first / panel_rows);
    const FilterCenters<float>& filter = filter_.get();
    kernels().scan<float>().top2(panels, (n_rows + panel_rows - 1) / panel_rows, stride, d + 1,
                                 filter.packed(), scratch.best.data(), scratch.second.data(),
                                 target.labels);
    certify({scratch.best.data(), scratch.second.data(), target.labels, panels + d * panel_rows,
             stride},
            n_rows, filter.bands(), target.drift, target.margins,
            [&](std::size_t place) { target.leave(place); });
}

// As in place, by way of the scratch, since places are scattered.
template <class T>
void Float32Scanner<T>::scan_gathered(const std::uint32_t* places, std::size_t count,
                                      Scratch& scratch, const ScanTarget& target) {
    const std::size_t d = points_.n_features(), stride = points_.panel_stride();
    const FilterCenters<float>& filter = filter_.get();
    kernels().scan<float>().top2(scratch.gathered.data(), (count + panel_rows - 1) / panel_rows,
                                 stride, d + 1, filter.packed(), scratch.best.data(),
                                 scratch.second.data(), scratch.nearest.data());
    certify({scratch.best.data(), scratch.second.data(), scratch.nearest.data(),
             scratch.gathered.data() + d * panel_rows, stride},
            count, filter.bands(), target.drift,
            target.margins == nullptr ? nullptr : scratch.margin.data(),
            [&](std::size_t r) { target.leave(places[r]); });
    target.write(places, count, scratch.nearest.data(), scratch.margin.data());
}

template class Float32Scanner<float>;
template class Float32Scanner<double>;

}  // namespace kwise
