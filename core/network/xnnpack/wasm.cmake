# XNNPACK's own CMake knows no WASM: compile its portable files and the WASM SIMD kernels ourselves.
# What ships is fp32, and int8 for a few kinds of layer: see shim/wasm/used_kernels.h.
set(gen ${XNNPACK_SOURCE_DIR}/cmake/gen)
include(${gen}/scalar_microkernels.cmake)
include(${gen}/wasm_microkernels.cmake)
include(${gen}/wasmsimd_microkernels.cmake)
set(kernels ${PROD_SCALAR_MICROKERNEL_SRCS} ${PROD_WASM_MICROKERNEL_SRCS} ${PROD_WASMSIMD_MICROKERNEL_SRCS})
if(VISAVIS_RELAXED_SIMD)
  include(${gen}/wasmrelaxedsimd_microkernels.cmake)
  list(APPEND kernels ${PROD_WASMRELAXEDSIMD_MICROKERNEL_SRCS})
endif()
# Only what used_kernels.h leaves in use (a quarter of the files, and of the build's time): the linker forgives
# an undefined kernel that only dropped code names, and fails on any other.
# The transposition's own code names its kernels of every width.
set(int8_kernels ${kernels})
list(FILTER int8_kernels INCLUDE REGEX
  "^src/(qs8-qc8w-(gemm|igemm|dwconv)|qs8-vlrelu|qs8-f32-vcvt|f32-qs8-vcvt)/.*wasm(simd|relaxedsimd|u?sdot).*\\.c$")
list(FILTER kernels INCLUDE REGEX "^src/((f32|x32|xx)-|x[0-9]+-transposec/).*\\.c$")
list(FILTER kernels EXCLUDE REGEX "^src/f32-(qs8|qu8|qc4w|qc8w|f16|spmm|dwconv2d-chw|conv-hwc)")
list(APPEND kernels ${int8_kernels})
list(REMOVE_DUPLICATES kernels)
list(TRANSFORM kernels PREPEND ${XNNPACK_SOURCE_DIR}/)

set(src ${XNNPACK_SOURCE_DIR}/src)
file(GLOB configs ${src}/configs/*.c)
file(GLOB library ${src}/*.c ${src}/enums/*.c ${src}/tables/*.c)
list(REMOVE_ITEM library ${src}/im2col.c)  # nobody calls it and it does not compile here
set(used_kernels -include ${CMAKE_CURRENT_SOURCE_DIR}/shim/wasm/used_kernels.h)

add_library(xnnpack_wasm_flags INTERFACE)
foreach(feature  # tested with #if, and by some in plain code: each must have a value
    ARM_BF16 ARM_DOTPROD ARM_FP16_SCALAR ARM_FP16_VECTOR ARM_I8MM ARM_SME ARM_SME2 ASSEMBLY
    AVX256SKX AVX256VNNI AVX256VNNIGFNI AVX512AMX AVX512F AVX512FP16 AVX512SKX AVX512VBMI
    AVX512VNNI AVX512VNNIGFNI AVXVNNI AVXVNNIINT8 CPUINFO DWCONV_MULTIPASS HVX KLEIDIAI
    RISCV_FP16_VECTOR RISCV_VECTOR SPARSE VSX)
  target_compile_definitions(xnnpack_wasm_flags INTERFACE XNN_ENABLE_${feature}=0)
endforeach()
target_compile_definitions(xnnpack_wasm_flags INTERFACE
  XNN_ENABLE_MEMOPT=1 XNN_ENABLE_GEMM_M_SPECIALIZATION=1 XNN_LOG_LEVEL=0 PTHREADPOOL_USE_FASTPATH=0)

set(headers ${PROJECT_BINARY_DIR}/headers)  # links: -I/usr/include would mix glibc's headers in
file(MAKE_DIRECTORY ${headers})
foreach(header fp16.h fp16 fxdiv.h)
  file(CREATE_LINK /usr/include/${header} ${headers}/${header} SYMBOLIC)
endforeach()
target_include_directories(xnnpack_wasm_flags SYSTEM INTERFACE
  ${XNNPACK_SOURCE_DIR} ${XNNPACK_SOURCE_DIR}/include ${src} ${PTHREADPOOL_SOURCE_DIR}/include ${PTHREADPOOL_SOURCE_DIR}/src
  ${CMAKE_CURRENT_SOURCE_DIR}/shim/wasm ${headers})

# Speed matters in the kernels; the rest runs once per layer and is set up once per model, so -Os, as upstream.
# Starting Emscripten costs more than compiling one of these files, so most share a unit.
visavis_units(kernels xnnpack_kernels ${XNNPACK_SOURCE_DIR} 40 ${kernels})
add_library(xnnpack_kernels OBJECT ${kernels} ${src}/reference/packing.cc)
target_compile_options(xnnpack_kernels PRIVATE -O2 -fno-math-errno)
# The configurations must see kernels of every type: used_kernels.h is not for them.
visavis_units(configs xnnpack_configs ${XNNPACK_SOURCE_DIR} 40 ${configs})
add_library(xnnpack_configs OBJECT ${configs}
  ${PTHREADPOOL_SOURCE_DIR}/src/shim.c ${PTHREADPOOL_SOURCE_DIR}/src/legacy-api.c)
target_compile_options(xnnpack_configs PRIVATE -Os)
# Static functions of one name stand in several operators and subgraph nodes.
visavis_units(library xnnpack_library ${XNNPACK_SOURCE_DIR} 40 ${library})
file(GLOB operators ${src}/operators/*.c ${src}/subgraph/*.c)
add_library(xnnpack_library OBJECT ${library} ${operators})
target_compile_options(xnnpack_library PRIVATE -Os ${used_kernels})
foreach(part xnnpack_kernels xnnpack_configs xnnpack_library)
  target_link_libraries(${part} PRIVATE xnnpack_wasm_flags)
  set_target_properties(${part} PROPERTIES C_STANDARD 99 C_EXTENSIONS ON CXX_STANDARD 14)
endforeach()

add_library(visavis_xnnpack STATIC $<TARGET_OBJECTS:xnnpack_kernels> $<TARGET_OBJECTS:xnnpack_configs>
            $<TARGET_OBJECTS:xnnpack_library>)
set_target_properties(visavis_xnnpack PROPERTIES LINKER_LANGUAGE CXX)
target_include_directories(visavis_xnnpack SYSTEM INTERFACE
  ${XNNPACK_SOURCE_DIR}/include ${PTHREADPOOL_SOURCE_DIR}/include)
