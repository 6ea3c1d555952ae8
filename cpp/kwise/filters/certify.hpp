// Filters: what follows every ranking. A kernel ranked the centers of some panels' rows; here the
// labels that are certain are told from those that are not, which the caller hands to the next
// filter or to decide_rows. Called by every scanner of assign/ and by predict/.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kwise/dispatch/kernels.hpp"

namespace kwise {

// The two best scores of each row, as a top2 kernel left them, whole panels one after the other;
// the rows' norms stand in lines of 32, `norm_stride` apart.
struct RankedPanels {
    const float *best, *second;
    const std::int32_t* index;
    const float* norms;
    std::size_t norm_stride;
};

// What is known of the margin of a row whose label is not certain.
constexpr float no_margin = -std::numeric_limits<float>::infinity();

// Calls mark(r) for each of the first `count` rows of a panel whose bit is set, in ascending order.
template <class Mark>
void for_each_bit(std::uint32_t bits, std::size_t count, const Mark& mark) {
    if (count < panel_rows) bits &= (1u << count) - 1u;
    for (; bits != 0; bits &= bits - 1) mark(static_cast<std::size_t>(std::countr_zero(bits)));
}

// Calls mark(r) for each of n_rows rows (of a chunk at most) whose label is not certain, in
// ascending order. Where margins is not null, it receives those of bounds/hamerly.hpp with the
// drift, and nothing but -infinity for uncertain rows; it has room for whole panels. `drift` may be
// null only where margins is. The index of every lane must be a center's, past the end as well:
// bands are looked up by it.
template <class Mark>
void certify(const RankedPanels& ranked, std::size_t n_rows, const Bands& bands, const float* drift,
             float* margins, const Mark& mark) {
    std::uint32_t uncertain[chunk_panels];
    const std::size_t n_panels = (n_rows + panel_rows - 1) / panel_rows;
    kernels().certify(n_panels, ranked.best, ranked.second, ranked.index, ranked.norms,
                      ranked.norm_stride, bands, drift, margins, uncertain);
    for (std::size_t p = 0; p < n_panels; ++p) {
        const std::size_t at = p * panel_rows;
        for_each_bit(uncertain[p], std::min(panel_rows, n_rows - at), [&](std::size_t r) {
            if (margins != nullptr) margins[at + r] = no_margin;
            mark(at + r);
        });
    }
}

}  // namespace kwise
