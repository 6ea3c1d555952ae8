#include "kwise/certificate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kwise {
namespace {

// So many rows are decided as fast by canonical distances as in a panel that is nearly empty.
constexpr std::size_t few_rows = 4;

}  // namespace

template <class T>
void ExactCenters::set(const T* centers, std::size_t n, std::size_t n_features) {
    n_centers = n;
    padded = pad_features(n_features);
    values.resize(n_centers * padded, 0.0);
    for (std::size_t c = 0; c < n_centers; ++c) {
        double* const row = values.data() + c * padded;
        for (std::size_t i = 0; i < n_features; ++i) {
            row[i] = static_cast<double>(centers[c * n_features + i]);
        }
        std::fill(row + n_features, row + padded, 0.0);
    }
}

template <class T>
ExactCenters ExactCenters::from(const T* centers, std::size_t n_centers, std::size_t n_features) {
    ExactCenters exact;
    exact.set(centers, n_centers, n_features);
    return exact;
}

template <class F>
void FilterCenters<F>::pack_center(const double* center, std::size_t n_features,
                                   const FilterFrame& frame, std::size_t c, F* group, std::size_t s,
                                   std::size_t width, std::size_t n_added) {
    const double u = std::numeric_limits<F>::epsilon() / 2;
    const double g = 1.05 * static_cast<double>(n_added + 16) * u;
    // What underflow can take from the products, and from the coefficients.
    const double tiny = std::numeric_limits<F>::denorm_min() * static_cast<double>(n_features + 16);
    double square = 0.0;
    for (std::size_t i = 0; i < n_features; ++i) {
        const double offset = frame.offset.empty() ? 0.0 : frame.offset[i];
        const double v = (center[i] - offset) * frame.scale;
        square += v * v;
        group[(i + 1) * width + s] = static_cast<F>(-2.0 * v);
    }
    const double norm = std::sqrt(square);
    group[s] = static_cast<F>(square * (1.0 - g) - tiny);
    group[(n_features + 1) * width + s] = static_cast<F>(-2.0 * g * norm * (1.0 + 4 * u) - tiny);
    band_constant_[c] = static_cast<F>(2.0 * g * square * 1.01 + 4.0 * tiny);
    band_slope_[c] = static_cast<F>(4.0 * g * norm * 1.01 + 4.0 * tiny);
}

template <class F>
void FilterCenters<F>::find_largest() {
    largest_constant_ = *std::max_element(band_constant_.begin(), band_constant_.end());
    largest_slope_ = *std::max_element(band_slope_.begin(), band_slope_.end());
}

template <class F>
void FilterCenters<F>::pack(const ExactCenters& centers, std::size_t n_features,
                            const FilterFrame& frame) {
    const std::size_t k = centers.n_centers, limit = kernels().group_limit;
    const std::size_t n_groups = (k + limit - 1) / limit;
    sizes_.resize(n_groups);
    values_.resize(k * (n_features + 2));
    band_constant_.resize(k);
    band_slope_.resize(k);
    F* group = values_.data();
    for (std::size_t b = 0, c0 = 0; b < n_groups; ++b) {
        // Sizes differ by one at most, so that no group is nearly empty.
        const std::size_t size = (b + 1) * k / n_groups - b * k / n_groups;
        sizes_[b] = static_cast<std::uint8_t>(size);
        for (std::size_t s = 0; s < size; ++s) {
            pack_center(centers.row(c0 + s), n_features, frame, c0 + s, group, s, size, n_features);
        }
        group += size * (n_features + 2);
        c0 += size;
    }
    find_largest();
}

template <class F>
void FilterCenters<F>::pack_side_by_side(const ExactCenters& centers, std::size_t n_features,
                                         const FilterFrame& frame, std::size_t width) {
    const std::size_t k = centers.n_centers;
    sizes_.assign(1, static_cast<std::uint8_t>(width));
    values_.assign(width * (n_features + 2), F(0));
    band_constant_.resize(k);
    band_slope_.resize(k);
    for (std::size_t c = 0; c < k; ++c) {
        pack_center(centers.row(c), n_features, frame, c, values_.data(), c, width, n_features);
    }
    find_largest();
}

