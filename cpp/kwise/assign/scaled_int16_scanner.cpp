// Ranks in scaled int16, hands on what is uncertain, and stays out for a while where that is most.
// docs/decisions/scaled-int16.md has what was measured.
#include "kwise/assign/scaled_int16_scanner.hpp"

#include <algorithm>

#include "kwise/assign/listed_panel.hpp"
#include "kwise/data/scaled_int16_rows.hpp"
#include "kwise/dispatch/policy.hpp"

namespace kwise {

template <class T>
struct ScaledInt16Scanner<T>::Scratch {
    explicit Scratch(std::size_t n_features) : words(panel_words(n_features) * panel_rows) {}
    Buffer<std::int32_t> words;
    float factors[panel_rows] = {};
    ListedPanel panel;
    // Places of this chunk that go on to float32.
    std::vector<std::uint32_t> uncertain;
    std::size_t n_seen = 0, n_uncertain = 0;
};

// `next` is asked for what is uncertain here.
template <class T>
ScaledInt16Scanner<T>::ScaledInt16Scanner(const DensePoints<T>& points, Float32Scanner<T>& next,
                                          int n_threads)
    : points_(points), next_(next), scratch_(n_threads) {}

template <class T>
ScaledInt16Scanner<T>::~ScaledInt16Scanner() = default;

// The float32 filter is only told of the centers; it is packed when a row needs it.
template <class T>
bool ScaledInt16Scanner<T>::prepare(const AssignmentStep& step) {
    // The next scanner in the list takes float32 from the start.
    if (cools_down()) return false;
    next_.prepare(step);
    filter_.pack(step.centers, points_.n_features(), points_.transform(),
                 static_cast<double>(points_.scaled_int16()->worst_ratio()));
    return true;
}

// Rows are gathered even where all are active: they are stored row by row, and transposed as they
// are read.
template <class T>
bool ScaledInt16Scanner<T>::scan(std::size_t worker, const ActiveRows& rows,
                                 const ScanTarget& target) {
    Scratch& scratch = scratch_of(worker);
    ListedPanel& panel = scratch.panel;
    const ScaledInt16Rows& rows16 = *points_.scaled_int16();
    const std::uint32_t* const places = rows.places();
    scratch.uncertain.clear();
    for (std::size_t r = 0; r < rows.size(); r += panel_rows) {
        // The places of the next panel are whole, up to the padding of ActiveRows::places.
        if (r + panel_rows < rows.size()) rows16.prefetch(target.first, places + r + panel_rows);
        rows16.gather(target.first, places + r, scratch.words.data(), scratch.factors, panel.norms);
        kernels().top2_scaled_int16(scratch.words.data(), scratch.factors, panel.norms,
                                    filter_.packed(), panel.best, panel.second, panel.index);
        panel.finish(places + r, std::min(panel_rows, rows.size() - r), filter_.bands(), target,
                     [&](std::uint32_t place) { scratch.uncertain.push_back(place); });
    }
    scan_again(worker, scratch.uncertain, rows.size(), target);
    return rows.are_all();
}

// Counts for adapt() as well.
template <class T>
void ScaledInt16Scanner<T>::scan_again(std::size_t worker,
                                       const std::vector<std::uint32_t>& uncertain,
                                       std::size_t n_seen, const ScanTarget& target) {
    Scratch& scratch = scratch_of(worker);
    // Counts of this thread, summed by adapt().
    scratch.n_seen += n_seen;
    scratch.n_uncertain += uncertain.size();
    next_.scan_listed(worker, uncertain.data(), uncertain.size(), target);
}

// Where most rows went on to float32, scaled int16 was in vain: it stays out for some assignments,
// then tries again, since centers that have settled are easier to tell apart.
template <class T>
void ScaledInt16Scanner<T>::adapt(std::size_t /*n_scanned*/) {
    std::size_t n_seen = 0, n_uncertain = 0;
    scratch_.visit([&](Scratch& scratch) {
        n_seen += scratch.n_seen;
        n_uncertain += scratch.n_uncertain;
        scratch.n_seen = scratch.n_uncertain = 0;
    });
    // While it stays out nothing was seen, so nothing can fail.
    if (cooldown_ > 0) {
        --cooldown_;
    } else if (scaled_int16_fails(n_uncertain, n_seen)) {
        cooldown_ = scaled_int16_cooldown;
    }
}

template <class T>
auto ScaledInt16Scanner<T>::scratch_of(std::size_t worker) -> Scratch& {
    return scratch_.of(worker, [&] { return std::make_unique<Scratch>(points_.n_features()); });
}

template class ScaledInt16Scanner<float>;
template class ScaledInt16Scanner<double>;

}  // namespace kwise
