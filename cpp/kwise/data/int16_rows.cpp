#include "kwise/data/int16_rows.hpp"

#include <algorithm>
#include <cmath>

#include "kwise/base/parallel.hpp"
#include "kwise/dispatch/policy.hpp"

namespace kwise {
namespace {

// Words that may be read past the last row: gathering takes rows in steps of a power of 2, up to 16
// words.
constexpr std::size_t room = int16_features / 2;

}  // namespace

template <class T>
Int16Rows::Int16Rows(const DensePoints<T>& points, int n_threads)
    : quantizer_(points, n_threads),
      words_(points.n_panels() * panel_rows * quantizer_.n_pairs() + room) {
    const std::size_t packed = points.n_rows() * quantizer_.n_pairs();
    // What no row is in is read with whole panels: zeros keep sums within 32 bits.
    std::fill(words_.data() + packed, words_.data() + words_.size(), 0);
    n_threads =
        useful_threads(static_cast<double>(points.n_rows() * points.n_features()), n_threads);
    parallel_for(points.n_chunks(), n_threads,
                 [&](std::size_t chunk, int) { pack(points, chunk); });
}

// Every value is rounded by half a unit at most. Measured residuals would be narrower by a little
// and cost a pass; see docs/decisions/int16-rows.md.
double Int16Rows::residual() const {
    return quantizer_.residual(0.5 * std::sqrt(static_cast<double>(quantizer_.n_features())));
}

// One chunk of rows; chunks may go at once, since each writes its own words only.
template <class T>
void Int16Rows::pack(const DensePoints<T>& points, std::size_t chunk) {
    const std::size_t first = chunk * chunk_rows, n_pairs = quantizer_.n_pairs();
    const std::size_t n = std::min(points.n_rows() - first, chunk_rows);
    std::int32_t* to = words_.data() + first * n_pairs;
    if (points.rows().column_stride == 1 && points.transform().scale == 1.0) {
        kernels().pack<T>().int16_rows(points.rows(), first, n, quantizer_.offset().data(),
                                       quantizer_.scale(), to);
        return;
    }
    // Strided rows, or another scale: by panels, as seeding's, then turned to rows. Both kernels
    // round alike.
    Buffer<float> buffer(points.panel_stride());
    Buffer<std::int32_t> words(n_pairs * panel_rows);
    std::int32_t half_squares[panel_rows];
    for (std::size_t start = 0; start < n; start += panel_rows) {
        const float* panel = points.read_panel((first + start) / panel_rows, buffer.data());
        const std::size_t count = std::min(panel_rows, n - start);
        (void)kernels().quantize_int16_panel(panel, count, quantizer_.n_features(),
                                             quantizer_.offset().data(), quantizer_.scale(),
                                             words.data(), half_squares, 0, nullptr);
        for (std::size_t r = 0; r < count; ++r) {
            // Only rows that are there: the last panel's others stay zeros.
            for (std::size_t j = 0; j < n_pairs; ++j) *to++ = words[j * panel_rows + r];
        }
    }
}

template Int16Rows::Int16Rows(const DensePoints<float>&, int);
template Int16Rows::Int16Rows(const DensePoints<double>&, int);

}  // namespace kwise
