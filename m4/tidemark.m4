# tidemark.m4 - macros for configure.ac: compiler flags that may be missing, source names of a row.
# Nothing here runs a program that it built: cross builds take the same path as native ones.
#
# SPDX-License-Identifier: MIT

# TM_TRY_CFLAG(VARIABLE, FLAG)
# Appends FLAG to VARIABLE when the C compiler takes it without a word.
AC_DEFUN([TM_TRY_CFLAG],
[AS_VAR_PUSHDEF([tm_cache], [tm_cv_cc_flag_$2])dnl
AC_CACHE_CHECK([whether $CC accepts $2], [tm_cache],
  [tm_save_cflags=$CFLAGS
   tm_save_werror=$ac_c_werror_flag
   CFLAGS="$CFLAGS $2"
   ac_c_werror_flag=yes
   AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
     [AS_VAR_SET([tm_cache], [yes])], [AS_VAR_SET([tm_cache], [no])])
   ac_c_werror_flag=$tm_save_werror
   CFLAGS=$tm_save_cflags])
AS_VAR_IF([tm_cache], [yes], [$1="$$1 $2"])
AS_VAR_POPDEF([tm_cache])dnl
])

# TM_TRY_CXXFLAG(VARIABLE, FLAG) - the same for C++; the language must be C++.
AC_DEFUN([TM_TRY_CXXFLAG],
[AS_VAR_PUSHDEF([tm_cache], [tm_cv_cxx_flag_$2])dnl
AC_CACHE_CHECK([whether $CXX accepts $2], [tm_cache],
  [tm_save_cxxflags=$CXXFLAGS
   tm_save_werror=$ac_cxx_werror_flag
   CXXFLAGS="$CXXFLAGS $2"
   ac_cxx_werror_flag=yes
   AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
     [AS_VAR_SET([tm_cache], [yes])], [AS_VAR_SET([tm_cache], [no])])
   ac_cxx_werror_flag=$tm_save_werror
   CXXFLAGS=$tm_save_cxxflags])
AS_VAR_IF([tm_cache], [yes], [$1="$$1 $2"])
AS_VAR_POPDEF([tm_cache])dnl
])

# TM_TRY_LDFLAG(VARIABLE, FLAG) - appends a linker flag that the linker takes.
AC_DEFUN([TM_TRY_LDFLAG],
[AS_VAR_PUSHDEF([tm_cache], [tm_cv_ld_flag_$2])dnl
AC_CACHE_CHECK([whether the linker accepts $2], [tm_cache],
  [tm_save_ldflags=$LDFLAGS
   LDFLAGS="$LDFLAGS $2"
   AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
     [AS_VAR_SET([tm_cache], [yes])], [AS_VAR_SET([tm_cache], [no])])
   LDFLAGS=$tm_save_ldflags])
AS_VAR_IF([tm_cache], [yes], [$1="$$1 $2"])
AS_VAR_POPDEF([tm_cache])dnl
])

# TM_PORT_FILES(PREFIX, VARIABLE)
# Adds the files that VARIABLE of configure.host names to those this configuration links.
AC_DEFUN([TM_PORT_FILES],
[for tm_name in $$2; do
  tm_file=$1$tm_name
  AS_IF([test -f "$srcdir/$tm_file.c"], [],
    [AC_MSG_ERROR([configure.host says $2="$$2" for $gci_host, but there is no $tm_file.c])])
  AS_CASE([" $tm_port_files "], [*" $tm_file "*], [], [tm_port_files="$tm_port_files $tm_file"])
done
])

# TM_CONFIRM(WHAT, CACHE-VARIABLE, PROLOGUE, BODY)
# A probe confirms a fact of the row and never replaces it: it only links.
AC_DEFUN([TM_CONFIRM],
[AC_CACHE_CHECK([whether $1 links, as the row says], [$2],
  [AC_LINK_IFELSE([AC_LANG_PROGRAM([$3], [$4])], [$2=yes], [$2=no])])
AS_IF([test "$$2" = no],
  [AC_MSG_ERROR([configure.host promises $1 for $host, but a program that uses it does not
link; see config.log. Correct the row of this triplet, or the compiler and its flags.])])
])
