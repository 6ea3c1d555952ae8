// Active rows, 32 at a time, from the caller's array; what they miss of a panel repeats the last.
#include "kwise/assign/row_major_scanner.hpp"

#include <algorithm>

#include "kwise/assign/listed_panel.hpp"

namespace kwise {

// Rows of float64 are kept converted from pass to pass; see top2_row_major.
template <class T>
struct RowMajorScanner<T>::Scratch {
    explicit Scratch(std::size_t n_features) : kept(row_major_room(n_features)) {}
    Buffer<float> kept;
    ListedPanel panel;
};

template <class T>
RowMajorScanner<T>::RowMajorScanner(const DensePoints<T>& points, int n_threads)
    : points_(points), scratch_(n_threads) {}

template <class T>
RowMajorScanner<T>::~RowMajorScanner() = default;

// Always: the list has it only where centers are few enough.
template <class T>
bool RowMajorScanner<T>::prepare(const AssignmentStep& step) {
    filter_.pack_row_major(step.centers, points_.n_features(), points_.transform());
    return true;
}

// All rows that follow are known to the kernel, so that it fetches across panels.
template <class T>
bool RowMajorScanner<T>::scan(std::size_t worker, const ActiveRows& rows,
                              const ScanTarget& target) {
    Scratch& scratch =
        scratch_.of(worker, [&] { return std::make_unique<Scratch>(points_.n_features()); });
    ListedPanel& panel = scratch.panel;
    const std::uint32_t* const places = rows.places();
    for (std::size_t start = 0; start < rows.size(); start += panel_rows) {
        // All that is left may be fetched ahead.
        const std::size_t left = rows.size() - start, count = std::min(panel_rows, left);
        kernels().scan<T>().top2_row_major(points_.rows(), target.first, places + start, count,
                                           left, filter_.row_major(), scratch.kept.data(),
                                           panel.norms, {panel.best, panel.second, panel.index});
        panel.finish(places + start, count, filter_.bands(), target,
                     [&](std::uint32_t place) { target.leave(place); });
    }
    return rows.are_all();
}

template class RowMajorScanner<float>;
template class RowMajorScanner<double>;

}  // namespace kwise
