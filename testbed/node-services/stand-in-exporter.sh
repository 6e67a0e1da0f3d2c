#!/bin/sh
# Gives a node a stand-in for NVIDIA's dcgm-exporter, which says that it is one: stand-in-exporter.sh
# It exports nothing. What is real: it is an ELF program linked against a library called libdcgm.so.4, which the node's own loader finds
# or refuses. The library waits for ever. Assembled for x86-64 with binutils.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/library.s" <<'LIBRARY'
.globl stand_in_waits
stand_in_waits: mov $34, %eax
  syscall
  jmp stand_in_waits
LIBRARY
printf '.globl _start\n_start: call stand_in_waits@PLT\n' >"$folder/exporter.s"
as -o "$folder/library.o" "$folder/library.s"
as -o "$folder/exporter.o" "$folder/exporter.s"
ld -shared -soname libdcgm.so.4 -o /usr/local/lib/libdcgm.so.4 "$folder/library.o"
ld -dynamic-linker /lib64/ld-linux-x86-64.so.2 -o /usr/bin/dcgm-exporter "$folder/exporter.o" /usr/local/lib/libdcgm.so.4
ldconfig

mkdir -p /etc/dcgm-exporter
cat >/etc/dcgm-exporter/default-counters.csv <<'COUNTERS'
# Format
DCGM_FI_DEV_SM_CLOCK, gauge, SM clock frequency (in MHz).
DCGM_FI_PROF_GR_ENGINE_ACTIVE, gauge, Ratio of time the graphics engine is active.
# DCGM_FI_PROF_SM_ACTIVE, gauge, The ratio of cycles an SM has at least 1 warp assigned.
COUNTERS
cat >/etc/systemd/system/dcgm-exporter.service <<'UNIT'
[Unit]
Description=Stand-in for dcgm-exporter
[Service]
ExecStart=/usr/bin/dcgm-exporter -f /etc/dcgm-exporter/default-counters.csv
[Install]
WantedBy=multi-user.target
UNIT
# The node says that it is of the guide's table.
rm -f /etc/os-release
printf 'PRETTY_NAME="Ubuntu 24.04.4 LTS"\nID=ubuntu\n' >/etc/os-release
systemctl daemon-reload
systemctl enable --now dcgm-exporter.service 2>/dev/null
