#!/bin/sh
# kubelet looks for images to remove every five minutes, which is a constant of its program (ImageGCPeriod), and no configuration. Makes
# a copy of the node's own kubelet in which all periods of five minutes take three seconds.
# In machine code a duration is a number of nanoseconds, eight bytes: 300,000,000,000 becomes 3,000,000,000.
set -eu
copy=/var/lib/quick-kubelet
perl -0777 -pe '
  $found = s/\x00\xb8\x64\xd9\x45\x00\x00\x00/\x00\x5e\xd0\xb2\x00\x00\x00\x00/g;
  END { $found or die "this kubelet has no period of five minutes\n" }
' </usr/local/bin/kubelet >"$copy"
chmod 755 "$copy"
