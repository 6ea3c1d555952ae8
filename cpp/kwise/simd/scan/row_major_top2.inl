// The filter for rows that lie feature by feature and few centers: products are added up along the
// features, so that rows are read once, as they are, and no lane idles. What mattered when it was
// written stands in docs/decisions/row-major.md. Included by kernels.inl.

#if defined(__AVX512F__)
constexpr int rows_in_hand = 4;  // at once, a power of 2
#else
constexpr int rows_in_hand = 2;
#endif
constexpr int centers_in_hand = 5;  // at once: as many sums as registers hold
// More centers would not fit the folded sums on the stack; policy asks for far fewer.
constexpr std::size_t row_major_limit = 48;
// Rows are fetched so many ahead: into the second-level cache, since the first has hardly room for
// the rows and centers in hand.
constexpr std::size_t fetch_ahead = 16;

// Rows in hand, and those to be fetched meanwhile (any row where none is left: it is in cache).
template <class T>
struct RowsInHand {
    const T *now[rows_in_hand], *ahead[rows_in_hand];
};

// The last row stands in the place of those past the end: their answers are written and not meant.
template <class T>
inline RowsInHand<T> rows_from(const SomeRows<T>& some, std::size_t r, std::size_t n_known) {
    RowsInHand<T> found;
    const std::size_t last = some.count - 1;
    for (std::size_t i = 0; i < rows_in_hand; ++i, ++r) {
        // Beyond the panel in hand as far as the caller knows rows.
        const std::size_t later = r + fetch_ahead;
        found.now[i] = some.row(r < last ? r : last);
        found.ahead[i] = some.row(later < n_known ? later : last);
    }
    return found;
}

// Where the halves that fold_halves adds up begin, or end, in a and b, one after the other. Lanes
// from `block` on are b's.
template <int H, bool second>
struct FoldedHalves {
    static constexpr int at(int lane) {
        const int quarter = lane / 4, l = lane % 4;
        if constexpr (H == 1) return l % 2 * block + quarter * 4 + l / 2 + (second ? 2 : 0);
        if constexpr (H == 2) return l / 2 * block + quarter * 4 + l % 2 + (second ? 2 : 0);
        if constexpr (H >= 4) {
            constexpr int apart = H == block / 2 ? 4 : 8, wide = block / 8 > 0 ? block / 8 : 1;
            return lane / (block / 2) * block + quarter % wide * (12 - apart) + l +
                   (second ? apart : 0);
        }
    }
};

// The sums of halves of a and b, one after the other: of 4 lanes the two pairs (H = 1: in turn, H =
// 2: in order), then of all lanes. Every machine has an instruction for such shuffles.
template <int H>
inline Vector<float> fold_halves(Vector<float> a, Vector<float> b) {
    return shuffle<FoldedHalves<H, false>>(a, b) + shuffle<FoldedHalves<H, true>>(a, b);
}

// Folds N vectors (a power of 2) into one, in whose lanes the bits from H on say of which vector
// the sum is. With N below `block` lanes are partial sums, which another call with larger H folds
// on.
template <int H, int N>
inline Vector<float> fold_vectors(const Vector<float> (&v)[N]) {
    if constexpr (N == 1) {
        return v[0];
    } else {
        Vector<float> half[N / 2];
#pragma GCC unroll 8
        for (int i = 0; i < N / 2; ++i) half[i] = fold_halves<H>(v[2 * i], v[2 * i + 1]);
        return fold_vectors<2 * H, N / 2>(half);
    }
}

// A block of features of the rows in hand, as float32 less the shift, zeros past the last. Those of
// float64 are converted once, in the first pass, and kept, `stride` apart; float32 rows are read
// again, which was faster than keeping them.
template <class T, bool is_first>
inline void read_rows(const RowsInHand<T>& rows, const T* shift, std::size_t i, std::size_t left,
                      float* kept, std::size_t stride, Vector<float> (&x)[rows_in_hand]) {
    constexpr bool keeps = sizeof(T) != sizeof(float);
    if constexpr (keeps && !is_first) {
#pragma GCC unroll 4
        for (int r = 0; r < rows_in_hand; ++r) {
            x[r] = load(kept + static_cast<std::size_t>(r) * stride + i);
        }
        return;
    }
    if (left >= block) {
#pragma GCC unroll 4
        for (int r = 0; r < rows_in_hand; ++r) x[r] = read_block(rows.now[r], shift, i, i + block);
    } else {
#pragma GCC unroll 4
        for (int r = 0; r < rows_in_hand; ++r) x[r] = read_block(rows.now[r], shift, i, i + left);
    }
    if constexpr (keeps) {
#pragma GCC unroll 4
        for (int r = 0; r < rows_in_hand; ++r) {
            store(kept + static_cast<std::size_t>(r) * stride + i, x[r]);
        }
    }
}

