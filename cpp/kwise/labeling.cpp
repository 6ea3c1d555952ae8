#include "kwise/labeling.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "kwise/parallel.hpp"

namespace kwise {
namespace {

// Rough nanoseconds of work for a row, and for one feature of a row and a center: only to judge
// whether threads pay.
constexpr double row_cost = 5.0;
constexpr double pair_cost = 0.03;

}  // namespace

template <class T>
void label_rows(const RowView<T>& rows, const ExactCenters& centers, int n_threads,
                std::int32_t* labels) {
    const std::size_t d = rows.n_features, stride = (d + 1) * panel_rows;
    // The centers' mean, rounded to T, centers the filter; the labels do not depend on it.
    FilterFrame frame{std::vector<double>(d, 0.0), 1.0};
    std::vector<T> shift(d);
    double largest = 0.0;
    for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t c = 0; c < centers.n_centers; ++c) frame.offset[i] += centers.row(c)[i];
        shift[i] = static_cast<T>(frame.offset[i] / static_cast<double>(centers.n_centers));
        frame.offset[i] = shift[i];
        for (std::size_t c = 0; c < centers.n_centers; ++c) {
            largest = std::max(largest, std::fabs(centers.row(c)[i] - frame.offset[i]));
        }
    }
    frame.scale = filter_scale(largest);
    RowView<T> shifted = rows;
    shifted.shift = shift.data();
    FilterCenters<float> filter;
    LateFilter<double> fine_filter;
    filter.pack(centers, d, frame);
    fine_filter.expect(centers, d, frame);
    struct Scratch {
        explicit Scratch(std::size_t n_features)
            : decide(n_features),
              panel((n_features + 1) * panel_rows),
              largest(pad_statistics(n_features)) {}
        DecideScratch decide;
        Buffer<float> panel;
        std::vector<T> largest;
    };
    std::vector<std::unique_ptr<Scratch>> scratch(static_cast<std::size_t>(std::max(1, n_threads)));
    for (auto& each : scratch) each = std::make_unique<Scratch>(d);
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    const double work = row_cost * static_cast<double>(rows.n_rows) +
                        pair_cost * static_cast<double>(rows.n_rows * centers.n_centers * (d + 4));
    n_threads = useful_threads(work, n_threads);
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int worker) {
        Scratch& mine = *scratch[static_cast<std::size_t>(worker)];
        float best[panel_rows], second[panel_rows];
        std::int32_t index[panel_rows];
        const std::size_t first = chunk * chunk_rows;
        const std::size_t end = std::min(rows.n_rows, first + chunk_rows);
        for (std::size_t row = first; row < end; row += panel_rows) {
            if (frame.scale == 1.0) {
                pack_panel(shifted, row, mine.panel.data(),
                           {mine.largest.data(), nullptr, nullptr});
            } else {
                pack_panel(rows, frame, row, mine.panel.data());
            }
            kernels().top2_f32(mine.panel.data(), 1, stride, d + 1, filter.packed(), best, second,
                               index);
            std::uint32_t uncertain = 0;
            kernels().certify(1, best, second, index, mine.panel.data() + d * panel_rows, 0,
                              filter.bands(), nullptr, nullptr, &uncertain);
            for (std::size_t r = 0; r < std::min(panel_rows, end - row); ++r) {
                labels[row + r] = index[r];
                if (uncertain >> r & 1u) {
                    mine.decide.undecided.push_back(static_cast<std::uint32_t>(row + r));
                }
            }
        }
        decide_rows(rows, centers, fine_filter, frame, first, mine.decide, labels + first);
    });
}

template void label_rows(const RowView<float>&, const ExactCenters&, int, std::int32_t*);
template void label_rows(const RowView<double>&, const ExactCenters&, int, std::int32_t*);

}  // namespace kwise
