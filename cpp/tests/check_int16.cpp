// Checks of rows in int16 and their filter, without Python: squares are what they should be,
// margins are certain for each row, and labels are those by definition.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/filters/int16_filter.hpp"
#include "samples.hpp"

namespace {

using kwise::panel_rows;

// Labels that are said to be certain, and margins, beside long double.
template <class T>
void check_panel(const Sample& sample, bool gathered) {
    std::vector<T> X(sample.X.begin(), sample.X.end());
    const auto stride = static_cast<std::ptrdiff_t>(sample.d);
    const kwise::DensePoints<T> points({X.data(), stride, 1, sample.n, sample.d, nullptr}, nullptr,
                                       1);
    const kwise::Int16Rows rows(points, 1);
    if (!rows.usable()) return;
    std::vector<T> start(sample.centers.begin(), sample.centers.end());
    const auto centers = kwise::ExactCenters::from(start.data(), sample.k, sample.d);
    kwise::Int16Filter filter;
    if (!filter.pack(centers, rows, points.transform())) return;
    std::uint32_t list[panel_rows], uncertain = 0;
    for (std::size_t r = 0; r < panel_rows; ++r) {
        list[r] = static_cast<std::uint32_t>(gathered ? (r * 5 + 3) % panel_rows : r);
    }
    std::vector<std::int32_t> words(rows.quantizer().n_pairs() * panel_rows);
    std::int32_t half_squares[panel_rows], labels[panel_rows];
    rows.read(0, gathered ? list : nullptr, panel_rows, words.data(), half_squares);
    const std::vector<float> drift(sample.k, 0.0f);
    float margins[panel_rows];
    kwise::kernels().top2_int16(words.data(), rows.quantizer().n_pairs(), half_squares,
                                filter.packed(), drift.data(), labels, margins, &uncertain);
    std::vector<double> row(points.padded());
    for (std::size_t r = 0; r < panel_rows; ++r) {
        if (uncertain >> r & 1u) continue;
        points.exact_row(list[r], row.data());
        expect(labels[r] == plain_label(row.data(), centers), "certain labels", sample.name);
        const long double own =
            distance(row.data(), centers.row(static_cast<std::size_t>(labels[r])), sample.d);
        long double others = std::numeric_limits<long double>::infinity();
        for (std::size_t c = 0; c < sample.k; ++c) {
            if (static_cast<std::int32_t>(c) == labels[r]) continue;
            others = std::min(others, distance(row.data(), centers.row(c), sample.d));
        }
        const auto scale = static_cast<long double>(points.transform().scale);
        expect(static_cast<long double>(margins[r]) <= (others - own) * scale,
               "margins are certain", sample.name);
    }
    if (sample.name == "uniform" && sample.d > 3) {
        expect(__builtin_popcount(uncertain) < 20, "ordinary rows are certain", sample.name);
    }
}

// What is packed is the same row by row, and nothing is written past the last.
template <class T>
void check_lines(const Sample& sample) {
    std::vector<T> X(sample.X.begin(), sample.X.end());
    const auto stride = static_cast<std::ptrdiff_t>(sample.d);
    const kwise::RowView<T> rows{X.data(), stride, 1, sample.n, sample.d, nullptr};
    const std::size_t n_pairs = (sample.d + 1) / 2;
    const std::vector<float> offset(sample.d, 0.25f);
    const auto round = [&](std::size_t first, std::size_t count, std::int32_t* to) {
        kwise::kernels().pack<T>().int16_rows(rows, first, count, offset.data(), 2.0f, to);
    };
    for (const std::size_t count : {1, 2, 3, 7}) {
        constexpr std::int32_t untouched = 0x5a5a5a5a;
        std::vector<std::int32_t> together((count + 8) * n_pairs, untouched);
        round(0, count, together.data());
        for (std::size_t r = 0; r < count; ++r) {
            std::vector<std::int32_t> alone(n_pairs);
            round(r, 1, alone.data());
            expect(std::equal(alone.begin(), alone.end(),
                              together.begin() + static_cast<std::ptrdiff_t>(r * n_pairs)),
                   "rows are packed", sample.name);
        }
        expect(std::count(together.begin() + static_cast<std::ptrdiff_t>(count * n_pairs),
                          together.end(), untouched) == static_cast<std::ptrdiff_t>(8 * n_pairs),
               "nothing is written past the rows", sample.name);
    }
}

}  // namespace

int main() {
    for (const std::size_t d : {1, 2, 4, 5, 8, 13, 16, 31, 32}) {
        for (const Sample& sample : samples(d)) {
            for (const bool gathered : {false, true}) {
                check_panel<double>(sample, gathered);
                if (sample.name != "huge" && sample.name != "tiny") {
                    check_panel<float>(sample, gathered);
                }
            }
            if (sample.name == "uniform") {
                check_lines<float>(sample);
                check_lines<double>(sample);
            }
            if (d < 4 || d > 13) continue;
            // As many rows as are compared in int16.
            constexpr std::size_t n = 8201;
            check_labels<double>(sample, n);
            if (sample.name != "huge" && sample.name != "tiny") check_labels<float>(sample, n);
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
