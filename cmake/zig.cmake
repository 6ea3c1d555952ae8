# Cross-compilation by the PyPI package ziglang: clang with the libraries of every system.
#   cmake -DCMAKE_TOOLCHAIN_FILE=cmake/zig.cmake -DKWISE_ZIG=.../zig -DKWISE_TARGET=aarch64-macos
# Targets are zig's: x86_64-linux-gnu.2.17, aarch64-linux-musl, x86_64-windows-gnu, x86_64-macos ...
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KWISE_ZIG KWISE_TARGET)
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR ${KWISE_TARGET})
if(KWISE_TARGET MATCHES "windows")
    set(CMAKE_SYSTEM_NAME Windows)
elseif(KWISE_TARGET MATCHES "macos")
    set(CMAKE_SYSTEM_NAME Darwin)
else()
    set(CMAKE_SYSTEM_NAME Linux)
endif()
set(CMAKE_CXX_COMPILER ${KWISE_ZIG} c++ -target ${KWISE_TARGET})
set(CMAKE_AR ${CMAKE_CURRENT_LIST_DIR}/zig-ar)
set(CMAKE_RANLIB ${CMAKE_CURRENT_LIST_DIR}/zig-ranlib)
