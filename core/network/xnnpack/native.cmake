# XNNPACK by its own CMake; its dependencies are declared here first, so that it downloads nothing.
foreach(option XNNPACK_BUILD_TESTS XNNPACK_BUILD_BENCHMARKS XNNPACK_BUILD_ALL_MICROKERNELS
               XNNPACK_ENABLE_KLEIDIAI
               XNNPACK_ENABLE_AVX512FP16)  # GCC 12 lacks the intrinsics
  set(${option} OFF CACHE BOOL "" FORCE)
endforeach()
set(XNNPACK_USE_SYSTEM_LIBS ON CACHE BOOL "" FORCE)
set(XNNPACK_LIBRARY_TYPE static CACHE STRING "" FORCE)

find_path(FXDIV_INCLUDE_DIR fxdiv.h REQUIRED)  # libfxdiv-dev
find_path(FP16_INCLUDE_DIR fp16.h REQUIRED)    # libfp16-dev
add_library(fxdiv INTERFACE)
target_include_directories(fxdiv SYSTEM INTERFACE ${FXDIV_INCLUDE_DIR})

find_path(CPUINFO_INCLUDE_DIR cpuinfo.h REQUIRED)  # libcpuinfo-dev
find_library(CPUINFO_LIBRARY cpuinfo REQUIRED)
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_INCLUDES ${CPUINFO_INCLUDE_DIR})
check_cxx_source_compiles("#include <cpuinfo.h>
  int main() { return cpuinfo_has_x86_avxvnni() + cpuinfo_has_x86_amx_int8() + int(cpuinfo_uarch_zen4); }"
  CPUINFO_HAS_NEW_NAMES)
unset(CMAKE_REQUIRED_INCLUDES)
add_library(cpuinfo INTERFACE)
target_link_libraries(cpuinfo INTERFACE ${CPUINFO_LIBRARY})
if(NOT CPUINFO_HAS_NEW_NAMES)
  target_include_directories(cpuinfo INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/shim/native)
endif()
target_include_directories(cpuinfo SYSTEM INTERFACE ${CPUINFO_INCLUDE_DIR})

find_package(Threads REQUIRED)
set(pool ${PTHREADPOOL_SOURCE_DIR}/src)
# Its pthreads.c through a wrapper, so that threads that wait sleep.
add_library(pthreadpool STATIC ${pool}/legacy-api.c ${pool}/portable-api.c ${pool}/memory.c
            ${CMAKE_CURRENT_SOURCE_DIR}/shim/native/sleeping_pthreads.c)
target_include_directories(pthreadpool SYSTEM PUBLIC ${PTHREADPOOL_SOURCE_DIR}/include PRIVATE ${pool})
target_link_libraries(pthreadpool PUBLIC Threads::Threads PRIVATE fxdiv)
target_compile_definitions(pthreadpool PRIVATE _GNU_SOURCE=1)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_sources(pthreadpool PRIVATE ${pool}/fastpath.c)
  target_compile_definitions(pthreadpool PRIVATE PTHREADPOOL_USE_FASTPATH=1)
else()
  target_compile_definitions(pthreadpool PRIVATE PTHREADPOOL_USE_FASTPATH=0)
endif()

add_subdirectory(${XNNPACK_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/xnnpack EXCLUDE_FROM_ALL SYSTEM)

# XNNPACK compiles each kernel by itself, and most of that time goes into reading headers. Here all
# kernels of the same flags (those that its CMake chose for the instruction set) share a few units.
get_target_property(kernels microkernels-prod SOURCES)
list(REMOVE_DUPLICATES kernels)
set(kernel_flags "")
foreach(kernel ${kernels})
  get_source_file_property(flags ${XNNPACK_SOURCE_DIR}/${kernel} DIRECTORY ${XNNPACK_SOURCE_DIR} COMPILE_FLAGS)
  list(FIND kernel_flags "${flags}" group)
  if(group LESS 0)
    list(LENGTH kernel_flags group)
    list(APPEND kernel_flags "${flags}")
    set(kernels_${group} "")
  endif()
  list(APPEND kernels_${group} ${XNNPACK_SOURCE_DIR}/${kernel})
endforeach()
set(kernel_objects "")
set(group 0)
foreach(flags ${kernel_flags})
  set(part xnnpack_kernels_${group})
  visavis_units(units ${part} ${XNNPACK_SOURCE_DIR} 40 ${kernels_${group}})
  add_library(${part} OBJECT ${units})
  if(flags)
    separate_arguments(flags)
    target_compile_options(${part} PRIVATE ${flags})
  endif()
  target_compile_options(${part} PRIVATE $<TARGET_PROPERTY:microkernels-prod,COMPILE_OPTIONS>)
  target_compile_definitions(${part} PRIVATE $<TARGET_PROPERTY:microkernels-prod,COMPILE_DEFINITIONS>)
  target_include_directories(${part} SYSTEM PRIVATE ${XNNPACK_SOURCE_DIR} $<TARGET_PROPERTY:microkernels-prod,INCLUDE_DIRECTORIES>)
  set_target_properties(${part} PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF)
  list(APPEND kernel_objects $<TARGET_OBJECTS:${part}>)
  math(EXPR group "${group} + 1")
endforeach()
set_target_properties(microkernels-prod PROPERTIES SOURCES "${kernel_objects}" LINKER_LANGUAGE C)

add_library(visavis_xnnpack INTERFACE)
target_include_directories(visavis_xnnpack SYSTEM INTERFACE ${XNNPACK_SOURCE_DIR}/include)
target_link_libraries(visavis_xnnpack INTERFACE XNNPACK)
