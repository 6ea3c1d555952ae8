// Checks of what decides which path is taken, over a grid of shapes and all instruction sets'
// limits: a path is chosen only where its kernels can go it, and more of the same never turns back.
#include <cstdio>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/dispatch/amx.hpp"
#include "kwise/dispatch/policy.hpp"

namespace {

using kwise::FilterKind;
using kwise::Packing;
using kwise::Shape;

const std::vector<std::size_t> rows = {1,      100,    4096,    8191,     8192,
                                       16'383, 16'384, 200'000, 5'000'000};
const std::vector<std::size_t> features = {1,   2,   3,   4,    5,    8,      16,     31,
                                           32,  33,  47,  48,   49,   63,     64,     96,
                                           128, 256, 784, 2000, 5000, 32'768, 32'769, 100'000};
const std::vector<std::size_t> centers = {0,  1,  2,  3,  4,  8,  10,  16,   20,
                                          24, 30, 48, 49, 50, 64, 100, 1000, 30'000};

std::string name_of(const kwise::Kernels& kernels, const Shape& shape) {
    return std::string(kernels.name) + " " + std::to_string(shape.n_rows) + " x " +
           std::to_string(shape.n_features) + ", k = " + std::to_string(shape.n_centers);
}

// What must hold of one shape.
void check_shape(const kwise::Kernels& kernels, const Shape& shape) {
    const auto& limits = kernels.limits;
    const std::string name = name_of(kernels, shape);
    const auto [n, d, k] = shape;
    const bool in_place = kwise::row_major_pays(shape, limits);
    expect(!in_place || (k > 1 && k <= kernels.row_major_limit && d >= 8),
           "kernels read so many centers row-major", name);
    const FilterKind once = kwise::plan_prediction(shape, limits);
    expect(once != FilterKind::row_major || (k <= kernels.row_major_limit && (d >= 8 || k == 0)),
           "kernels read so many centers row-major once", name);
    expect(once != FilterKind::scaled_int16 || (d > kwise::int16_features && d <= 32'768),
           "sums of scaled int16 fit", name);
    expect(!kwise::morton_serves(shape) || d < kwise::morton_features, "cells have bits", name);
    expect(!(kwise::morton_serves(shape) && kwise::int16_serves(shape)), "one form a shape", name);
    for (const bool as_they_are : {false, true}) {
        const Packing packing = kwise::plan_packing(shape, as_they_are, limits);
        expect(k != 1 || packing == Packing::nothing, "one center needs no panels", name);
        expect(packing != Packing::scaled_int16 || d > kwise::int16_features,
               "int16 with one scale comes first", name);
        expect(packing == Packing::nothing || !kwise::morton_serves(shape),
               "Morton order packs nothing else", name);
    }
    expect(!kwise::yinyang_pays(shape) || k / 4 <= 4 * d, "bounds are not too large", name);
    expect(!kwise::first_labels_pay(shape) || !kwise::morton_serves(shape), "labels are not sorted",
           name);
    expect(!kwise::sorted_seeding_pays(shape) || d <= kwise::morton_features, "cells have bits",
           name);
    expect(!kwise::morton_pays(shape) || k >= 2, "boxes part clusters", name);
}

// Once a path pays it pays for more rows, and past fewer centers row-major.
void check_order(const kwise::Kernels& kernels) {
    for (const std::size_t d : features) {
        for (std::size_t i = 1; i < rows.size(); ++i) {
            const Shape few{rows[i - 1], d, 10}, many{rows[i], d, 10};
            expect(!kwise::morton_serves(few) || kwise::morton_serves(many), "more rows, Morton",
                   name_of(kernels, many));
            expect(!kwise::int16_serves(few) || kwise::int16_serves(many), "more rows, int16",
                   name_of(kernels, many));
            expect(!kwise::morton_pays(few) || kwise::morton_pays(many), "more rows, blocks",
                   name_of(kernels, many));
        }
        for (std::size_t i = 3; i < centers.size(); ++i) {
            const Shape few{1000, d, centers[i - 1]}, many{1000, d, centers[i]};
            expect(!kwise::row_major_pays(many, kernels.limits) ||
                       kwise::row_major_pays(few, kernels.limits),
                   "fewer centers, row-major", name_of(kernels, few));
            expect(!kwise::scaled_int16_pays(few, kernels.limits) ||
                       kwise::scaled_int16_pays(many, kernels.limits),
                   "more centers, scaled int16", name_of(kernels, many));
        }
    }
}

// What is counted: nothing fails that did its work, everything that did none.
void check_counts() {
    expect(!kwise::bounds_fail(0.0) && kwise::bounds_fail(1.0), "bounds", "share");
    expect(kwise::bounds_cooldown(24) > 0 && kwise::bounds_cooldown(1000) == 0, "bounds", "rest");
    expect(!kwise::yinyang_fails(0, 100) && kwise::yinyang_fails(100, 100), "Yinyang", "share");
    expect(!kwise::int16_fails(0, 100, 100) && kwise::int16_fails(100, 100, 100), "int16", "share");
    expect(!kwise::scaled_int16_fails(0, 100) && kwise::scaled_int16_fails(100, 100),
           "scaled int16", "share");
    expect(!kwise::scaled_int16_fails(0, 0) && !kwise::yinyang_fails(0, 0), "nothing", "seen");
    expect(kwise::gathering_pays(1, 2048) && !kwise::gathering_pays(2048, 2048), "gather", "share");
    expect(kwise::first_labels_serve(0, 10) && !kwise::first_labels_serve(10, 10), "labels",
           "share");
    expect(!kwise::triangle_pays(30.0, 1.0) && kwise::triangle_pays(300.0, 1.0), "far", "values");
    expect(!kwise::triangle_fails(0, 100) && kwise::triangle_fails(100, 100), "measured", "share");
    expect(!kwise::ruling_out_fails(0, 100) && kwise::ruling_out_fails(100, 100), "marks", "share");
    for (const std::size_t d : features) {
        const std::size_t n_pairs = (d + 1) / 2, n_first = kwise::first_pairs(d);
        expect(n_first > 0 && n_first <= n_pairs, "first pairs are some", std::to_string(d));
    }
    expect(!kwise::int8_tiles_pay(64, 100) && kwise::int8_tiles_pay(128, 1000), "tiles", "shapes");
    expect(!kwise::int8_tiles_pay(100'000, 31), "tiles are full", "shapes");
    expect(!kwise::trial_filter_fails(8, 8) && kwise::trial_filter_fails(9, 9), "trials", "share");
}

}  // namespace

int main() {
    std::vector<const kwise::Kernels*> all = {&kwise::baseline_kernels};
#if defined(KWISE_X86)
    all.insert(all.end(),
               {&kwise::avx2_kernels, &kwise::avx512_kernels, &kwise::avx512vnni_kernels});
#endif
#if defined(KWISE_AMX)
    all.push_back(&kwise::amx_kernels());
#endif
    for (const kwise::Kernels* kernels : all) {
        for (const std::size_t n : rows) {
            for (const std::size_t d : features) {
                for (const std::size_t k : centers) check_shape(*kernels, {n, d, k});
            }
        }
        check_order(*kernels);
    }
    check_counts();
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
