// Checks of fixed point by tiles of bytes, by plain loops on every machine and by instructions
// where there are some: the kernels' ranks of whole numbers of every size are those of plain sums,
// and on rows and centers all kernels agree bit for bit.
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "kwise/data/scaled_int16_rows.hpp"
#include "kwise/dispatch/kernels.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"
#include "plain_tiles.hpp"

namespace {

using kwise::panel_rows;

int n_failures = 0;

void expect(bool holds, const std::string& what, std::size_t d, std::size_t k) {
    if (holds) return;
    ++n_failures;
    std::printf("FAILED: %s (d = %zu, k = %zu, %s)\n", what.c_str(), d, k, kwise::kernels().name);
}

struct Top {
    float best[panel_rows], second[panel_rows];
    std::int32_t index[panel_rows];
    bool operator==(const Top&) const = default;
};

// Whole numbers of rows and centers, row by row.
struct Numbers {
    std::size_t d, k, stride;
    std::vector<std::int16_t> rows, centers;
};

constexpr std::size_t n_rows = 40;  // 32 of them are listed

Numbers make(std::size_t d, std::size_t k, const char* kind) {
    std::mt19937 random(static_cast<unsigned>(d * 1000 + k));
    Numbers numbers{d, k, (d + 1) / 2 * 2, {}, {}};
    const auto one = [&]() -> std::int16_t {
        constexpr std::int16_t extremes[] = {-32768, -32767, -256, -255, -129, -128, -127, -1,
                                             0,      1,      127,  128,  255,  256,  32767};
        if (kind[0] == 'e') return extremes[random() % std::size(extremes)];
        if (kind[0] == 'l') return -32768;
        return static_cast<std::int16_t>(random());
    };
    // Whatever follows the last row must not matter.
    for (std::size_t e = 0; e < n_rows * numbers.stride + 64; ++e) numbers.rows.push_back(one());
    for (std::size_t e = 0; e < k * d; ++e) numbers.centers.push_back(one());
    if (d % 2 != 0) {
        for (std::size_t r = 0; r < n_rows; ++r) numbers.rows[(r + 1) * numbers.stride - 1] = 0;
    }
    return numbers;
}

// Sums as the kernels have them: modulo 2^32.
std::int32_t plain_sum(const Numbers& numbers, std::size_t row, std::size_t center) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < numbers.d; ++i) {
        sum += static_cast<std::uint32_t>(numbers.rows[row * numbers.stride + i] *
                                          numbers.centers[center * numbers.d + i]);
    }
    return static_cast<std::int32_t>(sum);
}

// Centers in words as FixedFilter lays them out.
struct Laid {
    Laid(const Numbers& numbers, const kwise::FixedKernels& kernels)
        : n_words(kernels.n_words(numbers.d)) {
        const std::size_t limit = kernels.group_limit;
        std::vector<std::int32_t> one(n_words);
        for (std::size_t first = 0; first < numbers.k; first += limit) {
            const std::size_t size = std::min(limit, numbers.k - first);
            const std::size_t step = kernels.full_groups ? limit : size;
            sizes.push_back(static_cast<std::uint8_t>(size));
            const std::size_t at = words.size();
            words.resize(at + step * n_words);
            for (std::size_t s = 0; s < size; ++s) {
                std::vector<std::int16_t> values(2 * n_words);
                std::copy_n(numbers.centers.data() + (first + s) * numbers.d, numbers.d,
                            values.data());
                kernels.arrange(values.data(), n_words, one.data());
                for (std::size_t w = 0; w < n_words; ++w) words[at + w * step + s] = one[w];
            }
        }
    }
    std::size_t n_words;
    std::vector<std::int32_t> words;
    std::vector<std::uint8_t> sizes;
};

// Ranks the sums, or their opposites, of every eighth center in turn; the others are infinitely
// far.
void check_ranks(const Numbers& numbers, const kwise::FixedKernels& kernels,
                 const std::vector<std::int32_t>& sums, const std::string& name) {
    const Laid laid(numbers, kernels);
    std::uint32_t listed[panel_rows];
    for (std::size_t r = 0; r < panel_rows; ++r) {
        listed[r] = static_cast<std::uint32_t>(r * 7 % n_rows);
    }
    std::vector<std::int32_t> panel(kwise::panel_words(numbers.d) * panel_rows, -1);
    kernels.gather(numbers.rows.data(), numbers.stride, laid.n_words, listed, panel.data());
    const std::size_t room = (numbers.k + 15) / 16 * 16;
    const std::vector<float> ones(panel_rows, 1.0f), slopes(room, 1.0f);
    for (std::size_t phase = 0; phase < 8; ++phase) {
        const float sign = phase % 2 == 0 ? 1.0f : -1.0f;
        const std::vector<float> signs(room, sign);
        std::vector<float> constants(room, INFINITY);
        for (std::size_t c = phase; c < numbers.k; c += 8) constants[c] = 0.0f;
        const kwise::FixedCenters centers{laid.words.data(),
                                          laid.n_words,
                                          {signs.data(), slopes.data(), constants.data()},
                                          laid.sizes.data(),
                                          laid.sizes.size()};
        Top found, plain;
        const kwise::FixedScope scope(kernels);
        kernels.top2(panel.data(), ones.data(), ones.data(), centers, found.best, found.second,
                     found.index);
        for (std::size_t r = 0; r < panel_rows; ++r) {
            plain.best[r] = plain.second[r] = INFINITY;
            plain.index[r] = 0;
            for (std::size_t c = phase; c < numbers.k; c += 8) {
                const float sum = static_cast<float>(sums[listed[r] * numbers.k + c]);
                const float score = std::fma(sum, sign, 1.0f);
                plain.second[r] = std::min(plain.second[r], std::max(plain.best[r], score));
                if (score < plain.best[r]) plain.index[r] = static_cast<std::int32_t>(c);
                plain.best[r] = std::min(plain.best[r], score);
            }
        }
        expect(found == plain, name + ": ranks are those of plain sums", numbers.d, numbers.k);
    }
}

