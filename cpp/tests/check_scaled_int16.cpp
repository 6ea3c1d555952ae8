// Checks of scaled int16 rows and their filter, without Python: sums of products never overflow and
// are exact, the band holds for each pair of row and center, and labels are those by definition.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"
#include "samples.hpp"

namespace {

using kwise::panel_rows;

template <class T>
struct Packed {
    explicit Packed(const Sample& sample) : X(sample.X.begin(), sample.X.end()) {
        for (double& value : exact_X = sample.X) value = static_cast<double>(static_cast<T>(value));
        const auto stride = static_cast<std::ptrdiff_t>(sample.d);
        view = {X.data(), stride, 1, sample.n, sample.d, nullptr};
        rows = std::make_unique<kwise::ScaledInt16Rows>(sample.n, sample.d);
        std::vector<T> largest(kwise::pad_statistics(sample.d), T(0));
        rows->pack(view, 0, kwise::PackStatistics<T>{largest.data(), nullptr, nullptr});
        panel.resize(kwise::panel_words(sample.d) * panel_rows);
        for (std::size_t r = 0; r < panel_rows; ++r) listed[r] = static_cast<std::uint32_t>(r);
        rows->gather(0, listed, panel.data(), factors, norms);
    }
    std::vector<T> X;
    std::vector<double> exact_X;
    kwise::RowView<T> view;
    kwise::FilterTransform transform;
    std::unique_ptr<kwise::ScaledInt16Rows> rows;
    std::vector<std::int32_t> panel;
    std::uint32_t listed[panel_rows];
    float factors[panel_rows], norms[panel_rows];
};

// The sum of products of one row and one center, and the largest partial sum.
std::int64_t plain_sum(const std::int16_t* row, const std::int16_t* center, std::size_t d,
                       std::int64_t& largest) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < d; ++i) {
        sum += std::int64_t{row[i]} * center[i];
        largest = std::max(largest, std::abs(sum));
    }
    return sum;
}

// The filter on one center, which then is the best: its lower bound for every row.
struct Bound {
    float lower[panel_rows], second[panel_rows];
    std::int32_t index[panel_rows];
};

template <class T>
void check_center(const Sample& sample, const Packed<T>& packed, const double* center) {
    const auto exact = kwise::ExactCenters::from(center, 1, sample.d);
    kwise::ScaledInt16Filter filter;
    filter.pack(exact, sample.d, packed.transform, static_cast<double>(packed.rows->worst_ratio()));
    kwise::ScaledInt16Centers centers = filter.packed();
    Bound bound;
    kwise::kernels().top2_scaled_int16(packed.panel.data(), packed.factors, packed.norms, centers,
                                       bound.lower, bound.second, bound.index);
    // The same with nothing but the sum.
    const std::vector<float> ones(panel_rows, 1.0f), zeros(panel_rows, 0.0f);
    std::vector<float> constants(panel_rows, INFINITY);
    constants[0] = 0.0f;
    centers.scores = {ones.data(), zeros.data(), constants.data()};
    Bound sums;
    kwise::kernels().top2_scaled_int16(packed.panel.data(), ones.data(), ones.data(), centers,
                                       sums.lower, sums.second, sums.index);
    for (std::size_t r = 0; r < panel_rows; ++r) {
        std::int64_t largest = 0;
        const std::int64_t sum =
            plain_sum(packed.rows->row(r), filter.last().data(), sample.d, largest);
        expect(largest < (std::int64_t{1} << 31), "no partial sum overflows", sample.name);
        expect(sums.lower[r] == static_cast<float>(static_cast<std::int32_t>(sum)),
               "sums of products are exact", sample.name);
        long double score = 0.0L;
        for (std::size_t i = 0; i < sample.d; ++i) {
            const long double c = static_cast<long double>(center[i]);
            const long double x = static_cast<long double>(packed.exact_X[r * sample.d + i]);
            score += c * (c - 2.0L * x);
        }
        if (std::isinf(packed.norms[r])) continue;
        expect(static_cast<long double>(bound.lower[r]) <= score, "bounds are below", sample.name);
        const kwise::Bands bands = filter.bands();
        const float upper = bound.lower[r] + (bands.constant[0] + bands.slope[0] * packed.norms[r]);
        expect(static_cast<long double>(upper) >= score, "bounds and bands are above", sample.name);
    }
}

template <class T>
void check_band(const Sample& sample) {
    const Packed<T> packed(sample);
    for (std::size_t c = 0; c < sample.k; ++c) {
        check_center(sample, packed, sample.centers.data() + c * sample.d);
    }
    expect(sample.name != "uniform" ||
               packed.rows->worst_ratio() < 1e-5 * std::sqrt(static_cast<double>(sample.d)) + 1e-6,
           "ordinary rows lose little", sample.name);
}

}  // namespace

int main() {
    constexpr std::size_t n = 75;  // more than one panel, the last one not full
    for (const std::size_t d : {2, 3, 31, 32, 33, 64, 65, 100, 257, 784, 4099}) {
        for (const Sample& sample : samples(d)) {
            check_labels<double>(sample, n);
            // Such data is not packed in scaled int16, or not in float32 at all.
            if (sample.name == "huge" || sample.name == "tiny") continue;
            check_labels<float>(sample, n);
            if (sample.name == "rows of all sizes") continue;
            check_band<float>(sample);
            check_band<double>(sample);
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
