// XNNPACK's f32-qs8-vcvt and f32-qu8-vcvt for WASM SIMD include <arm_neon.h> by mistake.
#pragma once
#include <wasm_simd128.h>
