// interface.cc - the same, as C++
#include "interface.c"
