#!/bin/sh
# Signs Cytoscribe.app with the hardened runtime: sign.sh APP
# CYTOSCRIBE_SIGN_IDENTITY is the "Developer ID Application: NAME (TEAM)" in the keychain; without it nothing is signed
# for others, only for this computer (`-`).
set -eu
app=${1:?"sign.sh APP"}
identity=${CYTOSCRIBE_SIGN_IDENTITY:--}
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
stamp=--timestamp
if [ "$identity" = "-" ]; then stamp=--timestamp=none; fi

# From the inside out: first every library, then the program, then the folder
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    xargs -0 codesign --force $stamp --options runtime --sign "$identity"
find "$app/Contents" -type d -name '*.framework' -print0 |
    xargs -0 -I{} codesign --force $stamp --options runtime --sign "$identity" {}
codesign --force $stamp --options runtime --entitlements "$here/entitlements.plist" --sign "$identity" \
    "$app/Contents/MacOS/cytoscribe"
codesign --force $stamp --options runtime --entitlements "$here/entitlements.plist" --sign "$identity" "$app"
codesign --verify --deep --strict --verbose=2 "$app"
