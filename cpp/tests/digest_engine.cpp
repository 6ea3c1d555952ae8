// Digests of the engine's answers, a line each: the same on every machine and instruction set, or
// something is wrong. The first line, the instruction set, alone may differ.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "kwise/dispatch/kernels.hpp"
#include "kwise/lloyd/lloyd.hpp"
#include "kwise/metrics/silhouette.hpp"
#include "kwise/predict/center_distances.hpp"
#include "kwise/predict/predict_labels.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"
#include "kwise/sparse/sparse_points.hpp"
#include "made_rows.hpp"

namespace {

// FNV-1a, 64 bits, over the bytes of little-endian values.
class Digest {
  public:
    template <class T>
    Digest& add(const std::vector<T>& values) {
        return add(values.data(), values.size());
    }
    template <class T>
    Digest& add(const T* values, std::size_t n) {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(values);
        for (std::size_t i = 0; i < n * sizeof(T); ++i) {
            hash_ = (hash_ ^ bytes[i]) * 0x100000001b3u;
        }
        return *this;
    }
    unsigned long long value() const { return hash_; }

  private:
    unsigned long long hash_ = 0xcbf29ce484222325u;
};

template <class T>
constexpr const char* type_name = sizeof(T) == 4 ? "float32" : "float64";

template <class Result>
void print_fit(const std::string& name, const Result& result) {
    unsigned long long inertia = 0;  // its bits; std::bit_cast is too new for Emscripten's library
    static_assert(sizeof inertia == sizeof result.inertia);
    std::memcpy(&inertia, &result.inertia, sizeof inertia);
    std::printf("%s labels %016llx centers %016llx inertia %016llx n_iter %d\n", name.c_str(),
                Digest().add(result.labels).value(), Digest().add(result.centers).value(), inertia,
                result.n_iter);
}

kwise::LloydOptions options() {
    kwise::LloydOptions some;
    some.max_iter = 15;
    some.n_threads = 2;
    return some;
}

struct Shape {
    std::size_t n, d, k;
    bool has_tails = false;
};

std::string name_of(const char* what, const char* type, const Shape& shape) {
    return std::string(what) + " " + type + " " + std::to_string(shape.n) + " x " +
           std::to_string(shape.d) + " k " + std::to_string(shape.k) +
           (shape.has_tails ? " tails" : "");
}

// One shape and more for each way through the engine: few features, row-major, int16, scaled
// int16, Morton order, Yinyang groups, int8, reach.
constexpr Shape shapes[] = {{5000, 1, 4},    {9000, 2, 9},     {20000, 2, 8},       {3000, 3, 17},
                            {2000, 5, 40},   {3000, 8, 8},     {1500, 16, 20},      {1000, 33, 12},
                            {700, 50, 45},   {500, 64, 100},   {400, 128, 50},      {200, 300, 10},
                            {2000, 10, 200}, {2048, 160, 200}, {6000, 33, 16, true}};

template <class T>
void dense(const Shape& shape) {
    const auto X =
        shape.has_tails ? made_tails<T>(shape.n, shape.d, shape.k) : made_rows<T>(shape.n, shape.d);
    std::vector<T> weights(shape.n);
    for (std::size_t r = 0; r < shape.n; ++r) weights[r] = static_cast<T>(0.25 + r % 7);
    for (const T* w : {static_cast<const T*>(nullptr), static_cast<const T*>(weights.data())}) {
        const kwise::DensePoints<T> points(view(X, shape.d), w, 2, shape.k);
        const auto uniforms = made_uniforms(1 + (shape.k - 1) * 4);
        const auto seeds = kwise::kmeans_plusplus(points, shape.k, uniforms.data(), 4, 2);
        std::vector<T> centers;
        for (const std::size_t seed : seeds) {
            const auto row = X.begin() + static_cast<std::ptrdiff_t>(seed * shape.d);
            centers.insert(centers.end(), row, row + static_cast<std::ptrdiff_t>(shape.d));
        }
        print_fit(name_of(w == nullptr ? "fit" : "weighted fit", type_name<T>, shape),
                  kwise::lloyd(points, centers.data(), shape.k, options()));
    }
    const auto centers = kwise::ExactCenters::from(X.data(), shape.k, shape.d);
    std::vector<std::int32_t> labels(shape.n);
    kwise::predict_labels(view(X, shape.d), centers, 2, labels.data());
    std::vector<T> distances(shape.n * shape.k);
    kwise::distances(view(X, shape.d), centers, 2, distances.data());
    std::printf("%s labels %016llx distances %016llx\n",
                name_of("predict", type_name<T>, shape).c_str(), Digest().add(labels).value(),
                Digest().add(distances).value());
}

template <class T>
void sparse(const Shape& shape) {
    auto X = made_rows<T>(shape.n, shape.d);
    std::vector<T> values;
    std::vector<std::int32_t> columns;
    std::vector<std::int64_t> starts{0};
    for (std::size_t e = 0; e < X.size(); ++e) {
        if (X[e] < T(2)) {
            X[e] = 0;
        } else {
            values.push_back(X[e]);
            columns.push_back(static_cast<std::int32_t>(e % shape.d));
        }
        if ((e + 1) % shape.d == 0) starts.push_back(static_cast<std::int64_t>(values.size()));
    }
    const kwise::SparseView<T> rows{values.data(), columns.data(), starts.data(), shape.n, shape.d};
    const kwise::SparsePoints<T> points(rows, nullptr, 2);
    print_fit(name_of("sparse fit", type_name<T>, shape),
              kwise::lloyd(points, X.data(), shape.k, options()));
}

void measures(const Shape& shape) {
    const auto X = made_rows<double>(shape.n, shape.d);
    std::vector<std::int32_t> codes(shape.n);
    for (std::size_t r = 0; r < shape.n; ++r) codes[r] = static_cast<std::int32_t>(r % shape.k);
    kwise::Silhouette work(view(X, shape.d), nullptr, codes.data(), shape.k, 2);
    for (std::size_t step = 0; step < work.n_steps(); ++step) work.run(step);
    std::vector<double> silhouettes(shape.n);
    work.values(silhouettes.data());
    // Their last bits may differ; see simd/measure/silhouette.inl.
    double sum = 0.0;
    for (const double s : silhouettes) sum += s;
    std::printf("%s mean %.9f\n", name_of("silhouettes", "float64", shape).c_str(),
                sum / static_cast<double>(shape.n));
}

}  // namespace

int main() {
    std::printf("%s\n", kwise::kernels().name);
    for (const Shape& shape : shapes) {
        dense<float>(shape);
        dense<double>(shape);
    }
    for (const Shape& shape : {Shape{800, 40, 8}, Shape{600, 200, 30}}) {
        sparse<float>(shape);
        sparse<double>(shape);
    }
    for (const Shape& shape : {Shape{600, 8, 4}, Shape{900, 3, 60}}) measures(shape);
}
