// Checks of rows in int8, without Python: what is said to be certain is the label by definition,
// and of other rows it is among the candidates, on data where roundings are hardest and on every
// instruction set, whether it uses the filter or not.
#include <numeric>

#include "hard_rows.hpp"
#include "kwise/filters/int8_filter.hpp"
#include "kwise/lloyd/lloyd.hpp"

namespace {

// Rows less a shift, and centers likewise, as prediction moves them.
template <class T>
struct Moved {
    Moved(const kwise::RowView<T>& from, const kwise::ExactCenters& centers)
        : shift(from.n_features), rows(from) {
        for (std::size_t i = 0; i < shift.size(); ++i) {
            shift[i] = static_cast<T>(centers.row(0)[i] / 2.0);
            transform.offset.push_back(shift[i]);
        }
        rows.shift = shift.data();
    }
    std::vector<T> shift;
    kwise::RowView<T> rows;
    kwise::FilterTransform transform;
};

template <class T>
void check(const Sample& sample, std::size_t k) {
    const Rows<T> given(sample);
    const std::vector<T> start = centers_of(given.plain, k);
    const auto centers = kwise::ExactCenters::from(start.data(), k, sample.d);
    const Moved<T> moved(given.plain, centers);
    kwise::Int8Filter filter;
    if (!filter.pack(centers, sample.d, moved.transform)) return;
    const std::size_t stride = (sample.d + 63) / 64 * 64;
    kwise::Buffer<std::int8_t> values(32 * stride);
    kwise::Buffer<std::int32_t> words(32 * stride / 4), scores(32 * k);
    std::vector<std::uint32_t> all(32), pairs(33 * k + 32);
    std::iota(all.begin(), all.end(), 0u);
    std::fill(values.data(), values.data() + values.size(), std::int8_t{0});
    const kwise::TileScope scope;
    float inverse[32] = {}, norms[32] = {}, gaps[32] = {};
    std::int32_t labels[32], floors[32];
    for (std::size_t first = 0; first < n_rows; first += 32) {
        const std::size_t count = std::min<std::size_t>(32, n_rows - first);
        kwise::kernels().pack<T>().int8_panel(moved.rows, first, count, filter.packed(),
                                              {values.data(), stride, inverse, norms, gaps});
        kwise::kernels().gather_scaled_int16(reinterpret_cast<const std::int16_t*>(values.data()),
                                             stride / 2, (sample.d + 3) / 4, all.data(),
                                             words.data());
        const std::uint32_t open = filter.label()(words.data(), count, inverse, gaps,
                                                  filter.packed(), scores.data(), labels, floors);
        const std::size_t n =
            kwise::kernels().list_pairs(scores.data(), k, floors, 32 * k, pairs.data());
        std::vector<std::int32_t> right(n_rows);
        kwise::predict_labels(given.plain, centers, 1, right.data());
        for (std::size_t r = 0; r < count; ++r) {
            const auto label = right[first + r];
            const auto pair =
                static_cast<std::uint32_t>(label) << 5 | static_cast<std::uint32_t>(r);
            const bool is_open = (open >> r & 1u) != 0;
            const bool listed = std::find(pairs.begin(), pairs.begin() + static_cast<long>(n),
                                          pair) != pairs.begin() + static_cast<long>(n);
            expect(is_open ? listed : labels[r] == label, "labels or candidates", sample.name);
            expect(listed <= is_open, "certain rows have no candidates", sample.name);
        }
    }
}

// Enough rows for the filter, where the machine has it: those of a sample, many times.
constexpr std::size_t times = 15;

template <class T>
std::vector<T> repeated(const Rows<T>& rows) {
    std::vector<T> many;
    for (std::size_t t = 0; t < times; ++t) {
        many.insert(many.end(), rows.values.begin(), rows.values.end());
    }
    return many;
}

template <class T>
kwise::RowView<T> view_of(const std::vector<T>& many, const Rows<T>& rows) {
    kwise::RowView<T> view = rows.plain;
    view.data = many.data();
    view.n_rows = times * n_rows;
    return view;
}

template <class T>
void check_predictions(const Sample& sample, std::size_t k) {
    const Rows<T> rows(sample);
    std::vector<T> many = repeated(rows);
    const kwise::RowView<T> view = view_of(many, rows);
    const std::vector<T> start = centers_of(rows.plain, k);
    const auto centers = kwise::ExactCenters::from(start.data(), k, sample.d);
    std::vector<std::int32_t> labels(times * n_rows);
    expect(kwise::predict_labels(view, centers, 2, labels.data()), "all is finite", sample.name);
    for (std::size_t t = 0; t < times; ++t) {
        expect(labels_hold(rows.plain, centers, labels.data() + t * n_rows), "labels by definition",
               sample.name);
    }
    many[7 * (sample.d + 3) + sample.d - 1] = static_cast<T>(NAN);
    expect(!kwise::predict_labels(view, centers, 2, labels.data()), "what is no number is found",
           sample.name);
}

// Whole descents, beside those of the same rows laid column by column, which other filters rank;
// with and without a shift.
template <class T>
void check_descents(const Sample& sample, std::size_t k) {
    const Rows<T> rows(sample);
    const std::vector<T> many = repeated(rows), start = centers_of(rows.plain, k);
    kwise::RowView<T> view = view_of(many, rows);
    std::vector<T> turned(view.n_rows * sample.d);
    for (std::size_t r = 0; r < view.n_rows; ++r) {
        for (std::size_t i = 0; i < sample.d; ++i) {
            turned[i * view.n_rows + r] = many[r * (sample.d + 3) + i];
        }
    }
    kwise::RowView<T> by_columns{turned.data(), 1, static_cast<std::ptrdiff_t>(view.n_rows),
                                 view.n_rows, sample.d};
    for (const T* shift : {static_cast<const T*>(nullptr), rows.shift.data()}) {
        view.shift = by_columns.shift = shift;
        const kwise::DensePoints<T> points(view, nullptr, 2, k);
        const kwise::DensePoints<T> others(by_columns, nullptr, 2, k);
        for (const int max_iter : {0, 3}) {
            kwise::LloydOptions options;
            options.max_iter = max_iter;
            options.n_threads = 2;
            const auto found = kwise::lloyd(points, start.data(), k, options);
            const auto right = kwise::lloyd(others, start.data(), k, options);
            expect(std::equal(found.labels.data(), found.labels.data() + view.n_rows,
                              right.labels.data()),
                   "labels of a descent", sample.name);
            expect(found.inertia == right.inertia, "inertia of a descent", sample.name);
        }
    }
}

}  // namespace

int main() {
    for (const std::size_t d : {5, 48, 64, 100, 257}) {
        for (const Sample& sample : samples(d)) {
            for (const std::size_t k : {2, 40, 300}) {
                check<float>(sample, k);
                check<double>(sample, k);
            }
            check_predictions<float>(sample, 41);
            check_predictions<double>(sample, 64);
            if (d < 200) continue;
            // Enough for descents, and for tiles where there are any.
            check_predictions<float>(sample, 300);
            check_descents<float>(sample, 128);
            check_descents<double>(sample, 128);
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
