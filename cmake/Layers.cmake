# SPDX-License-Identifier: Apache-2.0
# THE GRAPH: a layer may link only what stands on its line; anything else stops the configure step.
# Beside a layer's CMakeLists.txt stand two whitelists, one extended regex a line, # for comments:
#   LAYER  the headers it may include that are neither its own nor plain ISO C
#   CALLS  the functions it may call that are neither its own nor a linked layer's; !regex takes one out again
# What each rule is worth is shown by tests/layers/selftest.sh, which breaks them one by one.
set(LAYER_MAY_LINK_base    PkgConfig::SODIUM PkgConfig::MSGPACK)
set(LAYER_MAY_LINK_log     base PkgConfig::SODIUM)
set(LAYER_MAY_LINK_link    base log PkgConfig::SODIUM)
set(LAYER_MAY_LINK_ledger  base log)
set(LAYER_MAY_LINK_storage base log ledger PkgConfig::LMDB)
set(LAYER_MAY_LINK_node    base log link ledger storage PkgConfig::SODIUM)
set(LAYER_MAY_LINK_env     base log PkgConfig::SODIUM PkgConfig::INIH)
set(LAYER_MAY_LINK_daemon  base log link ledger storage node env
    PkgConfig::UV PkgConfig::JANSSON PkgConfig::INIH PkgConfig::SYSTEMD)
set(LAYER_MAY_LINK_tools   base log ledger storage node env
    PkgConfig::JANSSON PkgConfig::INIH PkgConfig::SMARTCOLS PkgConfig::UTF8PROC PkgConfig::QRENCODE)

# Only the dev preset looks at symbols: sanitizers, coverage and _FORTIFY_SOURCE put names of their own into objects.
option(LAYER_SYMBOLS "test which symbols each layer exports and calls" OFF)

# layer_symbols(NAME OWN LINKS): the test layer.symbols.NAME over the object files or archive OWN
function(layer_symbols name own links)
  if(NOT LAYER_SYMBOLS)
    return()
  endif()
  set(archives)
  foreach(dep IN LISTS links)
    if(DEFINED LAYER_MAY_LINK_${dep})
      list(APPEND archives $<TARGET_FILE:${dep}>)
    endif()
  endforeach()
  add_test(NAME layer.symbols.${name} COMMAND_EXPAND_LISTS COMMAND
    ${PROJECT_SOURCE_DIR}/tests/layers/symbols.sh ${CMAKE_CURRENT_SOURCE_DIR} ${own} -- ${archives})
endfunction()

# add_layer(NAME SOURCES ... HEADERS ... LINKS ... PRIVATE_LINKS ...): one library, its door and its tests
function(add_layer name)
  cmake_parse_arguments(L "" "" "SOURCES;HEADERS;LINKS;PRIVATE_LINKS" ${ARGN})
  foreach(dep IN LISTS L_LINKS L_PRIVATE_LINKS)
    if(NOT dep IN_LIST LAYER_MAY_LINK_${name})
      message(FATAL_ERROR "layer '${name}' may not link '${dep}' (cmake/Layers.cmake)")
    endif()
  endforeach()
  add_library(${name} STATIC ${L_SOURCES})
  target_sources(${name} PUBLIC FILE_SET HEADERS
    BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include FILES ${L_HEADERS})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${L_LINKS} PRIVATE ${L_PRIVATE_LINKS} build_flags)
  set_target_properties(${name} PROPERTIES
    VERIFY_INTERFACE_HEADER_SETS ON LINK_LIBRARIES_ONLY_TARGETS ON)
  # The probe: every object of the layer must resolve against its declared links alone.
  add_executable(probe_${name} ${PROJECT_SOURCE_DIR}/tests/layers/probe.c)
  target_link_libraries(probe_${name} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${name}>")
  add_test(NAME layer.probe.${name} COMMAND probe_${name})
  layer_symbols(${name} $<TARGET_FILE:${name}> "${L_LINKS};${L_PRIVATE_LINKS}")
endfunction()

# add_program(NAME LAYER SOURCES...): an executable at the top of the build tree, held to its layer's whitelists
function(add_program name layer)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE ${layer} build_flags)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  get_target_property(links ${layer} LINK_LIBRARIES)
  layer_symbols(${name} $<TARGET_OBJECTS:${name}> "${layer};${links}")
endfunction()
