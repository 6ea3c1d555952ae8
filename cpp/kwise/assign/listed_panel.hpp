// Assign: a panel of listed rows in the hand of a scanner: what a kernel ranked, and what became of
// it. Called by the scanners that read rows panel by panel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kwise/assign/scanner.hpp"
#include "kwise/filters/certify.hpp"

namespace kwise {

// Rows that a panel lacks are looked up like others, so all hold valid numbers from the start.
struct ListedPanel {
    float norms[panel_rows] = {}, best[panel_rows] = {}, second[panel_rows] = {},
          margins[panel_rows] = {};
    std::int32_t index[panel_rows] = {};

    // Hands to the target what was ranked for `count` listed rows, and marks the places of those
    // that are not certain. Their labels are the best guess, their margins -infinity.
    template <class Mark>
    void finish(const std::uint32_t* places, std::size_t count, const Bands& bands,
                const ScanTarget& target, const Mark& mark) {
        certify({best, second, index, norms, 0}, count, bands, target.drift,
                target.margins == nullptr ? nullptr : margins,
                [&](std::size_t r) { mark(places[r]); });
        target.write(places, count, index, margins);
    }
};

}  // namespace kwise