// One pass over the rows in hand for C centers: sums of products and, in the first pass, of the
// rows' squares (else `squares` is left alone), folded as far as so few rows allow. Each of
// n_passes fetches its share of the rows ahead. `coefficients` are those of the first center. Past
// the last feature rows are zeros, so that what stands there (the norm's coefficient, then zeros)
// adds nothing.
template <class T, int C, bool is_first>
inline void row_major_pass(const RowsInHand<T>& rows, const RowView<T>& view, std::size_t pass,
                           std::size_t n_passes, const float* coefficients, std::size_t stride,
                           float* kept, Vector<float>* folded, Vector<float>& squares) {
    // C x rows_in_hand sums, as many squares as rows, the rows, and one center: 20, 4, 4 and 1 of
    // 32 registers.
    Vector<float> sums[C][rows_in_hand], own[rows_in_hand];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
#pragma GCC unroll 4
        for (int r = 0; r < rows_in_hand; ++r) sums[c][r] = own[r] = Vector<float>{};
    }
    const std::size_t d = view.n_features;
    for (std::size_t i = 0; i < d; i += block) {
        // Its share of the rows ahead: fetches are spread over all passes.
        for (std::size_t r = pass; r < rows_in_hand; r += n_passes) {
            __builtin_prefetch(rows.ahead[r] + i, 0, 2);
            if constexpr (sizeof(T) == 8) __builtin_prefetch(rows.ahead[r] + i + 8, 0, 2);
        }
        Vector<float> x[rows_in_hand];
        read_rows<T, is_first>(rows, view.shift, i, d - i, kept, stride, x);
#pragma GCC unroll 4
        for (int r = 0; is_first && r < rows_in_hand; ++r) {
            own[r] = multiply_add(x[r], x[r], own[r]);
        }
        // A center's coefficients are loaded once for all rows in hand.
#pragma GCC unroll 8
        for (std::size_t c = 0; c < C; ++c) {
            const Vector<float> coefficient = load(coefficients + c * stride + i);
#pragma GCC unroll 4
            for (int r = 0; r < rows_in_hand; ++r) {
                sums[c][r] = multiply_add(x[r], coefficient, sums[c][r]);
            }
        }
    }
    // Folding while sums are in registers; what is left of it needs more rows.
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) folded[c] = fold_vectors<1>(sums[c]);
    if constexpr (is_first) squares = fold_vectors<1>(own);
}

// All passes for the rows from r on, of `some`. The folded sums of one strip lie side by side for
// each strip of a block of rows; folded has a place for each center.
template <class T>
inline void row_major_sums(const SomeRows<T>& some, std::size_t r, std::size_t n_known,
                           const RowMajorCenters& centers, float* kept, Vector<float>* folded,
                           Vector<float>& squares) {
    const RowsInHand<T> rows = rows_from(some, r, n_known);
    const std::size_t k = centers.n_centers;
    const std::size_t n_passes = (k + centers_in_hand - 1) / centers_in_hand;
    std::size_t first = 0;
    for (std::size_t pass = 0; pass < n_passes; ++pass) {
        // Passes differ by one center at most, so that none is nearly empty.
        const std::size_t end = (pass + 1) * k / n_passes;
        // The first pass alone adds squares, and converts float64 rows.
        const auto run = [&]<int C>() {
            const float* const coefficients = centers.coefficients + first * centers.stride;
            if (pass == 0) {
                row_major_pass<T, C, true>(rows, some.rows, pass, n_passes, coefficients,
                                           centers.stride, kept, folded + first, squares);
            } else {
                row_major_pass<T, C, false>(rows, some.rows, pass, n_passes, coefficients,
                                            centers.stride, kept, folded + first, squares);
            }
        };
        switch (end - first) {
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
            default:
                run.template operator()<5>();
        }
        first = end;
    }
}

// See ScanKernels::top2_row_major. Answers and norms are written for whole blocks: room for 32.
// Each lane adds up its own share of the products, which the band of pack_row_major counts.
template <class T>
void top2_row_major(const RowView<T>& rows, std::size_t first, const std::uint32_t* list,
                    std::size_t count, std::size_t n_known, const RowMajorCenters& centers,
                    float* kept, float* norms, const Top2Target& to) {
    constexpr std::size_t n_strips = block / rows_in_hand;
    const SomeRows<T> some{rows, first, count, list};
    const std::size_t d = rows.n_features;
    // Folded sums of a block of rows for every center, before they are ranked: a few KB on the
    // stack.
    Vector<float> folded[n_strips][row_major_limit], squares[n_strips];
    for (std::size_t start = 0; start < count; start += block) {
        for (std::size_t s = 0; s < n_strips; ++s) {
            row_major_sums(some, start + s * rows_in_hand, n_known, centers, kept, folded[s],
                           squares[s]);
        }
        // Norms first: they are a factor of every score's band (coefficient d; the constant stands
        // before the coefficients).
        const Vector<float> norm = norm_bounds(fold_vectors<rows_in_hand>(squares), d);
        // Rows are in lanes from here on.
        Vector<float> low = broadcast(__builtin_inff()), next = low;
        Index<float> nearest{};
        const float* coefficients = centers.coefficients;
        for (std::size_t c = 0; c < centers.n_centers; ++c, coefficients += centers.stride) {
            Vector<float> sums[n_strips];
            for (std::size_t s = 0; s < n_strips; ++s) sums[s] = folded[s][c];
            // The second half of the folding: now rows stand in lanes, and centers are ranked in
            // turn.
            const Vector<float> sum = fold_vectors<rows_in_hand>(sums);
            const Vector<float> score =
                multiply_add(norm, broadcast(coefficients[d]), broadcast(coefficients[-1]) + sum);
            next = smaller(next, larger(low, score));
            keep_smaller(score, broadcast_index<float>(static_cast<std::int32_t>(c)), low, nearest);
        }
        store(norms + start, norm);
        store(to.best + start, low);
        store(to.second + start, next);
        __builtin_memcpy(to.index + start, &nearest, sizeof nearest);
    }
}
