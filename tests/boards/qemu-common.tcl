# qemu-common.tcl - what the qemu-*.exp boards share: qemu_board TRIPLET CPU ?LDFLAGS?
#
# What a board has set before stays.
# SPDX-License-Identifier: MIT

proc qemu_board {triplet cpu {ldflags ""}} {
    set_board_info exec_shell "qemu-$cpu -L /usr/$triplet"
    set_board_info gc,preload_variable QEMU_SET_ENV ;# LD_PRELOAD for the program, not the emulator
    set_board_info gc,time_scale 6
    set_board_info gc,work_percent 10
    if {$ldflags ne ""} { set_board_info gc,ldflags $ldflags }
    # It is preset to 1, and a value that is set is never overwritten.
    unset_board_info isremote
    set_board_info isremote 0
}
