#!/bin/sh
# Lets Apple check the signed app and fastens its answer to it: notarise.sh APP
# CYTOSCRIBE_NOTARY_APPLE_ID, _TEAM_ID and _PASSWORD (an app-specific password) say whose account it is.
set -eu
app=${1:?"notarise.sh APP"}
archive=$(mktemp -d)/Cytoscribe.zip
ditto -c -k --keepParent "$app" "$archive"
xcrun notarytool submit "$archive" --wait \
    --apple-id "${CYTOSCRIBE_NOTARY_APPLE_ID:?}" \
    --team-id "${CYTOSCRIBE_NOTARY_TEAM_ID:?}" \
    --password "${CYTOSCRIBE_NOTARY_PASSWORD:?}"
xcrun stapler staple "$app"
xcrun stapler validate "$app"
spctl --assess --type execute --verbose "$app"
rm -rf "$(dirname "$archive")"
