#include "kwise/data/int16_rows.hpp"

#include <algorithm>
#include <cmath>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// Words that may be read past the last row.
constexpr std::size_t room = WholeLines::most_served / 2;

void round_rows(const RowView<float>& rows, std::size_t first, std::size_t count,
                const WholeFrame& frame, std::int32_t* words) {
    kernels().round_rows_f32(rows, first, count, frame.offset().data(), frame.scale(), words);
}
void round_rows(const RowView<double>& rows, std::size_t first, std::size_t count,
                const WholeFrame& frame, std::int32_t* words) {
    kernels().round_rows_f64(rows, first, count, frame.offset().data(), frame.scale(), words);
}

}  // namespace

template <class T>
WholeLines::WholeLines(const Points<T>& points, int n_threads)
    : frame_(points, n_threads), words_(points.n_panels() * panel_rows * frame_.n_pairs() + room) {
    const std::size_t packed = points.n_rows() * frame_.n_pairs();
    std::fill(words_.data() + packed, words_.data() + words_.size(), 0);
    n_threads =
        useful_threads(static_cast<double>(points.n_rows() * points.n_features()), n_threads);
    parallel_for(points.n_chunks(), n_threads,
                 [&](std::size_t chunk, int) { pack(points, chunk); });
}

// Every value is rounded by half a unit at most.
double WholeLines::residual() const {
    return frame_.residual(0.5 * std::sqrt(static_cast<double>(frame_.n_features())));
}

template <class T>
void WholeLines::pack(const Points<T>& points, std::size_t chunk) {
    const std::size_t first = chunk * chunk_rows, n_pairs = frame_.n_pairs();
    const std::size_t n = std::min(points.n_rows() - first, chunk_rows);
    std::int32_t* to = words_.data() + first * n_pairs;
    if (points.rows().column_stride == 1 && points.frame().scale == 1.0) {
        round_rows(points.rows(), first, n, frame_, to);
        return;
    }
    Buffer<float> buffer(points.panel_stride());
    Buffer<std::int32_t> words(n_pairs * panel_rows);
    std::int32_t half_squares[panel_rows];
    for (std::size_t start = 0; start < n; start += panel_rows) {
        const float* panel = points.read_panel((first + start) / panel_rows, buffer.data());
        (void)kernels().whole_panel(panel, frame_.n_features(), frame_.offset().data(),
                                    frame_.scale(), words.data(), half_squares);
        for (std::size_t r = 0; r < std::min(panel_rows, n - start); ++r) {
            for (std::size_t j = 0; j < n_pairs; ++j) *to++ = words[j * panel_rows + r];
        }
    }
}

template WholeLines::WholeLines(const Points<float>&, int);
template WholeLines::WholeLines(const Points<double>&, int);

}  // namespace kwise
