// The last two steps for a row whose label no faster filter is sure of: bounds in float64, then the
// definition. Rare, so that clarity comes before speed.
#include "kwise/filters/cascade.hpp"

#include <algorithm>
#include <cmath>

#include "kwise/dispatch/policy.hpp"

namespace kwise {

DecideScratch::DecideScratch(std::size_t n_features)
    : row(pad_features(n_features)), panel((n_features + 1) * panel_rows) {
    undecided.reserve(chunk_rows);
}

// Rows come from filters of either kind, so nothing is known of them but that their label is open.
// Whatever the way, the label is the canonical one: the float64 filter's band is proven like the
// others, and what it leaves open is computed by the definition.
template <class T>
void decide_rows(const RowView<T>& rows, const ExactCenters& centers,
                 LazyFilter<double>& fine_filter, const FilterTransform& transform,
                 std::size_t first_row, DecideScratch& scratch, std::int32_t* labels) {
    // The definition, for one row.
    const auto decide = [&](std::uint32_t row) {
        double ignored = 0.0;
        exact_row(rows, row, scratch.row.data());
        labels[row - first_row] = kernels().canonical_nearest(
            scratch.row.data(), centers.values.data(), centers.n_centers, centers.padded, &ignored);
    };
    // A panel of 32 costs the same however full it is.
    if (canonical_pays(scratch.undecided.size())) {
        for (const std::uint32_t row : scratch.undecided) decide(row);
        scratch.undecided.clear();
        return;
    }
    const FilterCenters<double>& filter = fine_filter.get();
    const Kernels& kernel = kernels();
    const std::size_t d = rows.n_features;
    // Relative error of canonical distances, of the norm and of the transform's rounding: what the
    // difference of two lower bounds must exceed, in units of |x|^2.
    const double error = 4.0 * static_cast<double>(d + 16) * 0x1p-53;
    double best[panel_rows], second[panel_rows], norms[panel_rows];
    std::int32_t index[panel_rows];
    for (std::size_t start = 0; start < scratch.undecided.size(); start += panel_rows) {
        const std::size_t count = std::min(panel_rows, scratch.undecided.size() - start);
        const std::uint32_t* list = scratch.undecided.data() + start;
        // Lanes past `count` keep values of earlier panels: they are ranked, and not looked at.
        std::fill(norms, norms + panel_rows, 0.0);
        // Transposed by hand, as float64 panels are made nowhere else.
        for (std::size_t r = 0; r < count; ++r) {
            exact_row(rows, list[r], scratch.row.data());
            for (std::size_t i = 0; i < d; ++i) {
                const double offset = transform.offset.empty() ? 0.0 : transform.offset[i];
                const double v = (scratch.row[i] - offset) * transform.scale;
                scratch.panel[i * panel_rows + r] = v;
                norms[r] += v * v;
            }
        }
        for (std::size_t r = 0; r < panel_rows; ++r) {
            norms[r] = std::sqrt(norms[r]);
            // The filter's last feature is an upper bound of the norm.
            scratch.panel[d * panel_rows + r] = norms[r] * (1.0 + 0x1p-40);
        }
        kernel.scan<double>().top2(scratch.panel.data(), 1, 0, d + 1, filter.packed(), best, second,
                                   index);
        for (std::size_t r = 0; r < count; ++r) {
            const std::int32_t c = index[r];
            const double upper =
                best[r] + filter.band_constant()[c] + filter.band_slope()[c] * norms[r];
            // Overwritten below where it is not certain.
            labels[list[r] - first_row] = c;
            // Negated, so that what is no number goes on to the definition.
            if (!(second[r] - upper > error * norms[r] * norms[r])) decide(list[r]);
        }
    }
    scratch.undecided.clear();
}

template void decide_rows(const RowView<float>&, const ExactCenters&, LazyFilter<double>&,
                          const FilterTransform&, std::size_t, DecideScratch&, std::int32_t*);
template void decide_rows(const RowView<double>&, const ExactCenters&, LazyFilter<double>&,
                          const FilterTransform&, std::size_t, DecideScratch&, std::int32_t*);

}  // namespace kwise
