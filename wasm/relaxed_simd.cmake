# Toolchain of the preset wasm-relaxed. Debian 12's Emscripten drives LLVM 14, whose relaxed SIMD has the numbers
# of an early draft. It drives LLVM 19 as well, if it finds that under the names it looks for: this makes such
# links in the folder that the preset names in EM_LLVM_ROOT.
if("$ENV{EM_LLVM_ROOT}" STREQUAL "")
  message(FATAL_ERROR "EM_LLVM_ROOT is not set: configure with `cmake --preset wasm-relaxed`")
endif()
set(llvm /usr/lib/llvm-19/bin CACHE PATH "LLVM that knows relaxed SIMD (Debian: packages clang-19 and lld-19)")
foreach(tool clang clang++ llc llvm-ar llvm-nm llvm-ranlib llvm-objcopy wasm-ld)
  if(NOT EXISTS ${llvm}/${tool})
    message(FATAL_ERROR "No ${llvm}/${tool}: install the packages clang-19 and lld-19")
  endif()
  file(MAKE_DIRECTORY $ENV{EM_LLVM_ROOT})
  file(CREATE_LINK ${llvm}/${tool} $ENV{EM_LLVM_ROOT}/${tool}-14 SYMBOLIC)
endforeach()
include(/usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake)
