// Base: files that are mapped, and that another program may cut off meanwhile. Whoever then reads
// beyond their end is ended by the system (SIGBUS); while a mapping is watched, zeros are read
// there instead, and the file's size tells of it afterwards. Windows cuts no mapped file. Called by
// bindings/.
#pragma once

#include <cstddef>

namespace kwise {

// Watches a mapping, which begins with a page; returns what ends that, or -1 where too many are
// watched already. Threads may call both at once.
int watch_mapping(const void* begin, std::size_t bytes);
void unwatch_mapping(int watched);

}  // namespace kwise
