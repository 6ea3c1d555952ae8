// Checks of the kernel of tiles, without Python: scores and labels are those of plain integers,
// with the instructions where this machine has them, and everywhere with loops in their place.
#define KWISE_ISA isa_plain_tiles
#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/simd/vector.hpp"

namespace kwise::KWISE_ISA {
namespace {

// What the processor does, and nothing without begin().
struct Tiles {
    static inline bool ready = false;
    static inline std::int32_t tiles[8][16][16];

    static void begin() { ready = true; }
    template <int... tile>
    static void clear() {
        if (!ready) std::abort();
        (std::fill_n(tiles[tile][0], 256, 0), ...);
    }
    template <int tile>
    static void load(const std::int32_t* from, std::size_t stride) {
        for (std::size_t r = 0; r < 16; ++r) std::copy_n(from + r * stride, 16, tiles[tile][r]);
    }
    template <int tile>
    static void store(std::int32_t* to, std::size_t stride) {
        for (std::size_t r = 0; r < 16; ++r) std::copy_n(tiles[tile][r], 16, to + r * stride);
    }
    static std::int32_t dot(std::int32_t a, std::int32_t b) {
        std::int32_t sum = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            const auto byte =
                static_cast<std::int32_t>(static_cast<std::uint32_t>(a) >> shift & 255);
            sum += byte * static_cast<std::int8_t>(static_cast<std::uint32_t>(b) >> shift & 255);
        }
        return sum;
    }
    template <int sum, int a, int b>
    static void multiply() {
        for (std::size_t m = 0; m < 16; ++m) {
            for (std::size_t n = 0; n < 16; ++n) {
                for (std::size_t i = 0; i < 16; ++i) {
                    tiles[sum][m][n] += dot(tiles[a][m][i], tiles[b][i][n]);
                }
            }
        }
    }
};

#include "kwise/simd/scan/int8_ranks.inl"
#include "kwise/simd/scan/int8_tiles.inl"

}  // namespace
}  // namespace kwise::KWISE_ISA

namespace {

using kwise::panel_rows;
namespace plain = kwise::isa_plain_tiles;

// Words of rows and centers: of any bytes, or of those whose products are the largest.
struct Numbers {
    Numbers(std::size_t words, std::size_t centers, bool extreme) : n_words(words), k(centers) {
        std::mt19937 random(static_cast<unsigned>(words + centers));
        std::uniform_real_distribution<float> constant(-1e6f, 0.0f), factor(0.1f, 1.0f);
        const auto word = [&](std::uint32_t most) {
            return static_cast<std::int32_t>(extreme ? most : random());
        };
        for (std::size_t i = 0; i < n_words * panel_rows; ++i) rows.push_back(word(0x80808080u));
        for (std::size_t i = 0; i < k * n_words; ++i) all.push_back(word(0xffffffffu));
        for (std::size_t c = 0; c < k; ++c) constants.push_back(constant(random));
        for (float& of_row : inverse) of_row = factor(random);
        for (float& gap : gaps) gap = 1e5f * factor(random);
        while (static_cast<std::size_t>(bits) < k) bits = 2 * bits + 1;
    }
    kwise::Int8Centers centers() const {
        return {all.data(), n_words, constants.data(), nullptr, 0, k, bits, 0.0f, 0.0f, 0.0f,
                0.0f,       0.0f};
    }
    std::int32_t score(std::size_t c, std::size_t r) const {
        std::int32_t sum = static_cast<std::int32_t>(constants[c] * inverse[r]);
        for (std::size_t w = 0; w < n_words; ++w) {
            sum += plain::Tiles::dot(all[c * n_words + w], rows[w * panel_rows + r]);
        }
        return (sum & ~bits) | static_cast<std::int32_t>(c);
    }
    std::size_t n_words, k;
    std::vector<std::int32_t> rows, all;
    std::vector<float> constants;
    float inverse[panel_rows], gaps[panel_rows];
    std::int32_t bits = 0;
};

template <class Label>
void check(const Numbers& numbers, const Label& label_int8, const std::string& name) {
    std::vector<std::int32_t> scores(numbers.k * panel_rows);
    std::int32_t labels[panel_rows], floors[panel_rows];
    const std::uint32_t open =
        label_int8(numbers.rows.data(), panel_rows, numbers.inverse, numbers.gaps,
                   numbers.centers(), scores.data(), labels, floors);
    for (std::size_t r = 0; r < panel_rows; ++r) {
        std::vector<std::int32_t> right;
        for (std::size_t c = 0; c < numbers.k; ++c) {
            right.push_back(numbers.score(c, r));
            expect(scores[c * panel_rows + r] == right[c], "scores of plain integers", name);
        }
        std::sort(right.begin(), right.end());
        expect(labels[r] == (right.back() & numbers.bits), "labels are the largest", name);
        const bool apart =
            numbers.k == 1 || static_cast<float>(right.back() - right.end()[-2]) > numbers.gaps[r];
        expect((open >> r & 1u) == (apart ? 0u : 1u), "certain where they are apart", name);
    }
}

}  // namespace

int main() {
    const bool tiles = kwise::kernels().label_int8_by_tiles != nullptr;
    for (const std::size_t n_words : {16, 32, 112}) {
        for (const std::size_t k : {32, 33, 47, 48, 64, 65, 100}) {
            for (const bool extreme : {false, true}) {
                const Numbers numbers(n_words, k, extreme);
                check(numbers, plain::label_int8_by_tiles, "plain");
                const kwise::TileScope scope;
                if (tiles) check(numbers, kwise::kernels().label_int8_by_tiles, "instructions");
            }
        }
    }
    std::printf("%s, %s: %d failures\n", kwise::kernels().name, tiles ? "tiles" : "no tiles",
                n_failures);
    return n_failures == 0 ? 0 : 1;
}
