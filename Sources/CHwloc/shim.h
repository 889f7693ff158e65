// The one door to hwloc.
#pragma once

#include <hwloc.h>