template <class F>
void FilterCenters<F>::pack_in_rows(const ExactCenters& centers, std::size_t n_features,
                                    const FilterFrame& frame) {
    const std::size_t k = centers.n_centers;
    const std::size_t stride = row_centers_stride(n_features);
    // By lanes first.
    const std::size_t lanes = kernels().side_step, n_added = (n_features + lanes - 1) / lanes;
    if (rows_.size() != k * stride) rows_ = Buffer<F>(k * stride);
    std::fill(rows_.data(), rows_.data() + rows_.size(), F(0));
    band_constant_.resize(k);
    band_slope_.resize(k);
    for (std::size_t c = 0; c < k; ++c) {
        F* const row = rows_.data() + c * stride + rows_start - 1;
        pack_center(centers.row(c), n_features, frame, c, row, 0, 1, n_added);
    }
    find_largest();
}

DecideScratch::DecideScratch(std::size_t n_features)
    : row(pad_features(n_features)), panel((n_features + 1) * panel_rows) {
    undecided.reserve(chunk_rows);
}

template <class T>
void decide_rows(const RowView<T>& rows, const ExactCenters& centers,
                 LateFilter<double>& fine_filter, const FilterFrame& frame, std::size_t first_row,
                 DecideScratch& scratch, std::int32_t* labels) {
    const auto decide = [&](std::uint32_t row) {
        double ignored = 0.0;
        exact_row(rows, row, scratch.row.data());
        labels[row - first_row] = kernels().canonical_nearest(
            scratch.row.data(), centers.values.data(), centers.n_centers, centers.padded, &ignored);
    };
    if (scratch.undecided.size() <= few_rows) {
        for (const std::uint32_t row : scratch.undecided) decide(row);
        scratch.undecided.clear();
        return;
    }
    const FilterCenters<double>& filter = fine_filter.get();
    const Kernels& kernel = kernels();
    const std::size_t d = rows.n_features;
    // Relative error of canonical distances, of the norm and of the frame's rounding.
    const double error = 4.0 * static_cast<double>(d + 16) * 0x1p-53;
    double best[panel_rows], second[panel_rows], norms[panel_rows];
    std::int32_t index[panel_rows];
    for (std::size_t start = 0; start < scratch.undecided.size(); start += panel_rows) {
        const std::size_t count = std::min(panel_rows, scratch.undecided.size() - start);
        const std::uint32_t* list = scratch.undecided.data() + start;
        std::fill(norms, norms + panel_rows, 0.0);
        for (std::size_t r = 0; r < count; ++r) {
            exact_row(rows, list[r], scratch.row.data());
            for (std::size_t i = 0; i < d; ++i) {
                const double offset = frame.offset.empty() ? 0.0 : frame.offset[i];
                const double v = (scratch.row[i] - offset) * frame.scale;
                scratch.panel[i * panel_rows + r] = v;
                norms[r] += v * v;
            }
        }
        for (std::size_t r = 0; r < panel_rows; ++r) {
            norms[r] = std::sqrt(norms[r]);
            scratch.panel[d * panel_rows + r] = norms[r] * (1.0 + 0x1p-40);
        }
        kernel.top2_f64(scratch.panel.data(), 1, 0, d + 1, filter.packed(), best, second, index);
        for (std::size_t r = 0; r < count; ++r) {
            const std::int32_t c = index[r];
            const double upper =
                best[r] + filter.band_constant()[c] + filter.band_slope()[c] * norms[r];
            labels[list[r] - first_row] = c;
            if (!(second[r] - upper > error * norms[r] * norms[r])) decide(list[r]);
        }
    }
    scratch.undecided.clear();
}

template void ExactCenters::set(const float*, std::size_t, std::size_t);
template void ExactCenters::set(const double*, std::size_t, std::size_t);
template ExactCenters ExactCenters::from(const float*, std::size_t, std::size_t);
template ExactCenters ExactCenters::from(const double*, std::size_t, std::size_t);
template class FilterCenters<float>;
template class FilterCenters<double>;
template void decide_rows(const RowView<float>&, const ExactCenters&, LateFilter<double>&,
                          const FilterFrame&, std::size_t, DecideScratch&, std::int32_t*);
template void decide_rows(const RowView<double>&, const ExactCenters&, LateFilter<double>&,
                          const FilterFrame&, std::size_t, DecideScratch&, std::int32_t*);

}  // namespace kwise
