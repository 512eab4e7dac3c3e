# wine-common.tcl - what the wine boards share: wine_board TRIPLET COMMAND
#
# libgc's DLL is found through WINEPATH, which gc_run sets.  A program that ends without its closing
# line counts as failed: Wine says 0 where it should not.  lib/win32 has the little of POSIX that
# tests use; programs also need DLLs of the compiler.
#
# SPDX-License-Identifier: MIT

proc wine_board {triplet command} {
    set here [file dirname [info script]]
    set_board_info gc,cxx "$triplet-g++"
    set_board_info gc,nm "$triplet-nm"
    set_board_info gc,cflags "-I[file normalize [file join $here .. lib win32]]"
    set dirs {}
    foreach dll {libwinpthread-1.dll libgcc_s_seh-1.dll libgcc_s_dw2-1.dll libstdc++-6.dll} {
        if {![catch {exec $triplet-gcc -print-file-name=$dll} file] && [file exists $file]} {
            lappend dirs [file dirname [file normalize $file]]
        }
    }
    set_board_info gc,dll_path [lsort -unique $dirs]
    set_board_info gc,ldflags "-lwinpthread"
    set_board_info exec_shell $command
    set_board_info gc,time_scale 4
    set_board_info gc,work_percent 25
    # It is preset to 1, and a value that is set is never overwritten.
    unset_board_info isremote
    set_board_info isremote 0
}
