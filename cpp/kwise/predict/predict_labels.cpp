// One pass over rows that are seen once: each panel by the filter that suits the shape, then the
// same cascade as a fit. docs/decisions/distances.md has what was measured.
#include "kwise/predict/predict_labels.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "kwise/base/parallel.hpp"
#include "kwise/data/scaled_int16_rows.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/filters/cascade.hpp"
#include "kwise/filters/certify.hpp"
#include "kwise/filters/int8_labeling.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {
namespace {

// What one thread needs for the panel in hand: a panel, its answers, and lists of rows of the chunk
// that go on. The rows of a panel that is not full are copies or zeros, and their answers are not
// read.
template <class T>
struct Scratch {
    // The stride has room for the norm, and for kernels that write whole blocks.
    explicit Scratch(std::size_t n_features)
        : stride(pad_statistics(n_features + 1)),
          decide(n_features),
          panel(stride * panel_rows),
          kept(row_major_room(n_features)),
          largest(pad_statistics(n_features)) {
        std::fill(panel.data(), panel.data() + panel.size(), 0.0f);
        std::fill(norms, norms + panel_rows, 0.0f);
        std::fill(factors, factors + panel_rows, 0.0f);
        std::iota(all, all + panel_rows, 0u);
    }
    std::size_t stride;
    DecideScratch decide;
    Buffer<float> panel, kept;
    std::vector<T> largest;
    // Rows that a panel lacks are looked up like others, so these hold valid numbers from the
    // start.
    float best[panel_rows] = {}, second[panel_rows] = {}, factors[panel_rows], norms[panel_rows];
    std::int32_t index[panel_rows] = {};
    std::uint32_t all[panel_rows];
    bool finite = true;
    Int8Scratch int8;
    // In scaled int16.
    Buffer<std::int16_t> values;
    Buffer<std::int32_t> words;
    std::vector<std::uint32_t> again;
};

template <class T>
class LabelPrediction {
  public:
    // Looks at the centers only: prepares what all threads share, of which nothing changes
    // afterwards (lazy filters pack themselves once).
    LabelPrediction(const RowView<T>& rows, const ExactCenters& centers)
        : rows_(rows), shifted_(rows), centers_(centers), shift_(rows.n_features) {
        const std::size_t d = rows.n_features, k = centers.n_centers;
        set_transform();
        shifted_.shift = shift_.data();
        // Both are packed only if a row needs them.
        fine_filter_.expect(centers, d, transform_);
        filter_.expect(centers, d, transform_);
        // Strided rows and unusual scales go through panels whatever their shape.
        transformed_ = transform_.scale != 1.0 || rows.column_stride != 1;
        if (transformed_) return;
        kind_ = plan_prediction({rows.n_rows, d, k});
        numbered_ = kind_ == FilterKind::float32 && k <= most_numbered;
        if (numbered_) numbered_filter_.pack_numbered(centers, d, transform_);
        if (kind_ == FilterKind::row_major) {
            row_major_filter_.pack_row_major(centers, d, transform_);
        } else if (kind_ == FilterKind::int8) {
            // The int16 filter is for rows that bytes do not part.
            if (!int8_labeling_.pack(centers, d, transform_)) kind_ = FilterKind::scaled_int16;
            scaled_int16_filter_.pack(centers, d, transform_, usual_ratio());
        } else if (kind_ == FilterKind::scaled_int16) {
            scaled_int16_filter_.pack(centers, d, transform_, usual_ratio());
        }
    }

    // False where a norm is not finite. Labels rows [first, end), a panel at a time: by the filter
    // of the shape; what scaled int16 leaves goes through float32 panels at the end of the chunk,
    // so that these are full; what that leaves, to the cascade.
    bool label_chunk(std::size_t first, std::size_t end, Scratch<T>& mine, std::int32_t* labels) {
        // Of this chunk: workers go from chunk to chunk.
        mine.finite = true;
        if (numbered_) {
            label_panels(first, end, mine, labels);
            decide_rows(rows_, centers_, fine_filter_, transform_, first, mine.decide,
                        labels + first);
            return mine.finite;
        }
        FilterKind kind = kind_;
        const TileScope scope;
        for (std::size_t row = first; row < end; row += panel_rows) {
            const std::size_t count = std::min(panel_rows, end - row);
            // Rows of the data, as decide_rows wants them.
            const auto leave_to = [&](std::vector<std::uint32_t>& list) {
                return [&list, row](std::size_t r) {
                    list.push_back(static_cast<std::uint32_t>(row + r));
                };
            };
            // The same filter for all panels: chosen for the shape, not by row.
            switch (kind) {
                case FilterKind::row_major:
                    scan_row_major(row, count, mine, leave_to(mine.decide.undecided));
                    break;
                case FilterKind::scaled_int16:
                    scan_scaled_int16(row, count, mine, leave_to(mine.again));
                    break;
                case FilterKind::int8:
                    // Where bytes tell too little of these rows, the chunk's rest has more bits.
                    if (!scan_int8(row, count, mine, leave_to(mine.decide.undecided),
                                   leave_to(mine.again))) {
                        kind = FilterKind::scaled_int16;
                    }
                    break;
                default:
                    scan_panel(row, count, nullptr, mine, leave_to(mine.decide.undecided));
            }
            for (std::size_t r = 0; r < count; ++r) labels[row + r] = mine.index[r];
        }
        if (!mine.again.empty()) scan_again(mine, labels);
        decide_rows(rows_, centers_, fine_filter_, transform_, first, mine.decide, labels + first);
        return mine.finite;
    }

