#!/bin/sh
# A stand-in for reboot(8): a practice node has no systemd that would do it. reboot(2) with LINUX_REBOOT_CMD_RESTART ends the PID
# namespace of who calls it, which is the whole node; the lab boots it again on the same disk (fleet.ts).
case $(uname -m) in
  aarch64 | riscv64) number=142 ;;
  *) number=169 ;;
esac
exec perl -e 'syscall(0 + $ARGV[0], 0xfee1dead, 672274793, 0x01234567, 0); die "reboot: $!\n"' "$number"
