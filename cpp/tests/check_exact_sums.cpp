// Checks of what moves rows and of their own distances, without Python: both are those by
// definition, bit for bit, whatever the shape of rows and whichever way they go.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/data/dense_points.hpp"
#include "kwise/exact/exact_sums.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace {

using Labels = std::vector<std::int32_t>;

// Rows that move in one call, and how they lie in memory.
struct Case {
    std::size_t n, d, k;
    bool weighted, shifted, leaves;
    std::ptrdiff_t row_gap, column_stride;
    std::string name() const {
        return std::to_string(n) + " x " + std::to_string(d) + ", k = " + std::to_string(k) +
               (weighted ? ", weighted" : "") + (shifted ? ", shifted" : "") +
               (leaves ? ", leaving" : "") + (row_gap != 0 ? ", strided rows" : "") +
               (column_stride != 1 ? ", strided columns" : "");
    }
};

template <class T>
struct Data {
    std::vector<T> values, shift, weights;
    kwise::RowView<T> view;
    explicit Data(const Case& one) : shift(one.d), weights(one.n) {
        std::mt19937_64 random(one.n + one.d);
        std::normal_distribution<double> normal;
        const auto width = static_cast<std::ptrdiff_t>(one.d) * one.column_stride + one.row_gap;
        values.resize(one.n * static_cast<std::size_t>(width));
        // Values whose bits reach far below the largest, and zeros.
        for (T& v : values) {
            const double scale = std::ldexp(1.0, static_cast<int>(random() % 24) - 12);
            v = static_cast<T>(random() % 8 == 0 ? 0.0 : normal(random) * scale);
        }
        for (T& s : shift) s = static_cast<T>(normal(random));
        for (T& w : weights) w = static_cast<T>(random() % 9) * T(0.1);
        view = {values.data(), width, one.column_stride,
                one.n,         one.d, one.shifted ? shift.data() : nullptr};
    }
    const T* weights_of(const Case& one) const { return one.weighted ? weights.data() : nullptr; }
};

template <class T>
void apply_moves(const kwise::DensePoints<T>& points, std::size_t first,
                 const std::vector<std::uint32_t>& moved, const std::int32_t* new_labels,
                 std::int32_t* labels, const kwise::SumsView& sums) {
    kwise::kernels().update<T>().apply_moves(points.rows(), points.weights(), first, moved.data(),
                                             moved.size(), new_labels, labels, sums);
}

// One value in parts, by definition.
void add_value(double rest, double sign, const double* magic, double* to, std::size_t stride,
               std::size_t n_parts) {
    for (std::size_t part = 0; part < n_parts; ++part) {
        const double rounded = (rest + magic[part * stride]) - magic[part * stride];
        to[part * stride] += sign * rounded;
        rest -= rounded;
    }
}
template <class T>
void add_row(const kwise::DensePoints<T>& points, std::size_t row, std::int32_t label, double sign,
             const kwise::SumsView& sums) {
    std::vector<double> values(points.padded());
    points.exact_row(row, values.data());
    const auto c = static_cast<std::size_t>(label);
    for (std::size_t i = 0; i < points.n_features(); ++i) {
        add_value(values[i] * points.weight(row), sign, sums.magic + i,
                  sums.sums + c * sums.n_parts * sums.padded + i, sums.padded, sums.n_parts);
    }
    add_value(points.weight(row), sign, sums.mass_magic, sums.mass + c * sums.n_parts, 1,
              sums.n_parts);
    sums.dirty[c] = 1;
}

bool same_sums(const kwise::SumsView& a, const kwise::SumsView& b) {
    const std::size_t masses = a.n_centers * a.n_parts;
    return std::equal(a.sums, a.sums + masses * a.padded, b.sums) &&
           std::equal(a.mass, a.mass + masses, b.mass) &&
           std::equal(a.dirty, a.dirty + a.n_centers, b.dirty);
}

// Rows from `first` on join centers, some of them after all leave again, and some never move.
template <class T>
void check_settling(const Case& one) {
    const Data<T> data(one);
    const kwise::DensePoints<T> points(data.view, data.weights_of(one), 1);
    kwise::ExactSums sums(points, one.k), plain(points, one.k);
    std::mt19937_64 random(one.k);
    const std::size_t first = std::min<std::size_t>(3, one.n - 1), n = one.n - first;
    const auto draw = [&] { return static_cast<std::int32_t>(random() % one.k); };
    Labels labels(n, -1), is(n);
    for (std::size_t r = 0; r < n; ++r) {
        if (one.leaves && r % 5 != 0) labels[r] = draw();
    }
    for (int round = 0; round < 2; ++round) {
        std::vector<std::uint32_t> moved;
        for (std::size_t r = 0; r < n; ++r) {
            is[r] = round == 0 || r % 3 != 0 ? draw() : labels[r];
            if (is[r] == labels[r]) continue;
            moved.push_back(static_cast<std::uint32_t>(r));
            add_row(points, first + r, is[r], 1.0, plain.view());
            if (labels[r] >= 0) add_row(points, first + r, labels[r], -1.0, plain.view());
        }
        apply_moves(points, first, moved, is.data(), labels.data(), sums.view());
        expect(labels == is, "labels are the new ones", one.name());
        expect(same_sums(sums.view(), plain.view()), "sums by definition", one.name());
    }
}

template <class T>
void check_distances(const Case& one) {
    const Data<T> data(one);
    std::mt19937_64 random(one.d);
    std::vector<T> centers(one.k * one.d);
    for (T& c : centers) c = static_cast<T>(static_cast<double>(random() >> 11) * 0x1p-52);
    const auto exact = kwise::ExactCenters::from(centers.data(), one.k, one.d);
    const std::size_t first = std::min<std::size_t>(2, one.n - 1), n = one.n - first;
    Labels labels(n);
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random() % one.k);
    std::vector<double> own(n), row(exact.padded);
    kwise::kernels().update<T>().own_distances(data.view, first, n, labels.data(), exact.row(0),
                                               exact.padded, own.data());
    bool same = true;
    for (std::size_t r = 0; r < n; ++r) {
        kwise::exact_row(data.view, first + r, row.data());
        same = same && own[r] == kwise::baseline_kernels.canonical_row(
                                     row.data(), exact.row(static_cast<std::size_t>(labels[r])),
                                     exact.padded);
    }
    expect(same, "own distances are canonical", one.name());
}

void check(const Case& one) {
    check_settling<float>(one);
    check_settling<double>(one);
    check_distances<float>(one);
    check_distances<double>(one);
}

}  // namespace

int main() {
    std::vector<std::size_t> widths{47, 64, 100, 784};
    for (std::size_t d = 1; d <= 40; ++d) widths.push_back(d);
    for (const std::size_t d : widths) {
        const std::size_t n = d > 40 ? 150 : 300;
        for (int way = 0; way < 8; ++way) {
            const bool leaves = (way & 4) != 0;
            check({n, d, 11, (way & 1) != 0, (way & 2) != 0, leaves, 0, 1});
            check({n, d, 11, (way & 1) != 0, (way & 2) != 0, leaves, 5, way < 6 ? 1 : 2});
        }
        check({1, d, 1, false, false, false, 0, 1});
        check({70, d, 3, false, false, false, 0, 1});
        check({n, d, 300, false, false, false, 0, 1});
    }
    check({5000, 8, 1, false, false, false, 0, 1});
    check({5000, 9, 256, true, false, false, 0, 1});
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
