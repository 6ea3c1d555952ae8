// Rows copied in Morton order, with boxes that certainly hold them: roundings widen boxes.
#include "kwise/data/morton_points.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kwise/base/parallel.hpp"
#include "kwise/data/morton_order.hpp"
#include "kwise/dispatch/policy.hpp"

namespace kwise {
// Boxes past the last stay points at 0: kernels look at whole batches, and what they find there is
// masked out.
BoxSet::BoxSet(std::size_t count, std::size_t n_features)
    : n_features_(n_features),
      stride_((count + box_batch - 1) / box_batch * box_batch),
      middle_(stride_ * n_features, 0.0),
      half_(stride_ * n_features, 0.0) {}

// Halves first, so that the middle of huge values does not overflow. low <= high.
void BoxSet::set(std::size_t box, std::size_t i, double low, double high) {
    const double middle = low / 2.0 + high / 2.0;
    middle_[i * stride_ + box] = middle;
    // Rounded up, so that the box holds both ends.
    half_[i * stride_ + box] = std::max(high - middle, middle - low) * (1.0 + 0x1p-50) + 0x1p-1070;
}

double BoxSet::half_diagonal(std::size_t box) const {
    double half_diagonal = 0.0;
    for (std::size_t at = box; at < half_.size(); at += stride_)
        half_diagonal += half_[at] * half_[at];
    return half_diagonal;
}

// Copies the rows in Morton order, as panels of exact values, and makes the boxes around panels and
// chunks. Both are written chunk by chunk, each by one thread.
template <class T>
MortonPoints<T>::MortonPoints(const DensePoints<T>& points, int n_threads)
    : points_(points),
      order_(points.order(n_threads)),
      values_(points.n_panels() * panel_rows * points.n_features()),
      weights_(points.weights() == nullptr ? 0 : points.n_panels() * panel_rows),
      panel_boxes_(points.n_panels(), points.n_features()),
      chunk_boxes_(points.n_chunks(), points.n_features()) {
    const SampledSpread spread = sample_spread(points);
    // Roughly all features' variance, in the data's units: the sample is of what the filter sees.
    variance_ = std::inner_product(spread.deviation.begin(), spread.deviation.end(),
                                   spread.deviation.begin(), 0.0) /
                (points.transform().scale * points.transform().scale);
    const double work = 5.0 * static_cast<double>(points.n_rows() * points.n_features());
    parallel_for(n_chunks(), useful_threads(work, n_threads), [&](std::size_t chunk, int) {
        const std::size_t end = std::min(n_panels(), (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) fill_panel(p);
        fill_chunk_box(chunk);
    });
}

// A last panel that is not full repeats the last row, which then neither widens the box nor needs a
// special case; its labels are not read.
template <class T>
void MortonPoints<T>::fill_panel(std::size_t p) {
    std::uint32_t list[panel_rows];
    for (std::size_t r = 0; r < panel_rows; ++r) {
        list[r] = order_[std::min(p * panel_rows + r, n_rows() - 1)];
        if (weights_.size() > 0) weights_[p * panel_rows + r] = points_.weights()[list[r]];
    }
    double low[4], high[4];
    kernels().pack<T>().exact_panel(points_.rows(), list,
                                    values_.data() + p * n_features() * panel_rows, low, high);
    for (std::size_t i = 0; i < n_features(); ++i) panel_boxes_.set(p, i, low[i], high[i]);
}

// From the boxes of its panels, whose ends are rounded: hence a little more. The box must hold
// every row, since what it rules out is not looked at again.
template <class T>
void MortonPoints<T>::fill_chunk_box(std::size_t chunk) {
    const std::size_t first = chunk * chunk_panels;
    const std::size_t end = std::min(n_panels(), first + chunk_panels);
    for (std::size_t i = 0; i < n_features(); ++i) {
        double low = panel_boxes_.low(first, i), high = panel_boxes_.high(first, i);
        for (std::size_t p = first + 1; p < end; ++p) {
            low = std::min(low, panel_boxes_.low(p, i));
            high = std::max(high, panel_boxes_.high(p, i));
        }
        const double rounding = (std::fabs(low) + std::fabs(high)) * 0x1p-50;
        chunk_boxes_.set(chunk, i, low - rounding, high + rounding);
    }
}

// Whether most panels are smaller than clusters are: else their boxes rule out little, and the
// order only costs. See policy's morton_pays and morton_panels_serve.
template <class T>
bool MortonPoints<T>::pays(std::size_t n_centers) const {
    if (!morton_pays({n_rows(), n_features(), n_centers})) return false;
    // Where a few rows lie far out, the grid may be too coarse for the rest. A cluster takes about
    // this much of the squared spread.
    const double limit = variance_ * std::pow(static_cast<double>(n_centers),
                                              -2.0 / static_cast<double>(n_features()));
    // Panels no larger than a cluster.
    std::size_t n_small = 0;
    for (std::size_t p = 0; p < n_panels(); ++p) n_small += panel_boxes_.half_diagonal(p) <= limit;
    return morton_panels_serve(n_small, n_panels());
}

template class MortonPoints<float>;
template class MortonPoints<double>;

}  // namespace kwise
