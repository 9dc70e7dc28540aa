# EMITTED: where the source of the mode eval_mc lies if the network has noise; COMPILED: the file that takes its place in
# the build, which is always there, for what a network has is not known before its generator has run. See TenonEmission.
cmake_minimum_required(VERSION 3.25)
if(EXISTS "${EMITTED}")
  configure_file("${EMITTED}" "${COMPILED}" COPYONLY)
else()
  file(CONFIGURE OUTPUT "${COMPILED}" CONTENT "// The network has no noise, so there is nothing to sample.\n")
endif()
