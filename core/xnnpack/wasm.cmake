# XNNPACK's own CMake knows no WASM: compile its portable files and the WASM SIMD kernels ourselves.
# The lists follow the BUILD of the same commit; unused kernels fall away when the product is linked.
set(gen ${XNNPACK_SOURCE_DIR}/cmake/gen)
include(${gen}/scalar_microkernels.cmake)
include(${gen}/wasm_microkernels.cmake)
include(${gen}/wasmsimd_microkernels.cmake)
set(kernels ${PROD_SCALAR_MICROKERNEL_SRCS} ${PROD_WASM_MICROKERNEL_SRCS} ${PROD_WASMSIMD_MICROKERNEL_SRCS})
list(REMOVE_DUPLICATES kernels)
list(FILTER kernels INCLUDE REGEX "\\.(c|cc)$")
list(TRANSFORM kernels PREPEND ${XNNPACK_SOURCE_DIR}/)

set(src ${XNNPACK_SOURCE_DIR}/src)
file(GLOB library ${src}/*.c ${src}/configs/*.c ${src}/operators/*.c ${src}/subgraph/*.c ${src}/enums/*.c
                  ${src}/tables/*.c ${src}/reference/*.cc)
list(REMOVE_ITEM library ${src}/im2col.c)  # no caller, and it does not compile here

add_library(visavis_xnnpack STATIC ${library} ${kernels}
  ${PTHREADPOOL_SOURCE_DIR}/src/shim.c ${PTHREADPOOL_SOURCE_DIR}/src/legacy-api.c)

# The headers test these with #if, and some in plain code: each must have a value.
foreach(feature ARM_BF16 ARM_DOTPROD ARM_FP16_SCALAR ARM_FP16_VECTOR ARM_I8MM ARM_SME ARM_SME2 ASSEMBLY
                AVX256SKX AVX256VNNI AVX256VNNIGFNI AVX512AMX AVX512F AVX512FP16 AVX512SKX AVX512VBMI
                AVX512VNNI AVX512VNNIGFNI AVXVNNI AVXVNNIINT8 CPUINFO DWCONV_MULTIPASS HVX KLEIDIAI
                RISCV_FP16_VECTOR RISCV_VECTOR VSX)
  target_compile_definitions(visavis_xnnpack PRIVATE XNN_ENABLE_${feature}=0)
endforeach()
foreach(feature MEMOPT SPARSE GEMM_M_SPECIALIZATION)
  target_compile_definitions(visavis_xnnpack PRIVATE XNN_ENABLE_${feature}=1)
endforeach()
target_compile_definitions(visavis_xnnpack PRIVATE XNN_LOG_LEVEL=0 PTHREADPOOL_USE_FASTPATH=0)
target_compile_options(visavis_xnnpack PRIVATE -msimd128 -fno-math-errno)
set_target_properties(visavis_xnnpack PROPERTIES C_STANDARD 99 C_EXTENSIONS ON)

set(headers ${PROJECT_BINARY_DIR}/headers)  # links: -I/usr/include would mix glibc's headers in
file(MAKE_DIRECTORY ${headers})
foreach(header fp16.h fp16 fxdiv.h)
  file(CREATE_LINK /usr/include/${header} ${headers}/${header} SYMBOLIC)
endforeach()
target_include_directories(visavis_xnnpack
  SYSTEM PUBLIC ${XNNPACK_SOURCE_DIR}/include ${PTHREADPOOL_SOURCE_DIR}/include
  PRIVATE ${src} ${PTHREADPOOL_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR}/shim/wasm ${headers})
