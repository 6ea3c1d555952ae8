// Panels of int16 rows, made in registers from rows in one piece; the kernel ranks and certifies at
// once. docs/decisions/int16-rows.md has what was measured.
#include "kwise/assign/int16_scanner.hpp"

#include <algorithm>

#include "kwise/dispatch/policy.hpp"
#include "kwise/filters/certify.hpp"

namespace kwise {

// The kernel certifies by itself: one number tells how uncertain all rows are (Int16Centers::gap).
struct Int16Scanner::Scratch {
    explicit Scratch(std::size_t n_pairs) : words(n_pairs * panel_rows) {}
    Buffer<std::int32_t> words;
    std::int32_t half_squares[panel_rows], labels[panel_rows];
    float margins[panel_rows];
    std::size_t n_uncertain = 0;

    // Leaves rows whose bit is set; place_of(r) is the place of the r-th row of the panel.
    template <class PlaceOf>
    void leave(std::uint32_t uncertain, std::size_t count, const PlaceOf& place_of,
               const ScanTarget& target) {
        for_each_bit(uncertain, count, [&](std::size_t r) {
            const std::size_t place = place_of(r);
            // Nothing is known of it: it stays active until it is decided with a margin.
            if (target.margins != nullptr) target.margins[place] = no_margin;
            target.leave(place);
            ++n_uncertain;
        });
    }
};

Int16Scanner::Int16Scanner(const Int16Rows& rows, const FilterTransform& transform,
                           std::size_t n_rows, int n_threads)
    : rows_(rows), transform_(transform), n_rows_(n_rows), scratch_(n_threads) {}

Int16Scanner::~Int16Scanner() = default;

// For good: centers that lie too far out once, or rows that were too often uncertain, come back
// rarely.
bool Int16Scanner::prepare(const AssignmentStep& step) {
    // A scanner that failed once is not asked to pack again.
    serves_ = serves_ && filter_.pack(step.centers, rows_, transform_);
    return serves_;
}

// As Float32Scanner::scan: from half of the rows on in place.
bool Int16Scanner::scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) {
    Scratch& scratch =
        scratch_.of(worker, [&] { return std::make_unique<Scratch>(rows_.quantizer().n_pairs()); });
    if (gathering_pays(rows.size(), rows.n_rows())) {
        scan_active(rows, scratch, target);
        return false;
    }
    scan_in_place(rows.n_rows(), scratch, target);
    return true;
}

// What all threads left, against what was looked at.
void Int16Scanner::adapt(std::size_t n_scanned) {
    std::size_t n_uncertain = 0;
    scratch_.visit([&](Scratch& scratch) {
        n_uncertain += scratch.n_uncertain;
        scratch.n_uncertain = 0;
    });
    if (int16_fails(n_uncertain, n_scanned, n_rows_)) serves_ = false;
}

// Rows in one piece are turned to panels in registers, a panel at a time. The last panel may be
// short: memory past it is zeros (Int16Rows), and its rows' bits are cut off.
void Int16Scanner::scan_in_place(std::size_t n_rows, Scratch& scratch,
                                 const ScanTarget& target) const {
    const Int16Centers centers = filter_.packed();
    for (std::size_t at = 0; at < n_rows; at += panel_rows) {
        std::uint32_t uncertain = 0;
        // All 32, also of a panel that is not full.
        rows_.read(target.first + at, nullptr, panel_rows, scratch.words.data(),
                   scratch.half_squares);
        kernels().top2_int16(scratch.words.data(), rows_.quantizer().n_pairs(),
                             scratch.half_squares, centers, target.drift, target.labels + at,
                             target.margins == nullptr ? nullptr : target.margins + at, &uncertain);
        scratch.leave(
            uncertain, std::min(panel_rows, n_rows - at), [&](std::size_t r) { return at + r; },
            target);
    }
}

// The next panel's rows are fetched while this one is ranked.
void Int16Scanner::scan_active(const ActiveRows& rows, Scratch& scratch,
                               const ScanTarget& target) const {
    const Int16Centers centers = filter_.packed();
    const std::uint32_t* const places = rows.places();
    const std::size_t n = rows.size();
    for (std::size_t start = 0; start < n; start += panel_rows) {
        const std::size_t count = std::min(panel_rows, n - start);
        // The first place of the next panel.
        const std::size_t next = std::min(n, start + panel_rows);
        rows_.prefetch(target.first, places + next, std::min(panel_rows, n - next));
        rows_.read(target.first, places + start, count, scratch.words.data(), scratch.half_squares);
        std::uint32_t uncertain = 0;
        kernels().top2_int16(scratch.words.data(), rows_.quantizer().n_pairs(),
                             scratch.half_squares, centers, target.drift, scratch.labels,
                             scratch.margins, &uncertain);
        target.write(places + start, count, scratch.labels, scratch.margins);
        scratch.leave(
            uncertain, count, [&](std::size_t r) -> std::size_t { return places[start + r]; },
            target);
    }
}

}  // namespace kwise
