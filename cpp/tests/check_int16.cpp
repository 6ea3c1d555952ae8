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
#include "kwise/seeding/kmeans_plusplus.hpp"
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

// What lies past the last row of a panel becomes zero, however far from the rows it is.
void check_rest() {
    constexpr std::size_t d = 5, count = 3;
    const std::vector<float> panel((d + 1) * panel_rows, 0.0f), offset(d, 900.0f);
    std::vector<std::int32_t> words((d + 1) / 2 * panel_rows, 7);
    std::int32_t half_squares[panel_rows];
    kwise::kernels().quantize_int16_panel(panel.data(), count, d, offset.data(), 10.0f,
                                          words.data(), half_squares, 0, nullptr);
    for (std::size_t r = 0; r < panel_rows; ++r) {
        const std::int32_t square = r < count ? d * 9000 * 9000 / 2 : 0;
        expect(half_squares[r] == square, "rows alone have a square", std::to_string(r));
        expect((words[r] != 0) == (r < count), "rows alone have words", std::to_string(r));
    }
}

// Seeds of rows far from their view's zero.
template <class T>
void check_far_rows(std::size_t n, std::size_t d) {
    std::vector<T> X;
    for (std::size_t e = 0; e < n * d; ++e) X.push_back(static_cast<T>(e % 97) / T(24));
    const std::vector<T> shift(d, T(2000));
    const auto stride = static_cast<std::ptrdiff_t>(d);
    const kwise::DensePoints<T> points({X.data(), stride, 1, n, d, shift.data()}, nullptr, 1);
    const std::vector<double> uniforms(7, 0.75);
    const auto seeds = [&](kwise::TrialFilterKind kind) {
        return kwise::kmeans_plusplus(points, 4, uniforms.data(), 2, 1, nullptr, kind);
    };
    expect(seeds(kwise::TrialFilterKind::int16) == seeds(kwise::TrialFilterKind::float32),
           "seeds of rows far from zero", std::to_string(n));
}

}  // namespace

int main() {
    check_rest();
    for (const std::size_t n : {75, 2100}) {
        for (const std::size_t d : {2, 17}) {
            check_far_rows<float>(n, d);
            check_far_rows<double>(n, d);
        }
    }
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
