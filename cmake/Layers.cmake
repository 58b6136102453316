# SPDX-License-Identifier: Apache-2.0
# THE GRAPH: a layer may link only what stands on its line; anything else stops the configure step.
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
endfunction()
