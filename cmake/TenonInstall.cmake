# cmake --install: PREFIX/bin/tenon, PREFIX/include/tenon, PREFIX/lib/libtenon_*.a and the package for find_package(tenon).
include_guard(GLOBAL)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/tenon")

foreach(part dsl core codegen runtime app_main)
  set_target_properties(tenon_${part} PROPERTIES EXPORT_NAME ${part})
  install(TARGETS tenon_${part} EXPORT tenon ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endforeach()
install(TARGETS tenon EXPORT tenon RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(EXPORT tenon NAMESPACE tenon:: FILE tenonTargets.cmake DESTINATION "${package}")
install(FILES "${tenon_installed_paths}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/tenon")
install(DIRECTORY codegen/tool/templates DESTINATION "${CMAKE_INSTALL_DATADIR}/tenon")

# The trees as the repository has them, without the command, which has no API; the public headers one level higher.
foreach(tree dsl codegen runtime/core)
  install(DIRECTORY ${tree}/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/tenon/${tree}"
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h"
    PATTERN tool EXCLUDE PATTERN tenon EXCLUDE)
endforeach()
foreach(tree dsl codegen runtime)
  install(DIRECTORY ${tree}/tenon/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/tenon" FILES_MATCHING PATTERN "*.hpp")
endforeach()

configure_package_config_file(cmake/tenonConfig.cmake.in "${PROJECT_BINARY_DIR}/install/tenonConfig.cmake"
  INSTALL_DESTINATION "${package}" PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/install/tenonConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/install/tenonConfig.cmake" "${PROJECT_BINARY_DIR}/install/tenonConfigVersion.cmake"
  cmake/TenonAddNetwork.cmake cmake/TenonCuda.cmake cmake/TenonEmission.cmake cmake/TenonNetworkTests.cmake cmake/TenonCompareEmitted.cmake
  cmake/TenonTakeSampler.cmake
  cmake/FindLibZip.cmake cmake/FindxxHash.cmake
  DESTINATION "${package}")