  private:
    // The centers' mean, rounded to T, centers the filter; the labels do not depend on it. Rounded,
    // since rows are moved in T as they are read. The cascade sees rows and centers through the
    // same transform.
    void set_transform() {
        transform_.offset.assign(shift_.size(), 0.0);
        double largest = 0.0;
        for (std::size_t i = 0; i < shift_.size(); ++i) {
            double& offset = transform_.offset[i];
            for (std::size_t c = 0; c < centers_.n_centers; ++c) offset += centers_.row(c)[i];
            shift_[i] = static_cast<T>(offset / static_cast<double>(centers_.n_centers));
            // What rows are really moved by.
            offset = shift_[i];
            for (std::size_t c = 0; c < centers_.n_centers; ++c) {
                // Rows are taken to be about as large as centers: those that are not overflow to
                // infinite norms and are told as maybe not finite.
                largest = std::max(largest, std::fabs(centers_.row(c)[i] - offset));
            }
        }
        transform_.scale = filter_scale(largest);
    }

    // Twice what rounding to scaled int16 usually takes from a row; others go to the next filter.
    // The filter is packed before a row was seen, so the bound is assumed here and checked for each
    // panel. Rounding errors of a value are evenly spread over a unit: their variance is 1/12.
    double usual_ratio() const {
        const double d = static_cast<double>(rows_.n_features);
        return 2.0 * std::sqrt(d / 12.0) / int16_norm_limit(rows_.n_features);
    }

    // No bounds: prediction keeps no margins.
    template <class Mark>
    void certify_panel(const Bands& bands, std::size_t count, Scratch<T>& mine,
                       const Mark& mark) const {
        certify({mine.best, mine.second, mine.index, mine.norms, 0}, count, bands, nullptr, nullptr,
                mark);
    }
    // What scaled int16 cannot hold has an infinite norm there, and is looked at again.
    static void look_at_norms(std::size_t count, Scratch<T>& mine) {
        for (std::size_t r = 0; r < count; ++r) {
            mine.finite = mine.finite && mine.norms[r] < std::numeric_limits<float>::infinity();
        }
    }

    // Neighbors from `row` on, or listed ones (row-major rows of the usual scale only). Answers go
    // to `mine`.
    template <class Mark>
    void scan_panel(std::size_t row, std::size_t count, const std::uint32_t* list, Scratch<T>& mine,
                    const Mark& mark) {
        const std::size_t d = rows_.n_features;
        float* const panel = mine.panel.data();
        if (!transformed_) {
            kernels().pack<T>().listed(shifted_, row, list, count, panel);
        } else if (transform_.scale == 1.0) {
            kernels().pack<T>().panel(shifted_, row, panel,
                                      {mine.largest.data(), nullptr, nullptr});
        } else {
            pack_panel(rows_, transform_, row, panel);
        }
        // The norms stand last in the panel.
        std::copy(panel + d * panel_rows, panel + (d + 1) * panel_rows, mine.norms);
        const FilterCenters<float>& filter = filter_.get();
        kernels().scan<float>().top2(panel, 1, 0, d + 1, filter.packed(), mine.best, mine.second,
                                     mine.index);
        look_at_norms(count, mine);
        certify_panel(filter.bands(), count, mine, mark);
    }

    // All panels in one call, for centers that have numbers.
    void label_panels(std::size_t first, std::size_t end, Scratch<T>& mine, std::int32_t* labels) {
        std::uint32_t uncertain[chunk_panels];
        mine.finite = kernels().scan<T>().label_rows(shifted_, first, end - first,
                                                     numbered_filter_.numbered(), mine.panel.data(),
                                                     labels + first, uncertain);
        for (std::size_t row = first, p = 0; row < end; row += panel_rows, ++p) {
            for_each_bit(uncertain[p], std::min(panel_rows, end - row), [&](std::size_t r) {
                mine.decide.undecided.push_back(static_cast<std::uint32_t>(row + r));
            });
        }
    }

    // In place, from the caller's array.
    template <class Mark>
    void scan_row_major(std::size_t row, std::size_t count, Scratch<T>& mine,
                        const Mark& mark) const {
        kernels().scan<T>().top2_row_major(shifted_, row, nullptr, count, rows_.n_rows - row,
                                           row_major_filter_.row_major(), mine.kept.data(),
                                           mine.norms, {mine.best, mine.second, mine.index});
        look_at_norms(count, mine);
        certify_panel(row_major_filter_.bands(), count, mine, mark);
    }

