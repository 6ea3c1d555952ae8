// The top 2 centers of int16 rows; see filters/int16_filter.hpp. Included by kernels.inl.

// Half squared distances less half of the row's square, ranked with the label in the last bits: an
// integer minimum then carries the label along, where float scores need a second vector and a
// blend.
struct Top2Int16 {
    Index<float> best[strip_vectors], second[strip_vectors];
};

// Scores of G centers and their ranking for one strip. `words` and `constants` are those of the
// block: center words are negative (Int16Filter::pack), so that adding products subtracts them. No
// sum leaves 32 bits, since rows are shorter than 30,000 and centers than 32,000 units (Cauchy and
// Schwarz).
template <int G>
inline void top2_int16_block(const std::int32_t* strip, std::size_t n_pairs,
                             const std::int32_t* words, const std::int32_t* constants,
                             std::int32_t first, std::int32_t label_bits, Top2Int16& found) {
    // As score_block, in integers: half squares first, then products pair by pair.
    Index<float> scores[G][strip_vectors];
    for (int g = 0; g < G; ++g) {
        for (int v = 0; v < strip_vectors; ++v) {
            scores[g][v] = broadcast_index<float>(constants[g]);
        }
    }
    for (std::size_t pair = 0; pair < n_pairs; ++pair, strip += panel_rows, words += G) {
        Index<float> x[strip_vectors];
        for (int v = 0; v < strip_vectors; ++v) x[v] = load_index(strip + v * lanes<float>);
#pragma GCC unroll 8
        for (int g = 0; g < G; ++g) {
            const Index<float> word = broadcast_index<float>(words[g]);
#pragma GCC unroll 2
            for (int v = 0; v < strip_vectors; ++v) {
                scores[g][v] = add_pair_products(scores[g][v], x[v], word);
            }
        }
    }
    // The last bits give way to the center's number: off by label_bits at most, either way, which
    // Int16Centers::error counts. Equal scores rank by number, the lowest first.
    const Index<float> keep = broadcast_index<float>(~label_bits);
#pragma GCC unroll 8
    for (int g = 0; g < G; ++g) {
        const Index<float> label = broadcast_index<float>(first + g);
#pragma GCC unroll 2
        for (int v = 0; v < strip_vectors; ++v) {
            const Index<float> score = (scores[g][v] & keep) | label;
            // As top2_block, without an index: minima of whole numbers carry it.
            found.second[v] = smaller(found.second[v], larger(found.best[v], score));
            found.best[v] = smaller(found.best[v], score);
        }
    }
}

// The top 2 of all centers for one strip. There must be two centers at least: with one, the second
// stays at the largest number, and adding half a square to it would overflow.
inline void top2_int16_strip(const std::int32_t* strip, std::size_t n_pairs,
                             const Int16Centers& centers, Top2Int16& found) {
    for (int v = 0; v < strip_vectors; ++v) {
        found.best[v] = found.second[v] = broadcast_index<float>(0x7fffffff);
    }
    const std::int32_t* words = centers.words;
    std::int32_t first = 0;
    const auto run = [&]<int G>() {
        top2_int16_block<G>(strip, n_pairs, words, centers.constants + first, first,
                            centers.label_bits, found);
    };
    // Blocks of nearly equal size, one compiled loop for each size.
    for (std::size_t b = 0; b < centers.n_blocks; ++b) {
        const std::size_t size = centers.block_sizes[b];
        switch (size) {
            case 1:
                run.template operator()<1>();
                break;
            case 2:
                run.template operator()<2>();
                break;
            case 3:
                run.template operator()<3>();
                break;
            case 4:
                run.template operator()<4>();
                break;
#if defined(KWISE_MANY_REGISTERS)
            case 5:
                run.template operator()<5>();
                break;
            case 6:
                run.template operator()<6>();
                break;
            case 7:
                run.template operator()<7>();
                break;
            case 8:
                run.template operator()<8>();
                break;
#endif
        }
        words += n_pairs * size;
        first += static_cast<std::int32_t>(size);
    }
}

// See Kernels::top2_int16. One call certifies, too: the error is one number for all rows. All
// squares and roots are in quantizer units. `margins` may be null; those of uncertain rows mean
// nothing (the caller writes no_margin).
void top2_int16(const std::int32_t* panel, std::size_t n_pairs, const std::int32_t* half_squares,
                const Int16Centers& centers, const float* drift, std::int32_t* labels,
                float* margins, std::uint32_t* uncertain) {
    constexpr float rounding = 0x1p-20f;  // of roots and of what they are taken of
    const Vector<float> zero{}, error = broadcast(centers.error);
    // Drift is looked up in registers where centers are few enough.
    const bool few = centers.n_centers <= ShortTable::most;
    const ShortTable short_drift(drift, few ? centers.n_centers : 0);
    *uncertain = 0;
    for (std::size_t row = 0; row < panel_rows; row += strip_vectors * lanes<float>) {
        Top2Int16 found;
        top2_int16_strip(panel + row, n_pairs, centers, found);
        for (std::size_t v = 0; v < strip_vectors; ++v) {
            const std::size_t at = row + v * lanes<float>;
            // The last bits of the best: its number.
            const Index<float> label = found.best[v] & centers.label_bits;
            __builtin_memcpy(labels + at, &label, sizeof label);
            // From scores to squares, and from squares to distances of the rounded vectors: the own
            // one rounded up, the second one down.
            const Index<float> half = load_index(half_squares + at);
            // Integer sums are exact; converting them rounds, relative to the square, by less than
            // `rounding`.
            const Vector<float> near =
                2.0f * __builtin_convertvector(found.best[v] + half, Vector<float>);
            const Vector<float> next =
                2.0f * __builtin_convertvector(found.second[v] + half, Vector<float>);
            const Vector<float> own = square_root(larger(zero, near + error)) * (1.0f + rounding);
            const Vector<float> other = square_root(larger(zero, next - error)) * (1.0f - rounding);
            // Rows and centers are rounded: what that may shift the difference by, `gap`, goes off
            // the margin. A row is certain where something is left.
            const Vector<float> margin = other - own - broadcast(centers.gap);
            constexpr std::uint32_t all = (1u << lanes<float>)-1u;
            // Negated, as in certify(): what is no number is uncertain.
            *uncertain |= (all & ~less_bits(zero, margin)) << at;
            if (margins == nullptr) continue;
            const Vector<float> moved = few ? short_drift[label] : gather(drift, label);
            // The product is rounded down where the margin is positive, and others are uncertain.
            store(margins + at, margin * broadcast(centers.to_transformed * (1.0f - rounding)) +
                                    moved * (1.0f - 0x1p-21f));
        }
    }
}
