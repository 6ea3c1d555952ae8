// Checks of centers whose numbers take the last bits of scores, without Python: labels are those by
// definition, of few features and of more, for few centers and for as many as have numbers.
#include "hard_rows.hpp"

namespace {

template <class T>
void check(const Sample& sample) {
    const Rows<T> rows(sample);
    for (const std::size_t k : {2, 7, 16, 33, 256, 257}) check_labels(sample, rows.plain, k);
    // Without gaps between rows.
    kwise::RowView<T> dense = rows.plain;
    dense.row_stride = static_cast<std::ptrdiff_t>(sample.d);
    check_labels(sample, dense, 9);
}

}  // namespace

int main() {
    for (const std::size_t d : {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 31}) {
        for (const Sample& sample : samples(d)) {
            check<float>(sample);
            check<double>(sample);
        }
        for (const double bad : {double(NAN), double(INFINITY), -double(INFINITY)}) {
            check_finite<float>(d, bad);
            check_finite<double>(d, bad);
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