    // Rounds a panel of rows, turns it, ranks it. Where a row lost more than was assumed, no label
    // of the panel is trusted.
    template <class Mark>
    void scan_scaled_int16(std::size_t row, std::size_t count, Scratch<T>& mine,
                           const Mark& mark) const {
        const std::size_t d = rows_.n_features, stride = pad_statistics(d);
        // Memory is taken by threads that need it, once.
        if (mine.values.size() == 0) {
            mine.values = Buffer<std::int16_t>(panel_rows * stride + 64);
            std::fill(mine.values.data(), mine.values.data() + mine.values.size(), 0);
            mine.words = Buffer<std::int32_t>(panel_words(d) * panel_rows);
        }
        // Rows past count keep what an earlier panel left: valid numbers.
        const float worst = kernels().pack<T>().scaled_int16_panel(
            shifted_, row, count,
            {mine.values.data(), stride, mine.factors, mine.norms, int16_norm_limit(d)});
        kernels().gather_scaled_int16(mine.values.data(), stride, int16_words(d), mine.all,
                                      mine.words.data());
        kernels().top2_scaled_int16(mine.words.data(), mine.factors, mine.norms,
                                    scaled_int16_filter_.packed(), mine.best, mine.second,
                                    mine.index);
        if (worst <= usual_ratio()) {
            certify_panel(scaled_int16_filter_.bands(), count, mine, mark);
        } else {
            for (std::size_t r = 0; r < count; ++r) mark(r);
        }
    }

    // Labels a panel in int8; false, with rows left to `again`, where many centers may be theirs.
    template <class Mark, class Leave>
    bool scan_int8(std::size_t row, std::size_t count, Scratch<T>& mine, const Mark& mark,
                   const Leave& again) const {
        const Int8Labels found = int8_labeling_.label(shifted_, row, count, mine.int8);
        std::copy(mine.int8.labels(), mine.int8.labels() + count, mine.index);
        mine.finite &= found.finite;
        for_each_bit(found.undecided, count, mark);
        for_each_bit(found.open, count, again);
        return found.open == 0;
    }

    // What int8 or scaled int16 left uncertain, gathered from anywhere in the chunk. Norms are
    // tested here, too: those that did not fit int16 come by.
    void scan_again(Scratch<T>& mine, std::int32_t* labels) {
        for (std::size_t start = 0; start < mine.again.size(); start += panel_rows) {
            const std::uint32_t* const list = mine.again.data() + start;
            const std::size_t count = std::min(panel_rows, mine.again.size() - start);
            scan_panel(0, count, list, mine,
                       [&](std::size_t r) { mine.decide.undecided.push_back(list[r]); });
            for (std::size_t r = 0; r < count; ++r) labels[list[r]] = mine.index[r];
        }
        mine.again.clear();
    }

    RowView<T> rows_, shifted_;
    const ExactCenters& centers_;
    std::vector<T> shift_;
    // Of rows and centers alike; shift_ is its offset, rounded to T.
    FilterTransform transform_;
    bool numbered_ = false;     // float32 panels, from packing to certificate in one kernel
    bool transformed_ = false;  // by feature, as any layout and scale needs
    FilterKind kind_ = FilterKind::float32;
    FilterCenters<float> row_major_filter_, numbered_filter_;
    Int8Labeling<T> int8_labeling_;
    ScaledInt16Filter scaled_int16_filter_;
    LazyFilter<float> filter_;
    LazyFilter<double> fine_filter_;
};

}  // namespace

// Every row is seen once, so that nothing is packed for all of them; see
// docs/decisions/distances.md.
template <class T>
bool predict_labels(const RowView<T>& rows, const ExactCenters& centers, int n_threads,
                    std::int32_t* labels) {
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    const double work = scan_cost({rows.n_rows, rows.n_features, centers.n_centers});
    n_threads = useful_threads(work, n_threads);
    LabelPrediction<T> labeling(rows, centers);
    std::vector<std::unique_ptr<Scratch<T>>> scratch(
        static_cast<std::size_t>(std::max(1, n_threads)));
    for (auto& each : scratch) each = std::make_unique<Scratch<T>>(rows.n_features);
    std::atomic<bool> finite{true};
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int worker) {
        const std::size_t first = chunk * chunk_rows;
        const std::size_t end = std::min(rows.n_rows, first + chunk_rows);
        if (!labeling.label_chunk(first, end, *scratch[static_cast<std::size_t>(worker)], labels)) {
            finite.store(false, std::memory_order_relaxed);
        }
    });
    return finite.load() && centers.are_finite();
}

template bool predict_labels(const RowView<float>&, const ExactCenters&, int, std::int32_t*);
template bool predict_labels(const RowView<double>&, const ExactCenters&, int, std::int32_t*);

}  // namespace kwise
