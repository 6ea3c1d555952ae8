// Checks of row-major rows past few centers, without Python: the band holds for each pair of row
// and center, and labels are those by definition, on data where ties and roundings are hardest.
#include <cmath>
#include <vector>

#include "hard_rows.hpp"
#include "kwise/assign/dense_assignment.hpp"
#include "kwise/dispatch/policy.hpp"
#include "moving.hpp"

namespace {

// One center alone is the best of each row: its score's bounds, for rows listed in some order.
template <class T>
void check_band(const Sample& sample, const kwise::RowView<T>& rows, const double* center) {
    const std::size_t d = sample.d, count = 29;
    const auto exact = kwise::ExactCenters::from(center, 1, d);
    kwise::FilterCenters<float> filter;
    filter.pack_row_major(exact, d, {});
    kwise::Buffer<float> kept(kwise::row_major_room(d));
    std::uint32_t list[count];
    for (std::size_t r = 0; r < count; ++r) list[r] = static_cast<std::uint32_t>(r * 5 % 31);
    float lower[kwise::panel_rows], second[kwise::panel_rows], norms[kwise::panel_rows];
    std::int32_t index[kwise::panel_rows];
    kwise::kernels().scan<T>().top2_row_major(rows, 40, list, count, count, filter.row_major(),
                                              kept.data(), norms, {lower, second, index});
    const kwise::Bands bands = filter.bands();
    for (std::size_t r = 0; r < count; ++r) {
        long double score = 0.0L, square = 0.0L;
        for (std::size_t i = 0; i < d; ++i) {
            const auto c = static_cast<long double>(center[i]);
            const auto x = static_cast<long double>(kwise::value_of(rows, 40 + list[r], i));
            score += c * (c - 2.0L * x);
            square += x * x;
        }
        const float upper = lower[r] + (bands.constant[0] + bands.slope[0] * norms[r]);
        expect(norms[r] >= std::sqrt(square), "norms are bounds", sample.name);
        expect(norms[r] <= std::sqrt(square) * 1.001L + 1e-17L, "norms are close", sample.name);
        expect(lower[r] <= score, "bounds are below", sample.name);
        expect(upper >= score, "bounds and bands are above", sample.name);
        expect(index[r] == 0 && std::isinf(second[r]), "no other center", sample.name);
    }
}

// An assignment, and others after centers moved, some of them far.
template <class T>
void check_descent(const Sample& sample, const kwise::RowView<T>& rows, std::size_t k) {
    std::vector<T> start = centers_of(rows, k);
    const kwise::DensePoints<T> points(rows, nullptr, 1, k);
    expect(points.is_row_major(k) == (points.transform().scale == 1.0), "rows are streamed",
           sample.name);
    kwise::DenseAssignment<T> assignment(points, k, 1);
    kwise::ExactSums sums(points, k);
    for (int round = 0; round < 5; ++round) {
        const auto centers = kwise::ExactCenters::from(start.data(), k, sample.d);
        assignment.assign(centers, sums);
        expect(labels_hold(rows, centers, assignment.labels()), "labels in a descent", sample.name);
        assignment.centers_moved(move_centers(start, k, sample.d, 1e-4));
    }
}

template <class T>
void check(const Sample& sample, std::size_t k) {
    const Rows<T> rows(sample);
    check_labels(sample, rows.plain, k);
    if (sizeof(T) == 4 && kwise::row_major_pays({n_rows, sample.d, k}))
        check_descent(sample, rows.shifted, k);
    if (sample.name == "huge" || sample.name == "tiny") return;  // these have another scale
    const std::vector<T> start = centers_of(rows.shifted, 3);
    const auto centers = kwise::ExactCenters::from(start.data(), 3, sample.d);
    for (std::size_t c = 0; c < 3; ++c) check_band(sample, rows.shifted, centers.row(c));
}

}  // namespace

int main() {
    for (const std::size_t d : {8, 15, 16, 33, 48, 64, 100, 257, 784}) {
        for (const Sample& sample : samples(d)) {
            for (const std::size_t k : {2, 3, 5, 6, 10, 14}) {
                check<float>(sample, k);
                check<double>(sample, k);
            }
        }
        for (const double bad : {double(NAN), double(INFINITY), -double(INFINITY)}) {
            check_finite<float>(d, bad);
            check_finite<double>(d, bad);
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
