#!/bin/sh
# nodemend in its image, for `kubectl exec POD -- nodemend …`; the image itself starts Node without a shell.
exec /usr/lib/nodemend/node --max-semi-space-size=16 /usr/lib/nodemend/dist/main.js "$@"
