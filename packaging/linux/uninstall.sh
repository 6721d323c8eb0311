#!/bin/sh
# Takes Cytoscribe out of your account. Your annotations, settings and the journals of this computer stay.
set -eu
data=${XDG_DATA_HOME:-$HOME/.local/share}
bin=${CYTOSCRIBE_BIN:-$HOME/.local/bin}
program=$data/cytoscribe-program

if [ "$(readlink "$bin/cytoscribe" 2>/dev/null || true)" = "$program/cytoscribe" ]; then rm -f "$bin/cytoscribe"; fi
rm -f "$data/applications/cytoscribe.desktop" "$data/mime/packages/cytoscribe.xml"
rm -f "$data"/icons/hicolor/*/apps/cytoscribe.png "$data/icons/hicolor/scalable/apps/cytoscribe.svg"
command -v update-mime-database >/dev/null && update-mime-database "$data/mime" || true
command -v update-desktop-database >/dev/null && update-desktop-database -q "$data/applications" || true
rm -rf "$program" "$program.new" "$program.old"
echo "Cytoscribe is gone from this account. Your annotations and settings are still there."
