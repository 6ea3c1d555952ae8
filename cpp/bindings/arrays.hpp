// What the binding files share: array types, and work without the interpreter's lock.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <initializer_list>
#include <utility>
#include <vector>

#include "kwise/base/parallel.hpp"
#include "kwise/data/dense_points.hpp"

namespace nb = nanobind;
using namespace nb::literals;

// Any strides: rows of the caller's array are read as they lie. All of these are read-only views on
// the CPU, and hold a reference to their array. Bindings take them with noconvert(): a copy behind
// the caller's back would cost memory and hide a mistake in the Python layer.
template <class T>
using Matrix = nb::ndarray<const T, nb::ndim<2>, nb::device::cpu>;
template <class T>
using RowMajor = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <class T>
using Starts = nb::ndarray<const T, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
template <class T>
using Column = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// Hands memory of the engine to NumPy without a copy; the capsule frees it with the array.
template <class T>
auto to_numpy(std::vector<T>&& values, std::initializer_list<std::size_t> shape) {
    auto* held = new std::vector<T>(std::move(values));
    nb::capsule owner(held, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    return nb::ndarray<nb::numpy, T>(held->data(), shape, owner);
}

// The same of uninitialized buffers, which workers have filled.
template <class T>
auto to_numpy(kwise::Buffer<T>&& values, std::initializer_list<std::size_t> shape) {
    auto* held = new kwise::Buffer<T>(std::move(values));
    nb::capsule owner(held, [](void* p) noexcept { delete static_cast<kwise::Buffer<T>*>(p); });
    return nb::ndarray<nb::numpy, T>(held->data(), shape, owner);
}

// Ctrl-C: long work asks this every few milliseconds, on the thread that called, since Python tells
// signals to no other. True leaves the exception set.
inline bool signal_waits() {
    nb::gil_scoped_acquire lock;
    return PyErr_CheckSignals() != 0;
}

// Runs work without the interpreter's lock; an interrupt becomes the exception that is waiting.
// Work must touch no Python object. The lock is back before anything is thrown on.
template <class Work>
auto without_lock(Work&& work) {
    kwise::PollScope poll(&signal_waits);
    try {
        nb::gil_scoped_release release;
        return work();
    } catch (const kwise::Interrupted&) {
        throw nb::python_error();
    }
}

// A view lives as long as X and the shift (null: none).
template <class T>
kwise::RowView<T> view_of(const Matrix<T>& X, const T* shift) {
    return {X.data(), X.stride(0), X.stride(1), X.shape(0), X.shape(1), shift};
}
