// Debian 12's cpuinfo is two years older than XNNPACK and lacks three names. "No" and "like Zen 3"
// are always safe: XNNPACK then takes the kernels of the next older instruction set.
#pragma once
#include_next <cpuinfo.h>

static inline bool cpuinfo_has_x86_avxvnni(void) { return false; }
static inline bool cpuinfo_has_x86_amx_int8(void) { return false; }
#define cpuinfo_uarch_zen4 cpuinfo_uarch_zen3