// Kernels by tiles, and those by pairs that round scores alike.
struct Tiles {
    std::string name;
    const kwise::FixedKernels& kernels;
    const kwise::FixedKernels& pairs;
};

// Rows and centers in units and at places of every kind, packed by both kernels.
template <class T>
void check_same(std::size_t d, std::size_t k, const Tiles& tiles) {
    std::mt19937_64 random(d + k);
    std::normal_distribution<double> normal;
    std::vector<T> X;
    std::vector<double> start;
    for (std::size_t e = 0; e < n_rows * d; ++e) X.push_back(static_cast<T>(normal(random)));
    for (std::size_t e = 0; e < k * d; ++e) start.push_back(normal(random) * 0.5);
    // A zero row, one beyond float32, a center on a row, and two at one place far away.
    std::fill_n(X.begin(), d, T(0));
    std::fill_n(X.begin() + static_cast<std::ptrdiff_t>(d), d, static_cast<T>(1e38));
    std::copy_n(X.begin() + static_cast<std::ptrdiff_t>(2 * d), d, start.begin());
    if (k > 2) std::fill_n(start.begin() + static_cast<std::ptrdiff_t>(d), 2 * d, 1e60);
    const auto centers = kwise::ExactCenters::from(start.data(), k, d);
    Top tops[2];
    for (const bool use : {false, true}) {
        const kwise::FixedKernels& kernels = use ? tiles.kernels : tiles.pairs;
        kwise::FixedRows rows(n_rows, d);
        std::vector<T> largest(kwise::pad_statistics(d), T(0));
        const kwise::RowView<T> view{X.data(), static_cast<std::ptrdiff_t>(d), 1, n_rows, d,
                                     nullptr};
        rows.pack(view, 0, kwise::PackStatistics<T>{largest.data(), nullptr, nullptr});
        kwise::FixedFilter filter;
        filter.pack(centers, d, {}, static_cast<double>(rows.worst_ratio()), kernels);
        std::vector<std::int32_t> panel(kwise::panel_words(d) * panel_rows);
        std::uint32_t listed[panel_rows];
        for (std::size_t r = 0; r < panel_rows; ++r) listed[r] = static_cast<std::uint32_t>(r);
        float factors[panel_rows], norms[panel_rows];
        rows.gather(kernels, 8, listed, panel.data(), factors, norms);
        listed[31] = 0;
        rows.gather(kernels, 0, listed, panel.data(), factors, norms);
        const kwise::FixedScope scope(kernels);
        Top& top = tops[use ? 1 : 0];
        kernels.top2(panel.data(), factors, norms, filter.packed(), top.best, top.second,
                     top.index);
    }
    expect(tops[0] == tops[1], tiles.name + ": kernels agree bit for bit", d, k);
}

void check(std::size_t d, std::size_t k, const std::vector<Tiles>& all) {
    for (const char* kind : {"any", "extreme", "lowest"}) {
        const Numbers numbers = make(d, k, kind);
        std::vector<std::int32_t> sums;
        for (std::size_t r = 0; r < n_rows; ++r) {
            for (std::size_t c = 0; c < k; ++c) sums.push_back(plain_sum(numbers, r, c));
        }
        for (const Tiles& tiles : all) check_ranks(numbers, tiles.kernels, sums, tiles.name);
    }
    for (const Tiles& tiles : all) {
        check_same<float>(d, k, tiles);
        check_same<double>(d, k, tiles);
    }
}

// The kernels that this level adds to what lesser ones can run.
std::vector<Tiles> all_tiles() {
    const kwise::Kernels& active = kwise::kernels();
    if (&active == &kwise::baseline_kernels) {
        return {{"plain", kwise::plain_tiles, active.fixed_pairs}};
    }
    std::vector<Tiles> all;
#if defined(KWISE_X86)
    if (active.fixed_tiles != nullptr) {
        all.push_back({"instructions", *active.fixed_tiles, active.fixed_pairs});
    } else if (&active != &kwise::avx2_kernels) {
        all.push_back({"plain, AVX-512", kwise::plain_tiles_avx512, active.fixed_pairs});
    }
#endif
    return all;
}

}  // namespace

int main() {
    const std::vector<Tiles> all = all_tiles();
    for (const std::size_t d : {1, 2, 63, 64, 65, 128, 129, 385, 784}) {
        for (const std::size_t k : {1, 2, 15, 16, 17, 33, 100, 129}) {
            if (d * k <= 40000) check(d, k, all);
        }
    }
    std::printf("%s, %zu kinds of tiles: %d failures\n", kwise::kernels().name, all.size(),
                n_failures);
    return n_failures == 0 ? 0 : 1;
}
