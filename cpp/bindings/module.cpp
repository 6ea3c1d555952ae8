// The engine for Python: the binding files convert arguments, release the interpreter's lock and
// forward. The Python functions that call these document them. Nothing here is public: users call
// kwise, which alone imports _native.
#include "bindings/arrays.hpp"
#include "kwise/base/mapped_files.hpp"
#include "kwise/dispatch/kernels.hpp"

void bind_points(nb::module_& m);
void bind_seeding(nb::module_& m);
void bind_lloyd(nb::module_& m);
void bind_measures(nb::module_& m);
void bind_parts(nb::module_& m);
void bind_line(nb::module_& m);
void bind_variants(nb::module_& m);

NB_MODULE(_native, m) {
    bind_points(m);
    bind_seeding(m);
    bind_lloyd(m);
    bind_measures(m);
    bind_parts(m);
    bind_line(m);
    bind_variants(m);
    m.attr("version") = KWISE_VERSION;
#if defined(__clang__)
    m.attr("compiler") = "clang " __clang_version__;
#else
    m.attr("compiler") = "g++ " __VERSION__;
#endif
    m.def("isa", [] { return kwise::kernels().name; });
    m.def("machine_isa", &kwise::machine_isa);
    m.def(
        "watch_mapping",
        [](const Column<std::uint8_t>& mapped) {
            return kwise::watch_mapping(mapped.data(), mapped.size());
        },
        "mapped"_a.noconvert());
    m.def("mapping_missed", &kwise::mapping_missed, "watched"_a);
    m.def("unwatch_mapping", &kwise::unwatch_mapping, "watched"_a);
}
